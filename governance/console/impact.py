"""Impact: what depends on an object, or on a field of a system; as a list by distance, and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from governance.changes import kinds
from governance.changes.impact import Impact, Object, fields, impact_of, impact_of_field
from governance.changes.impact.attachment import attachment
from governance.changes.impact.known import known_fields
from governance.changes.impact.seen import Seen, contexts_of, named, parts_of, seen
from governance.console import places
from governance.console.attaching import AttachFoundForm, attach
from governance.console.doors import page
from governance.console.query import asked
from governance.errors import NotFound, Refused
from governance.services.impact_files import record_file
from governance.sheets import as_csv
from governance.signing.statement import digest_of_bytes

PAGE = "governance/impact/show.html"
MOST = 300  # rows of the page; the file has all
ASKED = ("system", "field", "document", "kind", "key", "format")
HEAD = ("Distance", "Kind", "Key", "Label", "Owner", "Criticality", "GxP", "Parts", "Why")


@dataclass(frozen=True, slots=True)
class Line:
    """One object that is reached, as page and file show it."""

    one: Object
    kind: str
    address: str
    parts: list[str]
    within: list[str]
    why: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest) -> HttpResponse:
    """``?system=&field=&document=``, or ``?kind=&key=``; ``&format=csv`` for the file. A POST attaches what is shown
    to a change request.
    """
    names = [kind.name for kind in kinds.each()]
    given = asked(request, ASKED, {"kind": names, "format": ("csv",)})
    shown: dict[str, Any] = {
        "given": given,
        "systems": places.choices(request.user, "system"),
        "kinds": [(kind.name, kind.label) for kind in kinds.each()],
        "crumbs": [("Change control", reverse("changes"))],
    }
    check_known(request.user, given)
    try:
        found = computed(given)
    except Refused as refused:
        return render(request, PAGE, shown | _offered(request, given) | {"problem": refused.sentence}, status=400)
    if found is None:
        status = 400 if request.method == "POST" else 200  # there is nothing to attach
        return render(request, PAGE, shown | _offered(request, given), status=status)
    mine = seen(request.user, found, places.visible)
    if given["format"] == "csv":
        return _file(request, given, mine)
    form = AttachFoundForm(request.user, request.POST or None)
    if request.method == "POST":
        about = {name: given[name] for name in ("system", "field", "document", "kind", "key") if given[name]}
        if there := attach(request, form, attachment(found, about=about)):
            return there
    shown |= {"attach": form, **_offered(request, given), **as_shown(mine)}
    return render(request, PAGE, shown, status=422 if form.is_bound else 200)


def check_known(user: Any, given: dict[str, str]) -> None:
    """What is asked about must be there for this reader: the system, or the object."""
    for kind, key in (("system", given["system"]), (given["kind"], given["key"])):
        if key and kind and not places.visible(user, kind).filter(key=key, is_retired=False).exists():
            raise NotFound(f"There is no {kind.replace('_', ' ')} {key!r}.", field=kind, value=key)


def computed(given: dict[str, str]) -> Impact | None:
    """The impact of what is asked about; None where that is not complete yet. Raises Refused."""
    if given["system"] and given["field"]:
        return impact_of_field(given["system"], fields.read(given["field"]), document=given["document"])
    if given["kind"] and given["key"]:
        return impact_of([(given["kind"], given["key"])])
    return None


def as_shown(mine: Seen) -> dict[str, Any]:
    """What the template of a result reads."""
    impact = mine.impact
    every = impact.objects
    return {
        "impact": impact,
        "lines": [_line(mine, one) for one in every[:MOST]],
        "count": len(every),
        "left_out": max(0, len(every) - MOST),
        "starts": [named(one.node) for one in impact.starts],
    }


def _line(mine: Seen, one: Object) -> Line:
    kind, key = one.reference
    label = kinds.get(kind).label
    return Line(one, label, places.page_of(kind, key), parts_of(one), contexts_of(one), mine.words(one.nearest))


def _offered(request: HttpRequest, given: dict[str, str]) -> dict[str, Any]:
    """The fields that are known of the system, for suggestions; the address of the file."""
    known = known_fields(request.user, given["system"], places.visible) if given["system"] else []
    query = urlencode({name: value for name, value in given.items() if value and name != "format"})
    return {
        "known": known,
        "documents": sorted({one.document for one in known}),
        "file": f"{reverse('impact')}?{query}&format=csv",
    }


def _file(request: HttpRequest, given: dict[str, str], mine: Seen) -> HttpResponse:
    """Every object of it; that the file left the house is in the trail."""
    rows = [_cells(_line(mine, one)) for one in mine.impact.objects]
    body = as_csv(HEAD, rows)
    about = f"{given['system']} {given['field']}" if given["field"] else f"{given['kind']} {given['key']}"
    record_file(by=request.user, about=about, count=len(rows), digest=digest_of_bytes(body))
    name = f"impact-{(given['key'] or given['system'])}.csv"
    return HttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{_safe(name)}"'},
    )


def _cells(line: Line) -> list[Any]:
    facts = line.one.facts
    kind, key = line.one.reference
    gxp = "yes" if facts.is_gxp else "no"
    parts, why = "; ".join(line.parts), " → ".join(line.why)
    return [line.one.distance, kind, key, facts.label, facts.owner, facts.criticality, gxp, parts, why]


def _safe(name: str) -> str:
    return "".join(character if character.isalnum() or character in "-._" else "_" for character in name)
