"""The dictionary's controlled kinds: what their content must hold, and what it refers to."""

from __future__ import annotations

from typing import Any, ClassVar

from dictionary import models, specs
from dictionary.mapping import MappingRefused, compile_mapping
from dictionary.mapping.cases import tried
from dictionary.validation import problems
from dictionary.validation.schemas import SCHEMAS
from governance.changes.kinds import Content, Effective, Kind, Reference


class DictionaryKind(Kind):
    """Validated by the specification of the same name."""

    spec: ClassVar[str]

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


class CodeListKind(DictionaryKind):
    name = spec = "code_list"
    label = "Code list"
    model = models.CodeList

    def change_kind(self, old: Content | None, new: Content | None) -> str:
        """New codes and crosswalk lines are compatible; a code that goes or changes is semantic."""
        touched = super().change_kind(old, new)
        if touched == "semantic" and all(line["old"] is None for line in self.compare(old, new)):
            return "compatible"
        return touched


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


class MappingKind(DictionaryKind):
    name = spec = "mapping"
    label = "Mapping"
    model = models.Mapping
    editorial = DictionaryKind.editorial | {"cases"}  # an example alters no value
    links: ClassVar[dict[str, str]] = {"entity": "entity", "rules.codes.list": "code_list"}

    def references(self, content: Content) -> set[Reference]:
        lists = (rule.get("codes", {}).get("list") for rule in content["rules"] if isinstance(rule.get("codes"), dict))
        return {("entity", content["entity"])} | {("code_list", name) for name in lists if name}

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


KINDS: tuple[type[DictionaryKind], ...] = (
    CodeListKind,
    ElementKind,
    EntityKind,
    LocalTermKind,
    IcdKind,
    MappingKind,
)
