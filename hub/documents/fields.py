"""A mapping in words: one row a field, so that a document can be compared with what runs. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

SHOWN_ENTRIES = 40
Content = Mapping[str, Any]


def rows(mapping: Content, units: Mapping[str, str]) -> dict[str, str]:
    """Target field → where its value comes from and what is done to it. ``units``: canonical field → its unit."""
    found: dict[str, str] = {}
    for name, said in _rules(mapping["rules"], ""):
        told = f"{said} → {units[name]}" if units.get(name) else said
        found[name] = f"{found[name]}; or {told}" if name in found else told
    for name, table in mapping.get("lookups", {}).items():
        found[f"Table {name}"] = _table(table)
    if mapping.get("ignored_paths"):
        found["Left behind on purpose"] = ", ".join(mapping["ignored_paths"])
    return found


def _rules(rules: Any, above: str) -> Iterator[tuple[str, str]]:
    for rule in rules:
        name = f"{above}{rule['target']}"
        if "each" in rule:
            yield name, f"one for each of {rule['each']['path']}{_more(rule)}"
            yield from _rules(rule["each"]["rules"], f"{name}[].")
        else:
            yield name, _source(rule) + _more(rule)


def _source(rule: Content) -> str:
    if "constant" in rule:
        return f"always {_value(rule['constant'])}"
    if "concat" in rule:
        between = rule["concat"].get("sep", "")
        joined = " + ".join(rule["concat"]["parts"])
        return f"{joined}, joined by {_value(between)}" if between else joined
    if "lookup" in rule:
        return f"looked up in {rule['lookup']['name']} by {rule['lookup']['path']}"
    return str(rule.get("path", ""))


def _more(rule: Content) -> str:
    """Everything else that a rule says, in a fixed order; a part that has no words of its own by its name."""
    told = []
    for name in sorted(rule.keys() - {"target", "path", "constant", "concat", "lookup", "each", "note"}):
        words = _WORDS.get(name)
        told.append(words(rule[name]) if words else f"{name} {_value(rule[name])}")
    return "".join(f"; {one}" for one in told)


def _unit(part: Content) -> str:
    given = f"unit at {part['from_path']}" if part.get("from_path") else f"unit {part.get('from') or 'as sent'}"
    aliases = f", also written {_table(part['aliases'])}" if part.get("aliases") else ""
    return given + (f", to {part['to']}" if part.get("to") else "") + aliases


def _codes(part: Content) -> str:
    listed = f" of the list {part['list']}" if part.get("list") else ""
    return f"codes{listed} as {part['system']} says them" if part.get("system") else f"codes{listed}"


def _date(part: Content) -> str:
    return f"date written {part.get('format') or 'as ISO 8601'}" + (f" in {part['zone']}" if part.get("zone") else "")


def _round(part: Content) -> str:
    named = {"digits": "digits", "significant": "significant digits"}
    count = "".join(f" to {part[name]} {words}" for name, words in named.items() if name in part)
    return f"rounded{count}" + (f", {part['mode'].replace('_', ' ')}" if part.get("mode") else "")


def _number(part: Content) -> str:
    return f"number with decimal {part.get('decimal', '.')!r}" + (
        f" and group {part['group']!r}" if part.get("group") else ""
    )


_WORDS: dict[str, Callable[[Any], str]] = {
    "unit": _unit,
    "codes": _codes,
    "date": _date,
    "round": _round,
    "number": _number,
    "when": lambda condition: f"only when {condition}",
    "default": lambda value: f"{_value(value)} where it is absent",
    "many": lambda given: "all that are found" if given else "the first that is found",
    "as": lambda kind: f"as {kind}",
}


def _value(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _table(table: Mapping[str, str]) -> str:
    """All entries where they are few; of a long table the first and a hash, so that any change shows."""
    entries = [f"{one} → {other}" for one, other in sorted(table.items())]
    if len(entries) <= SHOWN_ENTRIES:
        return ", ".join(entries)
    mark = hashlib.sha256("\n".join(entries).encode()).hexdigest()[:16]
    return f"{', '.join(entries[:SHOWN_ENTRIES])} and {len(entries) - SHOWN_ENTRIES} more (sha256 {mark}…)"
