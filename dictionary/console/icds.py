"""Interface control documents: the list, one with what is generated of it, and the verdict on a candidate schema."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dictionary.console import consumers
from dictionary.contracts.compatibility import Verdict, compare_schemas
from dictionary.contracts.validate import SchemaRefused, validator
from dictionary.models import InterfaceControlDocument
from dictionary.permissions import readable_icds, visible_entities, visible_icds
from dictionary.selectors.contracts import fields_of
from dictionary.selectors.documents import document, versions
from governance.console.doors import page
from governance.console.past import NAME as PAST
from governance.console.past import in_the_past
from governance.console.query import asked, check_fields
from governance.errors import Refused
from governance.shapes.text import loaded


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """Every agreement that the user may read; ``?q=`` and ``?entity=`` narrow it."""
    rows = readable_icds(request.user)
    entities = sorted({row.content.get("entity", "") for row in rows} - {""})
    filters = asked(request, ("q", "entity"), {"entity": entities})
    words = filters["q"].lower()
    found = [
        row
        for row in rows
        if words in f"{row.key} {row.label}".lower()
        and (not filters["entity"] or row.content.get("entity") == filters["entity"])
    ]
    using = consumers.of_all(request.user, "icd")
    shown = {
        "rows": [(row, using.get(row.key, [])) for row in found],
        "filters": filters,
        "entities": entities,
        "is_filtered": any(filters.values()),
    }
    return render(request, "dictionary/icds/list.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """What is agreed; as it was only for who may see all of it.

    A POST asks what another schema would mean for those who keep to this one; nothing is stored.
    """
    rows = visible_icds(request.user) if PAST in request.GET else readable_icds(request.user)
    found = get_object_or_404(rows.select_related("revision__change"), key=key)
    if (then := in_the_past(request, found)) is not None:
        return then
    shown: dict[str, Any] = {
        "icd": found,
        "document": document(request.user, found),
        "fields": fields_of(found.content["schema"]),
        "entity": visible_entities(request.user).filter(key=found.content.get("entity", "")).first(),
        "consumers": consumers.of(request.user, "icd", key),
        "history": versions(request.user, key),
        "crumbs": [("ICDs", reverse("icds"))],
    }
    if request.method != "POST":
        return render(request, "dictionary/icds/detail.html", shown)
    check_fields(request, "candidate")
    candidate = request.POST.get("candidate", "")
    shown["candidate"] = candidate
    try:
        shown["verdict"] = _verdict(found, candidate)
    except Refused as refused:
        shown["problem"] = refused.sentence
    return render(request, "dictionary/icds/detail.html", shown, status=422 if shown.get("problem") else 200)


def _verdict(icd: InterfaceControlDocument, candidate: str) -> Verdict:
    schema = loaded(candidate, "candidate")
    if not isinstance(schema, dict):
        raise Refused("The schema must be an object with named fields.", field="candidate", rule="JSON Schema 2020-12")
    try:
        validator(schema)
    except SchemaRefused as error:
        raise Refused(str(error), field="candidate", rule="JSON Schema 2020-12") from None
    return compare_schemas(icd.content["schema"], schema)
