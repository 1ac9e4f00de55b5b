"""Documents and what runs agree, or the change is refused with the list; companions bring the document along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dictionary.documents import generated, parts
from dictionary.documents.parts import Section
from dictionary.models import InterfaceControlDocument
from governance.changes import Operation, effective, kinds, rules
from governance.changes.effective import Snapshot
from governance.changes.kinds import Content, Effective, Reference
from governance.changes.proposing import companions
from governance.changes.proposing.difference import is_same
from governance.changes.rules import Broken
from hub.documents import proof, sections

LISTED = 40  # differences that a refusal names


def describe(key: str, content: Mapping[str, Any], state: Effective) -> dict[str, list[Section]]:
    """The generated part of one document: each interface that it names, and that names it, by its key."""
    found = {}
    for one in content.get("interfaces", ()):
        interface = state.content("interface", one)
        if interface is not None and interface.get("icd") == key:
            found[one] = sections.of(interface, state)
    return found


def disagreeing(operations: Sequence[Operation]) -> list[Broken]:
    """What each document touched by these operations would say otherwise than what would run."""
    found: list[Broken] = []
    for key, content, state in _touched(operations):
        strange = [
            Broken("icd", key, not_its_own(key, one))
            for one in content.get("interfaces", ())
            if (state.content("interface", one) or {}).get("icd") != key
        ]
        found += strange or [Broken("icd", key, one) for one in _disagreement(key, content, state)]
    return found


def _disagreement(key: str, content: Content, state: Effective) -> list[str]:
    """A sentence a row; one for an interface of which nothing is frozen yet."""
    frozen, made = content.get("generated", {}), describe(key, content, state)
    new = [
        f"It holds nothing yet of what is generated of the interface {one!r}." for one in made.keys() - frozen.keys()
    ]
    lines = parts.compare(frozen, {one: made[one] for one in made if one in frozen})
    more = [f"And {len(lines) - LISTED} more rows differ."] if len(lines) > LISTED else []
    return [*sorted(new), *(parts.sentence(one) for one in lines[:LISTED]), *more]


def unproven(operations: Sequence[Operation]) -> list[Broken]:
    """Interfaces in production whose document these operations take away, or leave with gaps."""
    documents = {one.key for one in operations if one.kind == "icd"}
    if not documents:
        return []  # an interface's own change is judged by its kind
    state = _after(operations)
    found = []
    for key in state.keys("interface"):
        content = state.content("interface", key) or {}
        if content["icd"] in documents:
            found += [Broken("interface", key, sentence) for sentence in undocumented(content, state)]
    return found


def undocumented(content: Content, state: Effective) -> list[str]:
    """Why an interface of this content cannot carry production traffic; empty where it may, or does not want to."""
    if proof.stage_of(content) != proof.PRODUCTION:
        return []
    return proof.gaps(content["key"], content["icd"], state.content("icd", content["icd"]) or {})


def not_its_own(icd: str, interface: str) -> str:
    """One sentence for an interface that is not there, is retired, or runs with another document."""
    return f"It names the interface {interface!r}, which does not run with {icd}: take it out, or point it to {icd}."


def brought(operations: Sequence[Operation]) -> list[Operation]:
    """Documents in the change with their generated part made anew, and behind them those that would be wrong.

    A change that breaks the rules of its own kinds comes back as it was: those rules are told first.
    """
    if not all(_is_sound(one) for one in operations):
        return list(operations)
    made: dict[str, Operation] = {}
    own = {one.key: one for one in operations if one.kind == "icd"}
    for key, content, state in _touched(operations):
        made[key] = _with(own[key], content, state) if key in own else _along(key, content, state)
    added = [one for key, one in made.items() if key not in own and not _is_in_force(one)]
    return [made.get(one.key, one) if one.kind == "icd" else one for one in operations] + added


def _along(key: str, content: Content, state: Effective) -> Operation:
    """A document that the author did not touch; it lets go of interfaces that run with it no more."""
    held = effective.revision_of("icd", key)
    own = [one for one in content["interfaces"] if (state.content("interface", one) or {}).get("icd") == key]
    return _with(Operation("icd", key, content, held.version if held else ""), {**content, "interfaces": own}, state)


def _is_in_force(one: Operation) -> bool:
    held = effective.revision_of(one.kind, one.key)
    return held is not None and is_same(held.content, one.content)


def _with(operation: Operation, content: Content, state: Effective) -> Operation:
    made = describe(operation.key, content, state)
    new = {**_written(content), **({"generated": made} if made else {})}
    return replace(operation, content=new)


def _written(content: Content) -> Content:
    return {name: part for name, part in content.items() if name != "generated"}


def _touched(operations: Sequence[Operation]) -> list[tuple[str, Content, Snapshot]]:
    """(key, content as it will be, state as it will be) of each document whose interfaces these operations reach."""
    own = {one.key: one.content for one in operations if one.kind == "icd"}
    held = InterfaceControlDocument.objects.filter(is_retired=False).exclude(key__in=own)
    others = {one.key: one.content for one in held if one.content.get("interfaces")}
    if not others and not any(content is not None for content in own.values()):
        return []
    state, changed = _after(operations), {(one.kind, one.key) for one in operations}
    touched = [(key, content) for key, content in own.items() if content is not None]
    touched += [(key, content) for key, content in others.items() if _reached(content, state, changed)]
    return [(key, content, state) for key, content in touched]


def _is_sound(one: Operation) -> bool:
    """Whether its content can be read; what was generated earlier is not judged, since it is made anew."""
    if one.content is None:
        return True
    content = _written(one.content) if one.kind == "icd" else one.content
    return content.get("key") == one.key and not kinds.get(one.kind).validate(content)


def _reached(content: Content, state: Snapshot, changed: set[Reference]) -> bool:
    names = {("interface", one) for one in content["interfaces"]}
    return bool(names & changed) or any(state.reach(one) & changed for one in names)


def _after(operations: Sequence[Operation]) -> Snapshot:
    return Snapshot({(one.kind, one.key): one.content for one in operations})


def connect() -> None:
    """Hold every change to these rules, and offer the sections to the dictionary."""
    companions.add(brought)
    rules.add(disagreeing)
    rules.add(unproven)
    generated.provide(lambda key, content: describe(key, content, Snapshot({})))
