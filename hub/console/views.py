"""Saved views: keep the filters of a list under a name, open it again, forget it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.console.query import check_fields
from governance.errors import NotFound, Refused
from hub.console.doors import page, refused_page
from hub.console.listing.query import read_query
from hub.console.listing.shown import OPENED
from hub.services import views


@require_POST
@page
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters that the page shows; what they cannot mean is refused, as on the page itself."""
    check_fields(request, "listing", "query", "name", "role")
    listing = OPENED.get(request.POST.get("listing", ""))
    if listing is None:
        raise NotFound("There is no such list.")
    query = request.POST.get("query", "")
    asked = read_query(listing, QueryDict(query), request.user)
    try:
        if asked.problems:
            raise Refused(asked.problems[0], field="query", rule="filters of this list")
        made = views.save(
            listing=listing.name,
            name=request.POST.get("name", ""),
            query=query,
            role=request.POST.get("role", ""),
            by=request.user,
        )
    except Refused as refused:
        return refused_page(request, "view.save", refused, back=f"{reverse(listing.url)}?{query}")
    notes.success(request, f"The view “{made.name}” is kept.")
    return redirect(f"{reverse(listing.url)}?{query}")


@require_POST
@page
def forget(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Remove one's own view. The rows that it showed are not touched."""
    check_fields(request)
    gone = views.forget(view_id=view_id, by=request.user)
    notes.success(request, f"The view “{gone.name}” is forgotten.")
    listing = OPENED.get(gone.listing)
    return redirect(reverse(listing.url) if listing else reverse("overview"))
