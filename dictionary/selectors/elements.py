"""Elements, entities, code lists and local terms, and where each element is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from dictionary import specs
from dictionary.models import DataElement, Entity, LocalTerm, Mapping
from dictionary.permissions import (
    visible_code_lists,
    visible_elements,
    visible_entities,
    visible_mappings,
    visible_terms,
)


@dataclass(frozen=True, slots=True)
class RuleUse:
    """One rule of one mapping that fills, or reads, an element's field."""

    mapping: Mapping
    rule: int
    target: str
    source: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Where an element is used."""

    entities: tuple[tuple[Entity, str], ...]  # (entity, name of the field)
    terms: tuple[LocalTerm, ...]
    rules: tuple[RuleUse, ...]

    @property
    def count(self) -> int:
        return len(self.entities) + len(self.terms) + len(self.rules)


def element_rows(user: Any, **filters: str) -> QuerySet[DataElement]:
    """By type, owner_system, criticality and data_class, those that are asked for."""
    return visible_elements(user).filter(**{name: value for name, value in filters.items() if value})


def usages(user: Any, keys: list[str]) -> dict[str, Usage]:
    """Element key → where it is used, as far as the user may see; three queries for any number of elements."""
    every_entity, every_mapping = list(visible_entities(user)), list(visible_mappings(user))
    named = list(visible_terms(user).filter(element__in=keys).order_by("system", "term"))
    return {key: _usage(key, every_entity, every_mapping, named) for key in keys}


def specs_of(user: Any) -> tuple[dict[str, specs.ElementSpec], dict[str, specs.CodeListSpec]]:
    """Elements and code lists in force, ready for a schema or a mapping."""
    elements = {row.key: specs.ElementSpec.from_content(row.content) for row in visible_elements(user)}
    lists = {row.key: specs.CodeListSpec.from_content(row.content) for row in visible_code_lists(user)}
    return elements, lists


def source_of(rule: dict[str, Any]) -> str:
    """Where a rule takes its value from, in one line for a person."""
    if rule.get("path"):
        return rule["path"]
    if rule.get("concat"):
        return " + ".join(rule["concat"]["parts"])
    if rule.get("lookup"):
        return f"{rule['lookup']['path']} in {rule['lookup']['name']}"
    if rule.get("each"):
        return f"each {rule['each']['path']}"
    return f"always {rule['constant']}" if "constant" in rule else ""


def _usage(key: str, every_entity: list[Entity], every_mapping: list[Mapping], named: list[LocalTerm]) -> Usage:
    held = [
        (entity, field["name"])
        for entity in every_entity
        for field in entity.content["fields"]
        if field["element"] == key
    ]
    fields = {(entity.key, name) for entity, name in held}
    return Usage(
        entities=tuple(held),
        terms=tuple(term for term in named if term.element == key),
        rules=tuple(use for mapping in every_mapping for use in _rules(mapping, fields)),
    )


def _rules(mapping: Mapping, fields: set[tuple[str, str]]) -> list[RuleUse]:
    return [
        RuleUse(mapping, number, rule["target"], source_of(rule))
        for number, rule in enumerate(mapping.content["rules"], start=1)
        if any((mapping.entity, name) in fields for name in _names(mapping, rule))
    ]


def _names(mapping: Mapping, rule: dict[str, Any]) -> set[str]:
    """The entity's fields that a rule fills, or on the way out reads."""
    if mapping.direction == "to_canonical":
        return {rule["target"]}
    paths = [
        rule.get("path", ""),
        *rule.get("concat", {}).get("parts", ()),
        rule.get("lookup", {}).get("path", ""),
    ]
    return {_first(path) for path in paths if path}


def _first(path: str) -> str:
    """``$.glucose.value`` and ``glucose`` both start at the field glucose."""
    return path.removeprefix("$").lstrip(".").split(".")[0].split("[")[0]
