"""The OpenAPI 3.1 document: drf-spectacular finds the addresses, the declarations of the views describe them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from governance.api.openapi import answers
from governance.api.openapi.describing import describe, parameter
from governance.api.openapi.shapes import Schema
from governance.api.protocol.fields import Text

# Operations of plain views, which no router shows: (path, method) → operation object. A higher floor adds its own.
_by_hand: dict[tuple[str, str], Any] = {}


def add_by_hand(address: str, method: str, declared: Any, **more: Any) -> None:
    """Describe an operation of a view that is no DRF view."""
    _by_hand[address, method] = (declared, more)


class DeclaredSchema(AutoSchema):
    """Reads ``view.declaration(method)`` instead of guessing from serializers."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        view: Any = self.view
        declared = view.declaration(method)
        if declared is None:
            return None
        components: dict[str, Schema] = {}
        parts = {one.name: one for one in view.path}
        names = re.findall(r"{([^}]+)}", path)
        found = describe(
            declared,
            name=_name(method, path),
            tag=path.removeprefix("/api/v1/").split("/")[0],
            path=[parameter(parts.get(name) or Text(name=name, help="Its key.", most=160), "path") for name in names],
            components=components,
        )
        for name, schema in components.items():
            registry.register_on_missing(
                ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema)
            )
        return found


class Generator(SchemaGenerator):
    """Adds what stands once: problems, headers, security, and the plain views."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        found = super().get_schema(request=request, public=public)
        parts = found["components"]
        parts.setdefault("schemas", {})["Problem"] = answers.PROBLEM
        parts["responses"] = {answers.name_of(status): answers.refused(status) for status in answers.EXAMPLES}
        parts["headers"] = answers.HEADERS
        parts["securitySchemes"] = _security()
        for (path, method), (declared, more) in _by_hand.items():
            found["paths"].setdefault(path, {})[method] = describe(declared, components=parts["schemas"], **more)
        found["paths"] = dict(sorted(found["paths"].items()))
        return found


@cache
def document() -> dict[str, Any]:
    """The whole document; the same as long as the process lives."""
    return Generator().get_schema(request=None, public=True)


def _name(method: str, path: str) -> str:
    """``get_interfaces_key_drift``: one name an operation, for generated clients."""
    words = path.removeprefix("/api/v1/").strip("/")
    return f"{method.lower()}_{re.sub(r'[^a-z0-9]+', '_', words.lower()).strip('_')}"


def _security() -> Schema:
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "The token of a service account."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "A person who is signed in; writing needs the X-CSRFToken header too.",
        },
    }
