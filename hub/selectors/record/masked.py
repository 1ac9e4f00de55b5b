"""Puts the mask on: bodies, values with their origin, and sentences that could quote what is hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from dictionary.mapping.protected import Pattern, Places
from hub.flow.intake.document import CLOUD_EVENT
from hub.selectors.record import veil
from hub.selectors.record.journey import DeliveryTrace, Hop
from hub.selectors.record.masking import MASK, Mask
from hub.selectors.record.origins import Origins, ValueProblem, ValueTrace

ATTRIBUTES = ("specversion", "id", "source", "type", "time", "datacontenttype", "dataschema")  # of a CloudEvent
NOT_READ = f'"{MASK}: what arrived is no JSON object, so nobody can say what of it is protected"'.encode()

EARLIER = "An earlier message of the same key has to go first."

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])


def body(content: bytes, places: Places, *, media_type: str = "application/json") -> bytes:
    """The JSON with hidden values replaced; what is shown stays as it was written, digit by digit."""
    if not places.secret and not places.hides_unknown:
        return content
    where = _in_envelope(places) if media_type == CLOUD_EVENT else places
    try:
        return bytes(_masked(msgspec.Raw(content.removeprefix(b"\xef\xbb\xbf").strip()), where, ()))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return NOT_READ


def _in_envelope(places: Places) -> Places:
    """The same places within the data of a CloudEvent."""
    named = frozenset((name,) for name in ATTRIBUTES)
    return Places(
        frozenset(("data", *one) for one in places.secret),
        frozenset(("data", *one) for one in places.open) | named,
        places.hides_unknown,
    )


def _masked(raw: msgspec.Raw, places: Places, path: Pattern) -> msgspec.Raw:
    if path and places.hides(path):
        return msgspec.Raw(msgspec.json.encode(MASK))
    if places.is_clear(path):
        return raw
    first = bytes(raw).lstrip()[:1]
    if first == b"{":
        inner = {name: _masked(one, places, (*path, name)) for name, one in _members.decode(raw).items()}
        return msgspec.Raw(msgspec.json.encode(inner))
    if first == b"[":
        return msgspec.Raw(msgspec.json.encode([_masked(one, places, (*path, "[*]")) for one in _items.decode(raw)]))
    return raw if path else msgspec.Raw(NOT_READ)  # no object: no rule could name anything in it


def origins(found: Origins | None, target: Places, source: Places) -> Origins | None:
    """Where values came from, without those that are hidden at their target or at their source."""
    if found is None:
        return None
    return replace(
        found,
        values=tuple(_value(one, target, source) for one in found.values),
        problems=tuple(_problem(one, target, source) for one in found.problems),
    )


def delivery(one: DeliveryTrace, mask: Mask) -> DeliveryTrace:
    """A route without what its target said of the record, and with its values masked."""
    places = mask.outgoing(one.route)
    return replace(without_keys(veil.delivery(one), mask), values=origins(one.values, places, mask.canonical))


def without_keys(one: DeliveryTrace, mask: Mask) -> DeliveryTrace:
    """No key that is hidden: not in the receipt, and not in what it waits for, whose sentence names both keys."""
    wait = one.wait
    if wait and wait.business_key and mask.keys:
        wait = replace(wait, sentence=EARLIER, business_key=mask.key("business_key", wait.business_key))
    external_id, external_url = mask.receipt(one.external_id, one.external_url)
    return replace(one, external_id=external_id, external_url=external_url, wait=wait)


def hop(one: Hop) -> Hop:
    """A step without what the hub or a target said of the record."""
    return veil.hop(one)


def _value(one: ValueTrace, target: Places, source: Places) -> ValueTrace:
    if not target.hides_text(_as_path(one.target)) and not any(source.hides_text(path) for path in one.source):
        return one
    return replace(one, value=MASK, raw=MASK, notes=())


def _problem(one: ValueProblem, target: Places, source: Places) -> ValueProblem:
    is_hidden = target.hides_text(_as_path(one.field)) or (bool(one.path) and source.hides_text(one.path))
    return replace(one, value=MASK, sentence=veil.PROTECTED) if is_hidden else one


def _as_path(target: str) -> str:
    return target if target.startswith("$") else f"$.{target}"


def excerpt(value: Any, path: str, places: Places) -> Any:
    """A value that a problem names, or the mask."""
    return MASK if value and places.hides_text(path) else value
