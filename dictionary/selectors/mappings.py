"""Mappings as pages show them, and the preview: one sample through rules, with the trace of each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.models import QuerySet

from dictionary import specs
from dictionary.mapping import CompiledMapping, Mapped, compile_mapping
from dictionary.mapping.outward import PROVENANCE
from dictionary.models import CodeList, DataElement, Entity, Mapping
from dictionary.selectors.elements import source_of
from dictionary.values import json
from dictionary.values.json import JsonRefused
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


def listed() -> QuerySet[Mapping]:
    return Mapping.objects.filter(is_retired=False)


def rule_lines(mapping: Mapping) -> list[RuleLine]:
    """The rules in their order."""
    return [
        RuleLine(number, rule["target"], source_of(rule), tuple(_steps(rule)), rule.get("when", ""))
        for number, rule in enumerate(mapping.content["rules"], start=1)
    ]


def preview(mapping: Mapping, sample: str) -> Preview:
    """Run the mapping in force on a sample. Raises Refused with the sentence where the sample is no JSON."""
    if len(sample.encode()) > LARGEST_SAMPLE:
        raise Refused("The sample is larger than one megabyte.", field="sample", rule="≤ 1 MB")
    try:
        document = json.loads(sample.encode())
    except JsonRefused as error:
        raise Refused(str(error), field="sample", rule="JSON") from None
    mapped = compiled(mapping).run(document, trace=True)
    return Preview(mapped, msgspec.json.format(json.dumps(mapped.output), indent=2).decode())


def compiled(mapping: Mapping) -> CompiledMapping:
    """The mapping in force with the entity, elements and code lists in force: three queries."""
    spec = specs.MappingSpec.from_content(mapping.content)
    entity = specs.EntitySpec.from_content(Entity.objects.get(key=spec.entity).content)
    return compile_mapping(
        spec,
        entity=entity,
        elements={row.key: specs.ElementSpec.from_content(row.content) for row in DataElement.objects.all()},
        code_lists={row.key: specs.CodeListSpec.from_content(row.content) for row in CodeList.objects.all()},
        revision=mapping.version,
    )


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
