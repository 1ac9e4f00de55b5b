"""The policies of a change request by their labels, for who reads or signs it."""

from __future__ import annotations

from governance.changes.choosing import policies
from governance.models import ChangeRequest, Revision

ROLLBACK = "none of its own: a rollback restores what was approved before"
AT_ONCE = "none: it came into force where no policy was"


def labels(request: ChangeRequest) -> list[str]:
    """In the words of the versions that count for it; the key where a policy has no label any more."""
    pins = policies.asked_of(request)["pins"]
    named = {(one.key, one.version): one.content for one in Revision.objects.filter(kind=policies.KIND)} if pins else {}
    own = {(one.key, ""): one.content for one in request.operations.filter(kind=policies.KIND)} if pins else {}
    found = {**named, **own}
    return list(dict.fromkeys((found.get((key, version)) or {}).get("label", key) for key, version, _ in pins))


def listed(request: ChangeRequest) -> str:
    """As a fact: "“Every change” and “High risk”"."""
    if request.policy == "rollback":
        return ROLLBACK
    if request.policy == policies.AT_ONCE:
        return AT_ONCE
    return _joined([f"“{one}”" for one in labels(request)])


def sentence(request: ChangeRequest) -> str:
    """What the page of signing says of them."""
    found = labels(request)
    if request.rolls_back_id is not None or not found:
        return ""
    return f"It is decided under the polic{'y' if len(found) == 1 else 'ies'} {listed(request)}."


def _joined(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
