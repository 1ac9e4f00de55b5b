"""The first half of a rule: fetching its raw value from the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from dictionary.mapping.paths import ABSENT, BadPath, Path, compile_path
from dictionary.mapping.rules import Rule
from dictionary.values.errors import ValueRefused, shown
from dictionary.values.noted import Note, Noted, joined

Read = Callable[[Any], Any]
Convert = Callable[[Any], Any]


def reader(rule: Rule, many: bool) -> Read:
    """A function from the document to the raw value; it gives None, or raises one of ABSENT, where there is
    none."""
    if rule.constant is not None:
        return lambda document: rule.constant
    if rule.concat:
        return _parts_reader(rule)
    path = compile_path(rule.path)
    return (lambda document: path.read_all(document) or None) if many else path.read


def bad_paths(rule: Rule) -> list[str]:
    """Sentences about the paths of a rule that cannot be used."""
    sentences = []
    for text in rule.paths:
        try:
            compile_path(text)
        except BadPath as error:
            sentences.append(f"In {rule.name}, {error}.")
    return sentences


def joiner(rule: Rule, field: str) -> Convert:
    """The parts of a concat as one text; numbers are written as their own digits."""

    def join(parts: list[Any]) -> Any:
        return rule.separator.join(_part_text(part, field) for part in parts)

    return join


def looker(table: Mapping[str, str], name: str, field: str) -> Convert:
    """The raw value replaced by what the table `name` has for it."""

    def look_up(raw: Any) -> Any:
        found = table.get(raw if type(raw) is str else _part_text(raw, field))
        if found is None:
            sentence = f"The value {shown(raw)} in field {field} is not in the lookup table '{name}'."
            raise ValueRefused(field, raw, "lookup", sentence)
        return Noted(found, (f"looked up in '{name}'",))

    return look_up


def after(first: Convert, then: Convert) -> Convert:
    """Two conversions in a row, the notes of both kept."""

    def convert(raw: Any) -> Any:
        middle = first(raw)
        if type(middle) is not Noted:
            return then(middle)
        return joined(middle.notes, then(middle.value))

    return convert


def each_item(convert: Convert) -> Convert:
    """A conversion of every item of a list; the notes of all items, in their order."""

    def convert_all(raws: list[Any]) -> Any:
        values: list[Any] = []
        notes: list[Note] = []
        for raw in raws:
            result = convert(raw)
            if type(result) is Noted:
                notes += result.notes
                result = result.value
            values.append(result)
        return Noted(values, tuple(notes)) if notes else values

    return convert_all


def _parts_reader(rule: Rule) -> Read:
    """A list of the parts; None as soon as one of the paths has no value."""
    reads = [_path_or_text(part) for part in rule.concat]

    def read(document: Any) -> Any:
        parts = [one(document) for one in reads]
        return None if _lacks(parts, rule) else parts

    return read


def _lacks(parts: list[Any], rule: Rule) -> bool:
    """Whether a part that comes from a path is missing; a literal part may be empty."""
    return any(part in (None, "") for part, text in zip(parts, rule.concat, strict=True) if text.startswith("$"))


def _path_or_text(part: str) -> Read:
    if not part.startswith("$"):
        return lambda document: part
    path: Path = compile_path(part)
    return lambda document: _value_or_none(path, document)


def _value_or_none(path: Path, document: Any) -> Any:
    try:
        return path.read(document)
    except ABSENT:
        return None


def _part_text(part: Any, field: str) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, (int, Decimal)) and not isinstance(part, bool):
        return str(part)
    raise ValueRefused(field, part, "text", f"The value {shown(part)} in field {field} is neither text nor a number.")
