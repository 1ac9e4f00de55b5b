"""A changed API description: paste or upload it, and read which fields changed and what depends on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from governance.changes.descriptions import reading
from governance.changes.impact.attachment import attachment_of_differences
from governance.changes.impact.described import Consequence, compared
from governance.changes.impact.known import known_fields
from governance.changes.impact.seen import Seen, parts_of, seen_all
from governance.console import places
from governance.console.attaching import AttachFoundForm, attach
from governance.console.doors import page
from governance.console.query import UnknownField, asked, check_fields, unknown_field
from governance.errors import NotFound, Refused

PAGE = "governance/impact/description.html"
WORDS = ("system", "document", "record")
TEXTS, FILES = ("old", "new"), ("old_file", "new_file")
SHOWN = 200  # differences of the page that are unfolded


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest) -> HttpResponse:
    """A POST compares; nothing is stored or sent, unless it names a change request to attach the differences to."""
    given = asked(request, ("system",))
    shown: dict[str, Any] = {
        "given": given,
        "systems": places.choices(request.user, "system"),
        "crumbs": [("Change control", reverse("changes")), ("Impact", reverse("impact"))],
    }
    if request.method != "POST":
        _check_system(request, given["system"])
        return render(request, PAGE, shown | _documents(request, given["system"]))
    _check_form(request)
    words = {name: request.POST.get(name, "").strip()[:200] for name in WORDS}
    _check_system(request, words["system"])
    shown |= {"given": words, **_documents(request, words["system"])}
    try:
        shown |= {name: _text(request, name) for name in TEXTS}
        found = _differences(request, words, shown["old"], shown["new"])
    except Refused as refused:
        return render(request, PAGE, shown | {"problems": {refused.field: refused.sentence}}, status=422)
    is_attached = "change" in request.POST
    form = AttachFoundForm(request.user, request.POST if is_attached else None, asked=(*WORDS, *TEXTS, *FILES))
    about = {name: value for name, value in words.items() if value}
    if is_attached and (there := attach(request, form, attachment_of_differences(found, about=about))):
        return there
    shown |= {"attach": form, "is_held": not shown["old"].strip(), **_as_shown(request.user, found)}
    return render(request, PAGE, shown, status=422 if is_attached else 200)


def _differences(request: HttpRequest, words: dict[str, str], old: str, new: str) -> Sequence[Consequence]:
    if not words["system"]:
        raise Refused("Choose the system that it describes.", field="system", rule="required")
    was = reading.document(old, "old") if old.strip() else None
    return compared(**words, new=reading.document(new, "new"), old=was, user=request.user, visible=places.visible)


def _as_shown(user: Any, found: Sequence[Consequence]) -> dict[str, Any]:
    every = seen_all(user, [one.impact for one in found[:SHOWN]], places.visible)
    lines = [_line(one, mine) for one, mine in zip(found, every, strict=False)]
    return {"lines": lines, "count": len(found), "compared": True, "most": SHOWN}


def _line(one: Consequence, mine: Seen) -> dict[str, Any]:
    objects = [(found, places.page_of(*found.reference), parts_of(found)) for found in mine.impact.objects]
    return {"one": one, "impact": mine.impact, "objects": objects}


def _check_form(request: HttpRequest) -> None:
    """Its own fields and files only. A browser sends a file that nobody chose as an empty text."""
    check_fields(request, *WORDS, *TEXTS, *FILES, "change", "reason")
    texts = [name for name in FILES if request.POST.get(name)]
    if sentence := unknown_field([*request.FILES, *texts], [] if texts else FILES):
        raise UnknownField(sentence)


def _check_system(request: HttpRequest, key: str) -> None:
    if key and not places.visible(request.user, "system").filter(key=key, is_retired=False).exists():
        raise NotFound(f"There is no system {key!r}.", field="system", value=key)


def _documents(request: HttpRequest, system: str) -> dict[str, Any]:
    """The documents of the system that the user may know of."""
    known = known_fields(request.user, system, places.visible) if system else []
    return {"documents": sorted({one.document for one in known})}


def _text(request: HttpRequest, name: str) -> str:
    """What was pasted, or the file in its place; a file that is no UTF-8 is refused."""
    held = request.FILES.get(f"{name}_file")
    if not isinstance(held, UploadedFile):
        return request.POST.get(name, "").replace("\r\n", "\n")
    raw = held.read(4 * reading.LARGEST + 1)  # bytes; a character has four at the most
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sentence = f"The file is no UTF-8 at byte {error.start + 1}."
        raise Refused(sentence, field=name, rule="UTF-8") from None
