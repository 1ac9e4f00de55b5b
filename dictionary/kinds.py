"""The dictionary's controlled kinds: what their content must hold, and what it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from dictionary import as_before, models, specs
from dictionary.documents import named, parts
from dictionary.mapping import MappingRefused, compile_mapping
from dictionary.mapping.cases import tried
from dictionary.mapping.parts import RulePart, rule_parts
from dictionary.validation import problems
from dictionary.validation.schemas import SCHEMAS
from governance.changes.kinds import Content, Effective, Kind, Reference
from governance.changes.proposing import difference
from governance.changes.weighing.graph import Edge, Facts, Node


class DictionaryKind(Kind):
    """Validated by the specification of the same name."""

    spec: ClassVar[str]

    def detectability(self, content: Content) -> str:
        """A value with another meaning looks like any other value."""
        return "low"

    def schema(self, content: Content) -> Content:
        return SCHEMAS[self.spec]

    def validate(self, content: Content) -> list[str]:
        return problems(self.spec, content)


class ElementKind(DictionaryKind):
    name = spec = "element"
    label = "Data element"
    model = models.DataElement
    links: ClassVar[dict[str, str]] = {"code_list": "code_list", "owner_system": "system", "reference": "entity"}

    def references(self, content: Content) -> set[Reference]:
        found = {("code_list", content["code_list"])} if content.get("code_list") else set()
        return found | ({("system", content["owner_system"])} if content.get("owner_system") else set())

    def facts(self, content: Content, effective: Effective) -> Facts:
        """The owner of the system that owns the element answers for it."""
        owner = effective.content("system", content.get("owner_system", "")) or {}
        return replace(super().facts(content, effective), owner=str(owner.get("owner", "")))


class CodeListKind(DictionaryKind):
    name = spec = "code_list"
    label = "Code list"
    model = models.CodeList

    def change_kind(self, old: Content | None, new: Content | None) -> str:
        """What is only added is compatible where each old code is sent as before; a code that goes, changes or is
        retired is semantic.
        """
        touched = super().change_kind(old, new)
        if touched != "semantic" or old is None or new is None:
            return touched
        is_added = all(line["old"] is None for line in self.compare(old, new))
        return "compatible" if is_added and as_before.codes_stay(old, new) else "semantic"


class EntityKind(DictionaryKind):
    name = spec = "entity"
    label = "Entity"
    model = models.Entity
    links: ClassVar[dict[str, str]] = {"fields.element": "element"}

    def references(self, content: Content) -> set[Reference]:
        return {("element", field["element"]) for field in content["fields"]}


class LocalTermKind(DictionaryKind):
    name = "local_term"
    spec = "local_term"
    label = "Local term"
    model = models.LocalTerm
    links: ClassVar[dict[str, str]] = {"element": "element", "system": "system"}

    def references(self, content: Content) -> set[Reference]:
        return {("element", content["element"]), ("system", content["system"])}


class IcdKind(DictionaryKind):
    name = "icd"
    spec = "contract"
    label = "Interface control document"
    model = models.InterfaceControlDocument
    links: ClassVar[dict[str, str]] = {"entity": "entity"}

    def references(self, content: Content) -> set[Reference]:
        return {("entity", content["entity"])} if content.get("entity") else set()

    def compare(self, old: Content | None, new: Content | None) -> list[difference.Line]:
        """What is written, field by field; what is generated, row by row under the name that people read."""
        if old is None or new is None:
            return super().compare(old, new)
        rows = parts.compare(old.get("generated", {}), new.get("generated", {}))
        return super().compare(_written(old), _written(new)) + [
            difference.Line(field=f"generated.{one['field']}", old=one["old"], new=one["new"]) for one in rows
        ]

    def change_kind(self, old: Content | None, new: Content | None) -> str:
        """Words are editorial, and so is what a system is called in the generated part; what people agreed on, or what
        follows from elsewhere, alters no message by itself.
        """
        touched = super().change_kind(old, new)
        if touched != "semantic" or old is None or new is None:
            return touched
        names = {line["field"].split(".")[0].split("[")[0] for line in self.compare(old, new)}
        if named.differ_in_names_alone(old.get("generated", {}), new.get("generated", {})):
            names -= {"generated"}
        if names <= self.editorial:
            return "editorial"
        return "compatible" if names <= self.editorial | FOR_PEOPLE else "semantic"

    def render(self, content: Content) -> str:
        return super().render(_written(content))


FOR_PEOPLE = frozenset(parts.WRITTEN) | {"interfaces", "generated", "version"}


def _written(content: Content) -> Content:
    return {name: part for name, part in content.items() if name != "generated"}


class MappingKind(DictionaryKind):
    name = spec = "mapping"
    label = "Mapping"
    model = models.Mapping
    editorial = DictionaryKind.editorial | {"cases"}  # an example alters no value
    links: ClassVar[dict[str, str]] = {"entity": "entity", "rules.codes.list": "code_list"}

    def change_kind(self, old: Content | None, new: Content | None) -> str:
        """One more test case is editorial; one that goes or changes lets through what was refused."""
        touched = super().change_kind(old, new)
        if touched != "editorial" or old is None or new is None or as_before.cases_stay(old, new):
            return touched
        return "compatible"

    def detectability(self, content: Content) -> str:
        """Test cases that must hold notice some errors; without them a wrong value looks like a right one."""
        return "medium" if content.get("cases") else "low"

    def references(self, content: Content) -> set[Reference]:
        lists = (rule.get("codes", {}).get("list") for rule in content["rules"] if isinstance(rule.get("codes"), dict))
        return {("entity", content["entity"])} | {("code_list", name) for name in lists if name}

    def dependencies(self, content: Content, effective: Effective) -> Iterator[Edge]:
        """Its golden vectors too: they must hold for what it becomes."""
        yield from super().dependencies(content, effective)
        own = Node(self.name, content["key"])
        for case in content.get("cases", ()):
            yield Edge(own, case_node(content["key"], case["name"]), "is tried by")

    def validate_within(self, content: Content, effective: Effective) -> list[str]:
        """It compiles against the entity, elements and code lists it will run with, and keeps its own test cases."""
        try:
            mapping = compile_with(content, effective)
        except MappingRefused as refused:
            return list(refused.sentences)
        return [sentence for outcome in tried(mapping, content.get("cases", ())) for sentence in outcome.sentences]


def compile_with(content: Content, effective: Effective, *, revision: str = "draft") -> Any:
    """Compile a mapping's content against what is, or will be, in force. Raises MappingRefused."""
    held = effective.content("entity", content["entity"])
    entity = specs.EntitySpec.from_content(held) if held else None
    found = {field.element: effective.content("element", field.element) for field in (entity.fields if entity else ())}
    elements = {key: element for key, element in found.items() if element}
    lists = {element["code_list"] for element in elements.values() if element.get("code_list")}
    lists |= {name for kind, name in MappingKind().references(content) if kind == "code_list"}
    contents = {name: effective.content("code_list", name) for name in lists}
    return compile_mapping(
        specs.MappingSpec.from_content(content),
        entity=entity,
        elements={key: specs.ElementSpec.from_content(found) for key, found in elements.items()},
        code_lists={name: specs.CodeListSpec.from_content(found) for name, found in contents.items() if found},
        revision=revision,
    )


def parts_with(content: Content, effective: Effective) -> tuple[RulePart, ...]:
    """What each rule of a mapping reads and writes, with the entity and elements in force or about to be."""
    held = effective.content("entity", content["entity"])
    entity = specs.EntitySpec.from_content(held) if held else None
    found = {field.element: effective.content("element", field.element) for field in (entity.fields if entity else ())}
    elements = {key: specs.ElementSpec.from_content(element) for key, element in found.items() if element}
    return rule_parts(content, entity, elements)


def case_node(mapping: str, name: str) -> Node:
    """A test case of a mapping: a golden vector."""
    return Node("mapping", mapping, f"test case “{name}”")


KINDS: tuple[type[DictionaryKind], ...] = (
    CodeListKind,
    ElementKind,
    EntityKind,
    LocalTermKind,
    IcdKind,
    MappingKind,
)
