"""The page of an entity, and its JSON Schema."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dictionary import specs
from dictionary.console import consumers
from dictionary.console.index import crumbs
from dictionary.contracts.json_schema import entity_schema
from dictionary.permissions import visible_elements, visible_entities, visible_mappings
from dictionary.selectors.elements import specs_of
from dictionary.values import json
from governance.console.doors import page
from governance.console.past import in_the_past
from governance.selectors.changes import history


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The fields of an entity, each with its element."""
    found = get_object_or_404(visible_entities(request.user), key=key)
    if (then := in_the_past(request, found)) is not None:
        return then
    named = {one.key: one for one in visible_elements(request.user)}
    shown = {
        "entity": found,
        "fields": [(field, named.get(field["element"])) for field in found.content["fields"]],
        "mappings": visible_mappings(request.user).filter(entity=key),
        "consumers": consumers.of(request.user, "entity", key),
        "history": history("entity", key),
        "crumbs": crumbs("entities"),
    }
    return render(request, "dictionary/entities/detail.html", shown)


@require_safe
@page
def schema(request: HttpRequest, key: str) -> HttpResponse:
    """JSON Schema 2020-12 of an entity, as a download."""
    found = get_object_or_404(visible_entities(request.user), key=key)
    elements, lists = specs_of(request.user)
    document = entity_schema(specs.EntitySpec.from_content(found.content), elements, lists, version=found.version)
    content = msgspec.json.format(json.dumps(document), indent=2)
    answer = HttpResponse(content, content_type="application/schema+json")
    answer["Content-Disposition"] = f'attachment; filename="{key}.schema.json"'
    return answer
