"""One declared operation as OpenAPI 3.1 has it. Pure: no request, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from governance.api.openapi import answers
from governance.api.openapi.shapes import Schema, example_of, schemas_of
from governance.api.protocol.conditions import IF_CHANGED
from governance.api.protocol.deprecation import Deprecation
from governance.api.protocol.fields import Field
from governance.api.protocol.operation import Operation
from governance.api.protocol.record import object_schema


def describe(
    declared: Operation, *, name: str, tag: str, path: Sequence[dict[str, Any]], components: dict[str, Schema]
) -> Schema:
    """The operation object; the shapes that it needs are added to ``components``. ``path``: parameters as objects."""
    components.update(declared.components)
    found: Schema = {
        "operationId": name,
        "summary": declared.summary,
        "description": _description(declared),
        "tags": [declared.tag or tag],
        "parameters": [*path, *_parameters("query", declared.query), *_parameters("header", declared.conditions)],
        "security": [{"token": []}, {"session": []}],
        "responses": responses(declared, components),
    }
    if declared.body or declared.body_schema:
        found["requestBody"] = _body(declared)
    if declared.deprecated:
        found["deprecated"] = True
    return {key: value for key, value in found.items() if value not in ("", [])}


def responses(declared: Operation, components: dict[str, Schema]) -> Schema:
    """Every status that the operation answers."""
    found: Schema = {str(declared.status): _answer(declared, components)}
    if IF_CHANGED in declared.conditions:
        found["304"] = {"description": "You have it already.", "headers": _headers("ETag")}
    for status, sentence in declared.also:
        found[str(status)] = {**found[str(declared.status)], "description": sentence}
    for status in declared.statuses():
        found[str(status)] = {"$ref": f"#/components/responses/{answers.name_of(status)}"}
    return dict(sorted(found.items()))


def _answer(declared: Operation, components: dict[str, Schema]) -> Schema:
    named = [name for name, is_so in (("ETag", declared.has_etag), ("Link", declared.is_page)) if is_so]
    named += ["Location"] if declared.status == 201 else []
    sentence = "Done." if declared.body or declared.body_schema else "What was asked for."
    found: Schema = {"description": sentence, "headers": _headers(*named) if declared.is_counted else {}}
    schema = _schema(declared, components)
    example = declared.example if declared.example is not None else example_of(schema, components)
    found["content"] = {declared.media: {"schema": schema, "example": example}}
    return found


def _schema(declared: Operation, components: dict[str, Schema]) -> Schema:
    if declared.answer is None or isinstance(declared.answer, dict):
        return declared.answer or {"type": "object"}
    reference, needed = schemas_of(declared.answer)
    components.update(needed)
    if not declared.is_page:
        return reference
    following = {"type": ["string", "null"], "description": "The address of the next page.", "examples": [None]}
    return {
        "type": "object",
        "required": ["results", "next"],
        "properties": {"results": {"type": "array", "items": reference}, "next": following},
    }


def _headers(*names: str) -> Schema:
    return {**answers.RATE_HEADERS, **{name: {"$ref": f"#/components/headers/{name}"} for name in names}}


def _body(declared: Operation) -> Schema:
    fields = declared.body or ()
    schema = declared.body_schema or object_schema(fields)
    given = {one.name: one.example for one in fields if one.example is not None}
    example = declared.body_example if declared.body_example is not None else given
    return {
        "required": True,
        "content": {media: {"schema": schema, "example": example} for media in declared.body_media},
    }


def parameter(one: Field, place: str) -> Schema:
    """A part of the address, of the query or of the headers."""
    found: Schema = {"name": one.name, "in": place, "description": one.help, "schema": one.schema()}
    if place == "header":
        found["schema"] = {"type": "string"}  # what is too long does not match, which is no error
    if place == "path" or one.required:
        found["required"] = True
    if one.example is not None:
        found["example"] = one.example
    if one.deprecated:
        found["deprecated"], found["description"] = True, f"{one.help} {one.deprecated.sentence()}"
    return found


def _parameters(place: str, fields: Iterable[Field]) -> list[Schema]:
    return [parameter(one, place) for one in fields]


def _description(declared: Operation) -> str:
    gone: Deprecation | None = declared.deprecated
    return " ".join(text for text in (declared.description, gone.sentence() if gone else "") if text)
