"""Mapping rules as data: what one rule says, read from its JSON.

    target      field of the entity (to_canonical), or dotted path in the outgoing document (to_target)
    path        where the value stands in the source, JSONPath or dotted
    constant    a value of the rule's own, in the place of a path
    concat      {parts: [path or text], sep}: a part that starts with "$" is a path
    lookup      {name, path}: the value at path, looked up in a table of the mapping
    each        {path, rules}: one object for every item of a list, by rules of its own (to_target)
    many        true: every value that the path finds, as a list (implied by a repeated field)
    when        CEL over the top-level fields of the source, `doc` (all of it) and `item` (inside each);
                where it does not hold, the rule rests
    number      {decimal, group}: marks of numbers in text, such as {decimal: ",", group: "."}
    unit        {from | from_path, aliases} into the element's unit; {to} on the way out
    codes       {system, list}: through the crosswalk of a code list (the element's own unless named)
    date        {format, zone}
    round       {mode, digits | significant}: in the place of the element's own rounding
    default     used where the source has no value; canonical already, and noted in the trace
    as          to_target only: text | number | quantity

A rule has exactly one source: path, constant, concat, lookup or each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SOURCES = ("path", "constant", "concat", "lookup", "each")
NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class UnitRule:
    source: str = ""
    source_path: str = ""
    target: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `index` is its place in the mapping, counted from 0. A constant or default of null counts as
    none."""

    index: int
    target: str
    path: str = ""
    constant: Any = None
    concat: tuple[str, ...] = ()
    separator: str = ""
    lookup: str = ""
    each: str = ""
    rules: tuple[Rule, ...] = ()
    many: bool = False
    when: str = ""
    decimal_mark: str = ""
    group_mark: str = ""
    unit: UnitRule | None = None
    code_system: str = ""
    code_list: str = ""
    date_format: str = ""
    date_zone: str = ""
    round_mode: str = ""
    digits: int | None = None
    significant: int | None = None
    default: Any = None
    shape: str = ""

    @property
    def name(self) -> str:
        """How sentences and traces call the rule: "rule 3 (severity)"."""
        return f"rule {self.index + 1} ({self.target})"

    @property
    def paths(self) -> tuple[str, ...]:
        """The source paths that the value is made of, unit path included."""
        unit_path = (self.unit.source_path,) if self.unit and self.unit.source_path else ()
        parts = tuple(part for part in self.concat if part.startswith("$"))
        return tuple(path for path in (self.path, self.each) if path) + parts + unit_path


def read_rules(contents: Any) -> tuple[Rule, ...]:
    """Validated rule contents as rules, in their order."""
    return tuple(read_rule(index, content) for index, content in enumerate(contents))


def read_rule(index: int, content: Mapping[str, Any]) -> Rule:
    part = {
        name: content.get(name) or {}
        for name in ("concat", "lookup", "each", "number", "unit", "codes", "date", "round")
    }
    return Rule(
        index=index,
        target=content["target"],
        path=content.get("path") or part["lookup"].get("path", ""),
        constant=content.get("constant"),
        concat=tuple(part["concat"].get("parts", ())),
        separator=part["concat"].get("sep", ""),
        lookup=part["lookup"].get("name", ""),
        each=part["each"].get("path", ""),
        rules=read_rules(part["each"].get("rules", ())),
        many=bool(content.get("many")),
        when=content.get("when", ""),
        decimal_mark=part["number"].get("decimal", ""),
        group_mark=part["number"].get("group", ""),
        unit=_unit(part["unit"]),
        code_system=part["codes"].get("system", ""),
        code_list=part["codes"].get("list", ""),
        date_format=part["date"].get("format", ""),
        date_zone=part["date"].get("zone", ""),
        round_mode=part["round"].get("mode", ""),
        digits=part["round"].get("digits"),
        significant=part["round"].get("significant"),
        default=content.get("default"),
        shape=content.get("as", ""),
    )


def _unit(content: Mapping[str, Any]) -> UnitRule | None:
    if not content:
        return None
    return UnitRule(
        source=content.get("from", ""),
        source_path=content.get("from_path", ""),
        target=content.get("to", ""),
        aliases=content.get("aliases") or {},
    )
