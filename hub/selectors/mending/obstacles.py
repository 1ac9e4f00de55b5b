"""Everything that keeps one message in quarantine: its row names the first problem, a person mends all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dictionary.values.json import JsonRefused
from governance.errors import MISSING
from governance.keyring import Unreadable
from hub.flow.intake.document import document_of
from hub.flow.runtime import running
from hub.models import Message, MessageState, Payload
from hub.selectors.record import veil
from hub.selectors.record.masking import MASK, Mask
from hub.selectors.record.trace import Trace


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One problem. ``value`` is an excerpt, "missing" where nothing stood there, and "" where it is not shown."""

    field: str
    value: str
    rule: str
    sentence: str


def of(message: Message, trace: Trace) -> tuple[Obstacle, ...]:
    """All problems of the message, the stored one among them; none where nothing keeps it back.

    ``trace`` holds the values where the reader may read them; without them only the stored problem is given,
    as the trace shows it to this reader.
    """
    told = trace.message
    if not told.sentence:
        return ()
    stored = Obstacle(told.error_field, told.error_value, told.error_rule, told.sentence)
    if trace.values is None:
        return (stored,)
    found = tuple(_of_contract(message, trace.mask)) or tuple(_of_mapping(trace))
    is_known = any((one.field, one.rule) == (stored.field, stored.rule) for one in found)
    return found if is_known else (stored,)


def _of_contract(message: Message, mask: Mask | None) -> Iterator[Obstacle]:
    """Judged first, as on the way in: what breaks the contract is not mapped at all."""
    row = Payload.objects.filter(message_id=message.id, stage="received").order_by("id").last()
    release_id = MessageState.objects.values_list("release_id", flat=True).get(id=message.id)
    if row is None:
        return
    try:
        document = document_of(row)
    except (Unreadable, JsonRefused):
        return
    for one in running(release_id).contract.violations(document):
        is_hidden = mask is not None and mask.received.hides_text(one.path)
        value, sentence = (MASK, veil.PROTECTED) if is_hidden else (_excerpt(one.value), one.sentence)
        yield Obstacle(one.path, value, one.rule, sentence)


def _of_mapping(trace: Trace) -> Iterator[Obstacle]:
    for one in trace.values.problems if trace.values else ():
        yield Obstacle(one.path or one.field, _excerpt(one.value), one.rule, one.sentence)


def _excerpt(value: Any) -> str:
    return MISSING if value is None else str(value)[:200]
