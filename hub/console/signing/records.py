"""Signed records that leave and that came: a package to take along, and records of other installations."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from governance.console import query
from governance.console.doors import page
from governance.errors import NotFound, Refused
from governance.models import ForeignRecord
from governance.permissions import check_right
from governance.services import signed_records
from governance.signing import manifestation, subjects
from hub.console.doors import refused_page

RIGHT = "governance.view_foreignrecord"
MAY_READ = "Only auditors and administrators may look at the records of other installations."
WHY = "Taken from the page of the record"


@require_safe
@page
def package(request: HttpRequest, kind: str, subject_id: str) -> HttpResponse:
    """The package of a record that the person may see; who took it stands in the trail."""
    query.only(request)
    subject = subjects.get(kind)
    title = subject.title(subject.find(subject_id, request.user))
    try:
        held = signed_records.export(kind=kind, subject_id=subject_id, by=request.user, reason=WHY)
    except Refused as refused:
        return refused_page(request, "record.export", refused, back=reverse("overview"))
    return _file(held, slugify(title) or kind)


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """Imported records, the newest first."""
    query.only(request)
    check_right(request.user, RIGHT, MAY_READ)
    return render(request, "hub/signing/foreign.html", {"rows": ForeignRecord.objects.order_by("-imported_at")[:500]})


@require_safe
@page
def show(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One of them, with its origin and its signatures, none of which is an approval here."""
    query.only(request)
    record = _record(request, record_id)
    shown = {
        "record": record,
        "rows": manifestation.rows_of_foreign(record),
        "crumbs": [("Foreign records", reverse("foreign-records"))],
    }
    return render(request, "hub/signing/foreign_record.html", shown)


@require_safe
@page
def package_again(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The file that came, bit for bit."""
    query.only(request)
    record = _record(request, record_id)
    held = signed_records.export_again(record=record, by=request.user, reason=WHY)
    return _file(held, slugify(record.title) or "record")


def _record(request: HttpRequest, record_id: UUID) -> ForeignRecord:
    check_right(request.user, RIGHT, MAY_READ)
    record = ForeignRecord.objects.filter(id=record_id).first()
    if record is None:
        raise NotFound(f"There is no foreign record {record_id}.")
    return record


def _file(held: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.signed.zip"'}
    return HttpResponse(held, content_type="application/zip", headers=headers)
