"""The records of an API description, and their fields with type and whether they must be there. Pure.

OpenAPI 3 (components and inline bodies), Swagger 2 (definitions) and JSON Schema. References within the document are
followed, others are refused: nothing is fetched. A record that holds itself is followed once; references that only
lead to each other are refused, and so is a description that unfolds to more than ``MOST`` places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from governance.changes.descriptions.reading import refused

MOST, DEEPEST = 20_000, 20  # places that are looked at; names of a path
MOST_ALTERNATIVES = 5 * MOST  # schemas that are looked at for the types of all fields of a record
MOST_TOGETHER = 5 * MOST  # places of all records of a description
Path = tuple[str, ...]
_TELLS = ("properties", "type", "items", "allOf", "anyOf", "oneOf", "$ref", "$defs", "definitions", "enum")


@dataclass(frozen=True, slots=True)
class Shape:
    """One field. ``types`` are sorted JSON types with their format; ``values`` those of an enumeration, or ().

    ``types`` () and ``is_required`` None: nobody said.
    """

    types: tuple[str, ...] = ()
    is_required: bool | None = None
    values: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return " or ".join(self.types) or "anything"


def schemas_of(document: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Records by name: ``components.schemas`` and inline bodies of OpenAPI; one of the name "" for a JSON Schema."""
    if "openapi" in document or "swagger" in document:
        found = dict(_object(_object(document, "components"), "schemas") or _object(document, "definitions"))
        found |= {name: schema for name, schema in _inline(document) if name not in found}
        if not found:
            raise refused(field, "This OpenAPI document describes no record.", rule="components.schemas")
        return found
    if not any(name in document for name in _TELLS):
        sentence = "This is neither OpenAPI nor JSON Schema: it has no openapi, properties, type or $ref at its top."
        raise refused(field, sentence, rule="OpenAPI 3, Swagger 2 or JSON Schema")
    return {"": document}


def chosen(schemas: Mapping[str, Any], name: str, field: str) -> Any:
    """The record of that name. Raises Refused with the names that there are."""
    if name in schemas:
        return schemas[name]
    if not name and len(schemas) == 1:
        return next(iter(schemas.values()))
    listed = ", ".join(sorted(schemas)[:12]) + (" …" if len(schemas) > 12 else "")
    said = f"It has no record {name[:60]!r}" if name else "It describes several records, and none is chosen"
    raise refused(field, f"{said}; there are: {listed}.", rule="one of its records")


def fields_of(schema: Any, document: Mapping[str, Any], field: str) -> dict[Path, Shape]:
    """Every field of a record, by path; items of a list under "[*]"."""
    return _walked(schema, document, field).found


def fields_of_all(schemas: Mapping[str, Any], document: Mapping[str, Any], field: str) -> dict[str, dict[Path, Shape]]:
    """``fields_of`` each record by name. Refuses a description whose records unfold to too much together."""
    found, count = {}, 0
    for name, schema in schemas.items():
        walk = _walked(schema, document, field)
        found[name], count = walk.found, count + walk.count + walk.looks // 5
        if count > MOST_TOGETHER:
            sentence = f"Its records unfold to more than {MOST_TOGETHER:,} places together; choose one of them."
            raise refused(field, sentence, rule=f"≤ {MOST_TOGETHER} places")
    return found


def _walked(schema: Any, document: Mapping[str, Any], field: str) -> _Walk:
    walk = _Walk(document, field)
    walk.into(schema, (), True, ())
    return walk


class _Walk:
    """One walk through a record; counts what it looks at."""

    def __init__(self, document: Mapping[str, Any], field: str) -> None:
        self.document = document
        self.field = field
        self.found: dict[Path, Shape] = {}
        self.count = 0
        self.looks = 0

    def into(self, schema: Any, path: Path, is_sure: bool, within: tuple[str, ...]) -> None:
        """``within`` are the references that are being followed."""
        self.count += 1
        self._check_size(self.count, MOST, "places")
        if len(path) > DEEPEST:
            return
        resolved, within = self._resolved(schema, within)
        if resolved is None:
            return
        required = _names(resolved.get("required"))
        for name, inner in _object(resolved, "properties").items():
            must = is_sure and name in required
            self._note((*path, name), inner, must, within)
            self.into(inner, (*path, name), must, within)
        if isinstance(resolved.get("items"), dict):
            self._note((*path, "[*]"), resolved["items"], False, within)
            self.into(resolved["items"], (*path, "[*]"), False, within)
        self._alternatives(resolved, path, is_sure, within)

    def _alternatives(self, resolved: Mapping[str, Any], path: Path, is_sure: bool, within: tuple[str, ...]) -> None:
        """All of ``allOf`` hold; of ``anyOf`` and ``oneOf`` nobody knows which."""
        for inner in _list(resolved, "allOf"):
            self.into(inner, path, is_sure, within)
        for inner in (*_list(resolved, "anyOf"), *_list(resolved, "oneOf")):
            self.into(inner, path, False, within)

    def _note(self, path: Path, schema: Any, is_required: bool, within: tuple[str, ...]) -> None:
        types, values = self._types(schema, within, 0)
        made = Shape(tuple(sorted(types)), is_required, values)
        held = self.found.get(path)
        if held is not None:  # allOf and oneOf may say it twice
            types_of_both = tuple(sorted({*held.types, *made.types}))
            made = replace(made, types=types_of_both, is_required=bool(held.is_required or made.is_required))
        self.found[path] = made

    def _check_size(self, count: int, most: int, what: str) -> None:
        if count > most:
            sentence = (
                f"It unfolds to more than {most:,} {what}: it holds too much, or its records refer to each other."
            )
            raise refused(self.field, sentence, rule=f"≤ {most} {what}")

    def _types(self, schema: Any, within: tuple[str, ...], depth: int) -> tuple[set[str], tuple[str, ...]]:
        """The JSON types of a field, with format, through references and alternatives."""
        self.looks += 1
        self._check_size(self.looks, MOST_ALTERNATIVES, "alternatives")
        resolved, within = self._resolved(schema, within)
        if resolved is None:
            return {"object"}, ()
        said = resolved.get("type")
        names = {one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str)}
        shape = resolved.get("format")
        found = {f"{name} ({shape})" if isinstance(shape, str) and name != "null" else name for name in names}
        found |= {"null"} if resolved.get("nullable") is True else set()
        found |= {"object"} if not names and "properties" in resolved else set()
        values = tuple(sorted(str(one) for one in _list(resolved, "enum")))
        for inner in (*_list(resolved, "allOf"), *_list(resolved, "anyOf"), *_list(resolved, "oneOf")):
            if depth < DEEPEST:
                more, inner_values = self._types(inner, within, depth + 1)
                found, values = found | more, values or inner_values
        return found, values

    def _resolved(self, schema: Any, within: tuple[str, ...]) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
        """The schema behind its references; None where it holds itself, or says nothing about fields."""
        trail: list[str] = []
        while isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            reference = schema["$ref"]
            if reference in trail:
                sentence = f"The reference {reference[:80]!r} leads back to itself, and to no record."
                raise refused(self.field, sentence, rule="references that end")
            if reference in within:
                return None, within
            trail.append(reference)
            schema = self._at(reference)
        return (schema if isinstance(schema, dict) else None), (*within, *trail)

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#"):
            sentence = f"It refers to {reference[:80]!r}, which is elsewhere; put everything into one document."
            raise refused(self.field, sentence, rule="references within the document")
        place: Any = self.document
        for part in unquote(reference[1:]).split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(place, list) and name.isdecimal() and len(name) < 6 and int(name) < len(place):
                place = place[int(name)]
            elif isinstance(place, dict) and name in place:
                place = place[name]
            else:
                sentence = f"The reference {reference[:80]!r} leads nowhere in it."
                raise refused(self.field, sentence, rule="references that lead somewhere")
        return place


def _inline(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Bodies that an operation describes on the spot: "get /lots 200"."""
    for address, methods in _object(document, "paths").items():
        for method, said in (methods if isinstance(methods, dict) else {}).items():
            answers = _object(said, "responses") if isinstance(said, dict) else {}
            bodies = {f"{method} {address} {status}": answer for status, answer in answers.items()}
            if isinstance(said, dict):
                bodies[f"{method} {address} body"] = said.get("requestBody")
            for name, body in bodies.items():
                for schema in _of_content(body):
                    if "$ref" not in schema:
                        yield name, schema


def _of_content(body: Any) -> Iterator[dict[str, Any]]:
    for media, said in _object(body, "content").items():
        schema = said.get("schema") if isinstance(said, dict) else None
        if "json" in media and isinstance(schema, dict):
            yield schema


def _object(value: Any, name: str) -> dict[str, Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, dict) else {}


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []


def _names(value: Any) -> set[str]:
    return {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()
