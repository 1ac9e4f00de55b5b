"""The parts of an interface in the dependency graph: what flows through it, field by field.

    system's field → rule of the mapping in → element → field of the entity → rule of the mapping out → route → system

Every part stands ``within`` its interface, so that a field of one source never seems to reach what another source
feeds through the same mapping. A field that must be there reaches the whole interface: without it nothing passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dictionary.kinds import case_node, parts_with
from dictionary.mapping.conditions import paths_in
from dictionary.mapping.parts import RulePart
from dictionary.mapping.paths import compile_path
from dictionary.values import json
from governance.changes.impact import fields
from governance.changes.kinds import Content, Effective
from governance.changes.weighing.graph import Edge, Node

Pattern = tuple[str, ...]
DEEPEST = 20  # names of a path


class Parts:
    """Tells the edges of one interface's content."""

    def __init__(self, content: Content, effective: Effective) -> None:
        self.content = content
        self.effective = effective
        self.whole = Node("interface", content["key"])
        self.flow = Node("interface", content["key"], "what it carries")
        self.within = self.whole.reference
        self.source = content["source"]
        self.document = source_document(content)
        self.icd = effective.content("icd", content["icd"]) or {}
        inward = effective.content("mapping", content.get("mapping", "")) or {}
        self.inward = inward
        self.entity = effective.content("entity", inward.get("entity") or self.icd.get("entity", "")) or {}

    def edges(self) -> Iterator[Edge]:
        yield from self._objectives()
        yield from self._agreement()
        yield from self._arrival()
        yield from self._entity_fields()
        for route in self.content["routes"]:
            yield from self._route(route)

    def _objectives(self) -> Iterator[Edge]:
        for name in self.content.get("objective", {}):
            promised = Node(*self.whole.reference, f"objective {name}")
            yield Edge(self.whole, promised, "promises")
            yield Edge(self.flow, promised, "is measured by")

    def _agreement(self) -> Iterator[Edge]:
        """What the ICD says about fields: those it requires, and those that keys are made of."""
        for path, is_required in described(self.icd.get("schema", {})):
            words = "schema, which requires" if is_required else "schema, which describes"
            said = self._part("icd", self.icd["key"], f"{words} {fields.written(path)}")
            yield self._field(path, said, "is required by" if is_required else "is described by")
            yield Edge(said, self.whole if is_required else self.flow, "is checked on arrival in")
        for name in ("idempotency_key", "ordering_key", "business_key"):
            for text in _listed(self.icd.get(name)):
                made = self._part("icd", self.icd["key"], f"{name.replace('_', ' ')} {text}")
                yield self._field(compile_path(text).pattern, made, "is part of")
                yield Edge(made, self.whole, "tells the messages apart in")

    def _arrival(self) -> Iterator[Edge]:
        if not self.inward:
            for field in self.entity.get("fields", ()):
                yield self._field((field["name"],), self._element(field), "arrives as")
            return
        named = {field["name"]: field for field in self.entity.get("fields", ())}
        for rule, node in self._rules(self.inward):
            yield from (self._field(path, node, "is read by") for path in rule.reads)
            yield Edge(node, self.flow, "runs in")
            if rule.target in named:
                yield Edge(node, self._element(named[rule.target]), "fills")
                yield Edge(Node("element", named[rule.target]["element"]), node, "is filled by")
            yield from self._cases(self.inward, rule, node)

    def _entity_fields(self) -> Iterator[Edge]:
        for field in self.entity.get("fields", ()):
            carried = self._carried(field["name"])
            yield Edge(self._element(field), carried, "stands in")
            yield Edge(carried, self.flow, "is carried by")
            if field.get("required"):
                yield Edge(carried, self.whole, "is required, else nothing passes, in")

    def _route(self, route: Mapping[str, Any]) -> Iterator[Edge]:
        node = Node(*self.whole.reference, f"route {route['key']}")
        target = (self.effective.content("connection", route["connection"]) or {}).get("system", "")
        yield Edge(self.whole, node, "delivers over")
        yield Edge(Node("connection", route["connection"]), node, "is written through by")
        yield Edge(node, self._part("system", target, f"input {route['sink']}"), "delivers to")
        for earlier in route.get("after", ()):
            yield Edge(Node(*self.whole.reference, f"route {earlier}"), node, "is awaited by")
        for path in paths_in(route.get("when", "")):
            yield Edge(self._carried(path[0]), node, "decides about")
        yield from self._sent(route, node, target)

    def _sent(self, route: Mapping[str, Any], node: Node, target: str) -> Iterator[Edge]:
        outward = self.effective.content("mapping", route.get("mapping", ""))
        if outward is None:
            for field in self.entity.get("fields", ()):
                yield Edge(self._carried(field["name"]), node, "goes as it is over")
            return
        yield Edge(Node("mapping", outward["key"]), node, "is sent through by")
        meant = {field["name"]: field["element"] for field in self.entity.get("fields", ())}
        for rule, made in self._rules(outward):
            for name in (one for one in rule.first_names if one in meant):
                yield Edge(self._carried(name), made, "is read by")
                yield Edge(Node("element", meant[name]), made, "is read by")
            yield Edge(made, node, "is sent over")
            yield Edge(made, self.flow, "runs in")
            for path in rule.writes:
                named = _field_node(target, route["sink"], path)
                yield Edge(named, made, "is written by", route["sink"], path)
                taken = self._part("system", target, f"input {fields.written(path)} of {route['sink']}")
                yield Edge(made, taken, "writes")
            yield from self._cases(outward, rule, made)

    def _rules(self, mapping: Content) -> Iterator[tuple[RulePart, Node]]:
        for rule in parts_with(mapping, self.effective):
            yield rule, self._part("mapping", mapping["key"], rule.name)

    def _cases(self, mapping: Content, rule: RulePart, node: Node) -> Iterator[Edge]:
        for case in mapping.get("cases", ()):
            if rule.is_tried_by(json.loads(case["sample"].encode())):
                yield Edge(node, case_node(mapping["key"], case["name"]), "is tried by")

    def _field(self, path: Pattern, user: Node, how: str) -> Edge:
        used = _field_node(self.source["system"], self.document, path)
        return Edge(used, user, how, self.document, path)

    def _element(self, field: Mapping[str, Any]) -> Node:
        return self._part("element", field["element"], f"value of {field['name']}")

    def _carried(self, name: str) -> Node:
        return self._part("entity", self.entity.get("key", ""), f"field {name}")

    def _part(self, kind: str, key: str, part: str) -> Node:
        return Node(kind, key, part, self.within)


def source_document(content: Content) -> str:
    """How a document that the source sends is named: by its stream, or where it pushes by the agreement."""
    return content["source"].get("stream") or content["icd"]


def described(schema: Any, path: Pattern = (), *, is_sure: bool = True) -> Iterator[tuple[Pattern, bool]]:
    """(path, whether it must be there) of what a JSON Schema says outright; references are not followed.

    What an optional object requires is not required of the document, nor what the items of a list do.
    """
    if not isinstance(schema, dict) or len(path) > DEEPEST:
        return
    required = schema.get("required", ())
    for name, inner in (schema.get("properties") or {}).items():
        must = is_sure and name in required
        yield (*path, name), must
        yield from described(inner, (*path, name), is_sure=must)
    if isinstance(schema.get("items"), dict):
        yield from described(schema["items"], (*path, fields.ITEMS), is_sure=False)


def _field_node(system: str, document: str, path: Pattern) -> Node:
    return Node("system", system, f"{fields.written(path)} of {document}")


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else list(value or ())
