"""The signed records beside a list of signatures: what a reader takes along, to be verified elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse

from governance.errors import NotFound
from governance.signing import subjects
from governance.signing.manifestation import Row

register = template.Library()


@register.inclusion_tag("_components/signed_records.html", takes_context=True)
def signed_records(context: dict[str, Any], rows: Iterable[Row]) -> dict[str, Any]:
    """One link for each subject that these signatures stand on, for who may see all of it."""
    signed = dict.fromkeys(row.subject for row in rows if not row.origin)
    return {"records": [found for one in signed if (found := _record(one, context["user"]))]}


def _record(about: tuple[str, str], user: Any) -> tuple[str, str] | None:
    subject = subjects.get(about[0])
    try:
        subject.find(about[1], user)
    except NotFound:
        return None
    return subject.label, reverse("signed-package", args=about)
