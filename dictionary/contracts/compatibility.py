"""Whether a new schema still takes every document that the old one took: if so it is compatible, else
breaking.

The question is a reader's (backward compatibility): producers keep sending what they sent. What cannot be
decided from the two texts, such as two different patterns, counts as breaking, because a contract must not
be loosened by guesswork.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Schema = Mapping[str, Any]
ANNOTATIONS = frozenset({"title", "description", "examples", "$id", "$schema", "$comment", "default", "deprecated"})
# Annotations of ours that change what a value means: they break what a schema alone would let pass.
MEANING = ("x-unit", "x-element", "x-code-list", "x-reference", "x-rounding", "x-digits", "x-significant")


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    is_breaking: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`differences` lists the breaking ones first; no difference at all is "identical" for readers."""

    differences: tuple[Difference, ...]

    @property
    def level(self) -> Literal["identical", "compatible", "breaking"]:
        if not self.differences:
            return "identical"
        return "breaking" if any(one.is_breaking for one in self.differences) else "compatible"

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(one.sentence for one in self.differences)


def compare_schemas(old: Schema, new: Schema) -> Verdict:
    """What changed from `old` to `new`, judged for every producer that still follows `old`."""
    found = sorted(_schema(old, new, "$"), key=lambda one: (not one.is_breaking, one.path, one.sentence))
    return Verdict(tuple(found))


def _schema(old: Any, new: Any, path: str) -> Iterator[Difference]:
    if old == new:
        return
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        yield Difference(path, new is not True, f"The schema of {path} was replaced.")
        return
    yield from _properties(old, new, path)
    yield from _required(old, new, path)
    if "items" in old or "items" in new:
        yield from _schema(old.get("items", {}), new.get("items", {}), f"{path}[*]")
    for name in sorted((old.keys() | new.keys()) - _HANDLED):
        if old.get(name) != new.get(name):
            yield _keyword(name, old, new, path)


def _properties(old: Schema, new: Schema, path: str) -> Iterator[Difference]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in sorted(before.keys() - after.keys()):
        closed = new.get("additionalProperties", True) is False
        ending = "is still sent and would be refused" if closed else "is no longer described"
        yield Difference(f"{path}.{name}", True, f"The field {path}.{name} was removed; it {ending}.")
    for name in sorted(after.keys() - before.keys()):
        yield from _added(name, old, new, path)
    for name in sorted(before.keys() & after.keys()):
        yield from _schema(before[name], after[name], f"{path}.{name}")


def _added(name: str, old: Schema, new: Schema, path: str) -> Iterator[Difference]:
    if name in new.get("required", []):
        return  # said by _required
    if old.get("additionalProperties", True) is False:
        yield Difference(f"{path}.{name}", False, f"The optional field {path}.{name} was added.")
        return
    sentence = f"The field {path}.{name} is now described; producers may have sent something else under that name."
    yield Difference(f"{path}.{name}", True, sentence)


def _required(old: Schema, new: Schema, path: str) -> Iterator[Difference]:
    before, after = set(old.get("required", [])), set(new.get("required", []))
    for name in sorted(after - before):
        yield Difference(f"{path}.{name}", True, f"The field {path}.{name} is now required.")
    for name in sorted(before - after):
        yield Difference(f"{path}.{name}", False, f"The field {path}.{name} is no longer required.")


def _keyword(name: str, old: Schema, new: Schema, path: str) -> Difference:
    before, after = old.get(name), new.get(name)
    loosens = _LOOSENS.get(name)
    if name in ANNOTATIONS or (name.startswith("x-") and name not in MEANING):
        return Difference(path, False, f"The description of {path} changed ({name}).")
    if name in MEANING:
        return Difference(path, True, f"The meaning of {path} changed: {name} was {before}, is {after}.")
    is_loosened = after is None or (before is not None and loosens is not None and loosens(before, after))
    how = "loosened" if is_loosened else "tightened or changed"
    was, now = "unset" if before is None else before, "unset" if after is None else after
    return Difference(path, not is_loosened, f"The rule {name} of {path} was {how}: it was {was}, is {now}.")


def _more_types(before: Any, after: Any) -> bool:
    old, new = _as_set(before), _as_set(after)
    return old <= new | ({"integer"} if "number" in new else set())


def _as_set(value: Any) -> set[Any]:
    return set(value) if isinstance(value, list) else {value}


def _lower(before: Any, after: Any) -> bool:
    return bool(after <= before)


def _higher(before: Any, after: Any) -> bool:
    return bool(after >= before)


_HANDLED = {"properties", "required", "items"}
# For each keyword, when (old value, new value) lets every old document through.
_LOOSENS: dict[str, Callable[[Any, Any], bool]] = {
    "type": _more_types,
    "enum": lambda before, after: all(one in after for one in before),
    "minimum": _lower,
    "exclusiveMinimum": _lower,
    "minLength": _lower,
    "minItems": _lower,
    "maximum": _higher,
    "exclusiveMaximum": _higher,
    "maxLength": _higher,
    "maxItems": _higher,
    "additionalProperties": lambda before, after: before is False or after is True,
    "uniqueItems": lambda before, after: after is False,
}
