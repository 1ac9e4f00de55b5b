"""``GET /api/schema/``: the OpenAPI 3.1 document, as JSON or, by Accept, as YAML."""

from __future__ import annotations

from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.openapi.generating import document
from governance.api.protocol.operation import operation
from governance.api.protocol.view import ApiView
from hub.api import intake_documented  # noqa: F401 - the intake stands in it too


class Json(JSONRenderer):
    media_type = "application/vnd.oai.openapi+json"


class Yaml(OpenApiYamlRenderer):
    media_type = "application/yaml"


class Schema(ApiView):
    """For anybody who may use the API at all."""

    renderer_classes = [JSONRenderer, Json, Yaml, OpenApiYamlRenderer]

    @operation(
        "Read this document",
        answer={"type": "object", "required": ["openapi", "paths"]},
        example={"openapi": "3.1.0", "info": {"title": "Interlock", "version": "v1"}, "paths": {}},
        tag="schema",
        description="OpenAPI 3.1; YAML with `Accept: application/yaml`.",
    )
    def get(self, request: Request) -> Response:
        return Response(document())
