"""What of a problem is shown to those who may not read payloads: reason, field and rule; no value and no free sentence.

Sentences of mappings, contracts and targets quote the values that they are about, so the whole sentence is replaced.
"""

from __future__ import annotations

from dataclasses import replace

from hub.flow.states import Reason
from hub.models import ReplayItem
from hub.selectors.record.journey import DeliveryTrace, Envelope, Hop, Try
from hub.selectors.record.masking import Mask

GENERAL = {
    Reason.UNMAPPED: "A code of the record has no mapping.",
    Reason.INVALID: "A value of the record breaks a rule.",
    Reason.REJECTED: "The target refused the record.",
    Reason.EXHAUSTED: "The target could not take the record yet, or did not after many tries.",
    Reason.MISCONFIGURED: "The configuration is wrong; no record of this interface would go through.",
    Reason.UNKNOWN_OUTCOME: "Nobody knows yet whether the target has the record.",
    Reason.UNREADABLE: "What arrived could not be read as a record.",
    Reason.INTERNAL: "The hub failed; this is not the fault of the record.",
}
PROTECTED = "A value of a protected data class breaks a rule; it is masked."
OTHERWISE = "The sentence is not shown: it may quote values that are masked, or content that is not yours to read."


def sentence_of(reason: str, sentence: str, *, may_read: bool) -> str:
    """The sentence itself, or the general one of its reason. Nothing stays nothing."""
    if may_read or not sentence:
        return sentence
    return GENERAL.get(Reason(reason), OTHERWISE) if reason in list(Reason) else OTHERWISE


def masked_sentence_of(
    reason: str, sentence: str, mask: Mask, path: str, *, may_read: bool, of_delivery: bool = False
) -> str:
    """The same for a record with protected values: of several problems only the first one is of ``path``.

    Sentences end with a full stop and are joined by a space, so what stands before the first such place is at most
    the first sentence.
    """
    if not may_read or not mask.may_quote(reason, path, of_delivery=of_delivery):
        return sentence_of(reason, sentence, may_read=False)
    if not mask.is_needed:
        return sentence
    first, stop, _ = sentence.partition(". ")
    if first.count("'") % 2:  # the stop stands within a quoted value: half a sentence helps nobody
        return sentence_of(reason, sentence, may_read=False)
    return f"{first}." if stop else first


def rule_of(reason: str, rule: str, *, may_read: bool) -> str:
    """The rule; of a refusal by a target it is what the target said about the field, which may quote the value."""
    return rule if may_read or reason != Reason.REJECTED else ""


def outcome_of(item: ReplayItem, *, may_read: bool) -> str:
    """What became of an item of a replay plan; the problem of one that is still wrong may quote a value."""
    return (
        item.sentence if may_read or item.outcome != "still_wrong" else sentence_of("", item.sentence, may_read=False)
    )


def envelope(one: Envelope) -> Envelope:
    """Where the message stands, without the value."""
    rule = rule_of(one.reason, one.error_rule, may_read=False)
    return replace(one, sentence=sentence_of(one.reason, one.sentence, may_read=False), error_value="", error_rule=rule)


def delivery(one: DeliveryTrace) -> DeliveryTrace:
    """The route with its tries, without what the target said about the record and without any value of it."""
    sentence = sentence_of(one.reason, one.sentence, may_read=False)
    return replace(
        one,
        sentence=sentence,
        error_value="",
        error_rule=rule_of(one.reason, one.error_rule, may_read=False),
        attempts=tuple(_try(each) for each in one.attempts),
        values=None,
    )


def hop(one: Hop) -> Hop:
    """A step of a person keeps their reason; what the hub or a target said of the record does not stay."""
    is_about_the_record = one.kind == "try" or one.what.endswith("quarantined")
    return replace(one, sentence=OTHERWISE) if is_about_the_record and one.tone == "bad" and one.sentence else one


def _try(one: Try) -> Try:
    return replace(one, sentence=sentence_of("", one.sentence, may_read=False), detail="")
