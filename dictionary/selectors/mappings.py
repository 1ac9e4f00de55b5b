"""Mappings as pages show them, and the preview: one sample through rules, with the trace of each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from dictionary.kinds import compile_with
from dictionary.mapping import CompiledMapping, Mapped, MappingRefused
from dictionary.mapping.outward import PROVENANCE
from dictionary.models import Mapping
from dictionary.selectors.elements import source_of
from dictionary.values import json
from dictionary.values.json import JsonRefused
from governance.changes.effective import WithOperations
from governance.changes.kinds import Content, get
from governance.errors import Refused

LARGEST_SAMPLE = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words; ``number`` counts from 1."""

    number: int
    target: str
    source: str
    steps: tuple[str, ...]
    when: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sample becomes."""

    mapped: Mapped
    output: str  # JSON, indented

    @property
    def trace(self) -> list[dict[str, Any]]:
        """Trace lines, their rules counted from 1 as people do."""
        return [{**line._asdict(), "rule": line.rule + 1} for line in self.mapped.trace]

    @property
    def unread(self) -> list[str]:
        """What no rule names. Provenance is offered to every target mapping, and read as far as it is wanted."""
        return [path for path in self.mapped.unread if not path.startswith(f"$.{PROVENANCE}.")]


def rule_lines(mapping: Mapping) -> list[RuleLine]:
    """The rules in their order."""
    return [
        RuleLine(number, rule["target"], source_of(rule), tuple(_steps(rule)), rule.get("when", ""))
        for number, rule in enumerate(mapping.content["rules"], start=1)
    ]


def preview(mapping: CompiledMapping, sample: str) -> Preview:
    """Run a mapping on a sample. Raises Refused with the sentence where the sample is no JSON."""
    mapped = mapping.run(document_of(sample), trace=True)
    return Preview(mapped, indented(json.dumps(mapped.output)))


def document_of(sample: str, field: str = "sample") -> Any:
    """The document that a sample holds. Raises Refused."""
    if len(sample.encode()) > LARGEST_SAMPLE:
        raise Refused("The sample is larger than one megabyte.", field=field, rule="≤ 1 MB")
    try:
        return json.loads(sample.encode())
    except JsonRefused as error:
        raise Refused(str(error), field=field, rule="JSON") from None


def indented(content: bytes) -> str:
    """JSON as a person reads it, its numbers untouched."""
    return msgspec.json.format(content, indent=2).decode()


def compiled(mapping: Mapping) -> CompiledMapping:
    """The mapping in force with the entity, elements and code lists in force."""
    return compile_with(mapping.content, WithOperations({}), revision=mapping.version)


def drafted(content: Content) -> CompiledMapping:
    """A draft with what is in force around it. Raises MappingRefused with what keeps it from being compiled."""
    if problems := get("mapping").validate({**content, "cases": []}):
        raise MappingRefused(problems)
    return compile_with({**content, "cases": []}, WithOperations({}))


def _steps(rule: dict[str, Any]) -> list[str]:
    """What happens to the value, in words, in the order in which it happens."""
    words = []
    for name, said in (
        ("number", _number),
        ("unit", _unit),
        ("codes", _codes),
        ("lookup", _lookup),
        ("date", _date),
        ("round", _round),
    ):
        if rule.get(name):
            words.append(said(rule[name]))
    if rule.get("default") is not None:
        words.append(f"{rule['default']} where the source has no value")
    if rule.get("as"):
        words.append(f"sent as {rule['as']}")
    return words


def _number(content: dict[str, Any]) -> str:
    return f"number with “{content.get('decimal', '.')}” as decimal mark"


def _unit(content: dict[str, Any]) -> str:
    if content.get("to"):
        return f"converted to {content['to']}"
    return f"unit {content['from']}" if content.get("from") else f"unit from {content['from_path']}"


def _codes(content: Any) -> str:
    held = content if isinstance(content, dict) else {}
    system = f" of {held['system']}" if held.get("system") else ""
    return f"through the codes{system}" + (f" ({held['list']})" if held.get("list") else "")


def _lookup(content: dict[str, Any]) -> str:
    return f"looked up in the table “{content['name']}”"


def _date(content: dict[str, Any]) -> str:
    zone = f" in {content['zone']}" if content.get("zone") else ""
    return f"date {content.get('format', 'ISO 8601')}{zone}"


def _round(content: dict[str, Any]) -> str:
    digits = content.get("digits")
    amount = f"{digits} decimals" if digits is not None else f"{content.get('significant')} significant digits"
    return f"rounded {content.get('mode', 'half_even').replace('_', ' ')} to {amount}"
