"""The OpenAPI document as lines for a reader: what the page and the reference in docs/ are made from. Pure."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "delete")


@dataclass(frozen=True, slots=True)
class Part:
    """One parameter or one field of a body."""

    name: str
    place: str
    type: str
    is_required: bool
    help: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One status that an operation answers."""

    status: str
    says: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    is_deprecated: bool
    parts: tuple[Part, ...]
    answers: tuple[Answer, ...]
    curl: str
    example: str

    @property
    def taken(self) -> list[Part]:
        """What is given beside the address."""
        return [part for part in self.parts if part.place != "path"]


@dataclass(frozen=True, slots=True)
class Section:
    """The operations of one subject."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        return self.name.replace("-", " ").capitalize()


def sections(document: dict[str, Any], origin: str = "https://hub.example") -> list[Section]:
    """By subject, in the order of the addresses."""
    found: dict[str, list[Entry]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                found.setdefault(operation["tags"][0], []).append(_entry(document, path, method, operation, origin))
    return [Section(name, tuple(entries)) for name, entries in sorted(found.items())]


def _entry(document: dict[str, Any], path: str, method: str, operation: dict[str, Any], origin: str) -> Entry:
    return Entry(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=_words(operation.get("description", "")),
        is_deprecated=operation.get("deprecated", False),
        parts=(*_parameters(operation), *_fields(operation)),
        answers=tuple(_answer(document, status, answer) for status, answer in operation["responses"].items()),
        curl=_curl(path, method, operation, origin),
        example=_example(operation),
    )


def _parameters(operation: dict[str, Any]) -> list[Part]:
    return [
        Part(one["name"], one["in"], _type(one["schema"]), one.get("required", False), _words(one["description"]))
        for one in operation.get("parameters", [])
    ]


def _fields(operation: dict[str, Any]) -> list[Part]:
    schema = _body(operation).get("schema", {})
    needed = schema.get("required", [])
    return [
        Part(name, "body", _type(inner), name in needed, _words(inner.get("description", "")))
        for name, inner in schema.get("properties", {}).items()
    ]


def _words(text: str) -> str:
    """Descriptions are Markdown in OpenAPI; a reader gets the words."""
    return text.replace("`", "")


def _type(schema: dict[str, Any]) -> str:
    """``one of push, poll``, ``uuid``, ``integer, 1 to 200``."""
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = schema.get("format") or schema.get("type", "any")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    return f"{kind}, {schema['minimum']} to {schema['maximum']}" if "minimum" in schema else kind


def _answer(document: dict[str, Any], status: str, answer: dict[str, Any]) -> Answer:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return Answer(status, answer["description"])


def _curl(path: str, method: str, operation: dict[str, Any], origin: str) -> str:
    """A line that a reader can send, with the examples of what must be given."""
    words = ["curl", *([] if method == "get" else ["-X", method.upper()]), '-H "Authorization: Bearer $TOKEN"']
    for one in operation.get("parameters", []):
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one.get("example", one["name"])))
        if one["in"] == "header" and one.get("required"):
            words.append(f"-H {shlex.quote(one['name'] + ': ' + one['example'])}")
    body = _body(operation)
    if body:
        words += ["--json", shlex.quote(json.dumps(body["example"], ensure_ascii=False))]
    return " ".join([*words, origin + path])


def _body(operation: dict[str, Any]) -> dict[str, Any]:
    return next(iter(operation.get("requestBody", {}).get("content", {}).values()), {})


def _example(operation: dict[str, Any]) -> str:
    """The example of the first success, as JSON."""
    answer = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    content: dict[str, Any] = next(iter(answer.get("content", {}).values()), {})
    return json.dumps(content.get("example"), indent=2, ensure_ascii=False)
