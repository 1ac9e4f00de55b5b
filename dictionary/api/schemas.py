"""An entity as JSON Schema 2020-12."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from dictionary.selectors.entities import schema_of
from dictionary.values import json
from governance.api.proposing import KEY, row_of
from governance.api.protocol.conditions import IF_CHANGED, is_known, tag_of
from governance.api.protocol.operation import operation
from governance.api.protocol.view import ApiView
from governance.signing.statement import digest_of_bytes

MEDIA_TYPE = "application/schema+json"


class SchemaJson(JSONRenderer):
    """So that ``Accept: application/schema+json`` is offered."""

    media_type = MEDIA_TYPE


class EntitySchema(ApiView):
    """``GET entities/{key}/schema``"""

    path = (KEY,)
    renderer_classes = [SchemaJson, JSONRenderer]

    @operation(
        "Read an entity as JSON Schema",
        answer={"type": "object", "required": ["$schema", "$id", "properties"]},
        example={
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:interlock:entity:lot:1.0.0",
            "type": "object",
            "properties": {"lot": {"type": "string"}},
        },
        media=MEDIA_TYPE,
        has_etag=True,
        refusals=(404,),
        conditions=(IF_CHANGED,),
        description="JSON Schema 2020-12 of the canonical entity, with units, code lists and owners as x-members.",
    )
    def get(self, request: Request, key: str) -> HttpResponse | Response:
        content = json.dumps(schema_of(request.user, row_of(request.user, "entity", key)))
        tag = tag_of(digest_of_bytes(content))  # an element that changed changes the schema, not the entity
        if is_known(request, tag):
            return Response(status=304, headers={"ETag": tag})
        return HttpResponse(content, content_type=MEDIA_TYPE, headers={"ETag": tag})
