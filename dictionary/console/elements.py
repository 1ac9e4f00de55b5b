"""Pages of the dictionary: one search and its parts. Everybody signed in may read."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dictionary import specs
from dictionary.contracts.json_schema import entity_schema
from dictionary.models import CodeList, Entity
from dictionary.selectors import elements
from dictionary.selectors.search import search
from dictionary.values import json

PARTS = (
    ("elements", "Elements"),
    ("entities", "Entities"),
    ("code-lists", "Code lists"),
    ("terms", "Local terms"),
)

FACTS = (
    *(
        "type",
        "unit",
        "digits",
        "significant",
        "rounding",
        "tolerance_abs",
        "tolerance_rel",
        "minimum",
        "maximum",
    ),
    *("max_length", "pattern", "reference", "owner_system", "criticality", "data_class"),
)


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """``?q=`` searches everything; ``?part=`` is what is listed otherwise."""
    text, part = request.GET.get("q", "").strip()[:200], request.GET.get("part", "elements")
    part = part if part in dict(PARTS) else "elements"
    shown: dict[str, Any] = {"text": text, "part": part, "parts": PARTS}
    shown |= {"found": search(text)} if text else {"rows": _rows(part)}
    return render(request, "dictionary/index.html", shown)


@require_safe
@login_required
def element(request: HttpRequest, key: str) -> HttpResponse:
    """One meaning, and where it is used."""
    found = get_object_or_404(elements.listed(), key=key)
    shown = {
        "element": found,
        "usage": elements.usages([key])[key],
        "facts": _facts(found.content),
        "crumbs": _crumbs(),
    }
    return render(request, "dictionary/elements/detail.html", shown)


@require_safe
@login_required
def entity(request: HttpRequest, key: str) -> HttpResponse:
    """The fields of an entity, each with its element."""
    found = get_object_or_404(elements.entities(), key=key)
    named = {one.key: one for one in elements.listed()}
    fields = [(field, named.get(field["element"])) for field in found.content["fields"]]
    return render(
        request,
        "dictionary/entities/detail.html",
        {"entity": found, "fields": fields, "crumbs": _crumbs("entities")},
    )


@require_safe
@login_required
def schema(request: HttpRequest, key: str) -> HttpResponse:
    """JSON Schema 2020-12 of an entity, as a download."""
    document = _schema(get_object_or_404(elements.entities(), key=key))
    content = msgspec.json.format(json.dumps(document), indent=2)
    answer = HttpResponse(content, content_type="application/schema+json")
    answer["Content-Disposition"] = f'attachment; filename="{key}.schema.json"'
    return answer


@require_safe
@login_required
def code_list(request: HttpRequest, key: str) -> HttpResponse:
    """The codes, and what each system calls them."""
    found = get_object_or_404(elements.code_lists(), key=key)
    systems = sorted(found.content.get("crosswalks", {}))
    shown = {
        "list": found,
        "systems": systems,
        "codes": _codes(found, systems),
        "crumbs": _crumbs("code-lists"),
    }
    return render(request, "dictionary/code_lists/detail.html", shown)


def _crumbs(part: str = "elements") -> list[tuple[str, str]]:
    return [("Dictionary", f"{reverse('dictionary')}?part={part}")]


def _rows(part: str) -> Any:
    listed = {
        "elements": elements.listed,
        "entities": elements.entities,
        "code-lists": elements.code_lists,
        "terms": elements.terms,
    }
    return listed[part]()


def _facts(content: dict[str, Any]) -> list[tuple[str, Any]]:
    """What an element says beside its definition, what is not said left out."""
    said = [(name, content.get(name)) for name in FACTS]
    return [(name.replace("_", " ").capitalize(), value) for name, value in said if value not in (None, "")]


def _schema(entity: Entity) -> dict[str, Any]:
    spec = specs.EntitySpec.from_content(entity.content)
    named = {row.key: specs.ElementSpec.from_content(row.content) for row in elements.listed()}
    lists = {row.key: specs.CodeListSpec.from_content(row.content) for row in elements.code_lists()}
    return entity_schema(spec, named, lists, version=entity.version)


def _codes(found: CodeList, systems: list[str]) -> list[tuple[str, dict[str, Any], list[str]]]:
    """(code, its meaning, each system's words for it)."""
    crosswalks = found.content.get("crosswalks", {})
    return [
        (
            code,
            meaning,
            [", ".join(theirs for theirs, ours in crosswalks[system].items() if ours == code) for system in systems],
        )
        for code, meaning in found.content["codes"].items()
    ]
