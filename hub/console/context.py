"""What every page shows around its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from governance.fingerprint import BUILD
from governance.guard.context import correlation
from hub.models import Interface, ReplayPlan
from hub.permissions import visible_interfaces
from hub.selectors.mending import exceptions
from hub.selectors.watching.in_use import in_use

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the navigation; ``count`` is what waits there, None where nothing is counted."""

    label: str
    icon: str
    url: str
    is_current: bool
    count: int | None = None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Environment, build, theme and navigation. The navigation is read only where a template shows it."""
    theme = request.COOKIES.get("theme", "")
    return {
        "environment": settings.HUB_ENVIRONMENT,
        "build": BUILD,
        "incident": correlation.get(),
        "theme": theme if theme in THEMES else "",
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "role": SimpleLazyObject(lambda: _role(request)),
    }


def navigation(request: HttpRequest) -> list[tuple[str, list[Item]]]:
    """By the question that the user asks: is it working, what may change, can I prove it."""
    mine = visible_interfaces(request.user)  # asked for once: each of three counts would ask for all rights again
    return [
        (
            "Operate",
            [
                _item(request, "Overview", "layout-dashboard", "overview"),
                _item(request, "Landscape", "network", "landscape"),
                _item(request, "Interfaces", "plug", "interfaces", in_use(mine).count()),
                _item(request, "Messages", "arrow-left-right", "messages"),
                _item(request, "Exceptions", "triangle-alert", "exceptions", exceptions.count(mine)),
                _item(request, "Replays", "rotate-ccw", "replays", _plans(mine)),
                _item(request, "Drift", "git-compare-arrows", "drift"),
                _item(request, "Systems", "server", "systems"),
            ],
        ),
        (
            "Govern",
            [
                _item(request, "Change control", "git-pull-request", "changes", within=reverse("propose")),
                _item(request, "Impact", "share-2", "impact"),
                _item(request, "Dictionary", "book-open", "dictionary"),
                _item(request, "Mappings", "shuffle", "mappings"),
                _item(request, "ICDs", "file-check", "icds"),
            ],
        ),
        (
            "Assure",
            [
                _item(request, "Audit trail", "history", "audit"),
                *_review(request),
                _item(request, "Clause map", "scale", "clauses"),
                _item(request, "Refusals", "ban", "refusals"),
                *_tables(request),
                _item(request, "API", "braces", "api-docs"),
            ],
        ),
        *_administration(request),
    ]


def _review(request: HttpRequest) -> list[Item]:
    """Only for who reads the whole trail."""
    if not request.user.has_perm("governance.view_auditevent"):
        return []
    return [_item(request, "Review", "list-checks", "review")]


def _tables(request: HttpRequest) -> list[Item]:
    """Django's admin, for who gets in there."""
    return [_item(request, "Tables", "table", "admin:index")] if admin.site.has_permission(request) else []


def _administration(request: HttpRequest) -> list[tuple[str, list[Item]]]:
    """Only for whom the pages open: who works here is not for everybody."""
    pages = (
        ("governance.view_person", "Persons", "users", "accounts"),
        ("governance.view_serviceaccount", "Service accounts", "key-round", "service-accounts"),
        ("governance.confirm_signer", "Signers", "signature", "signers"),
        ("governance.view_foreignrecord", "Foreign records", "package", "foreign-records"),
    )
    items = [_item(request, label, icon, name) for right, label, icon, name in pages if request.user.has_perm(right)]
    return [("Administer", items)] if items else []


def _item(
    request: HttpRequest, label: str, icon: str, name: str, count: int | None = None, *, within: str = ""
) -> Item:
    """``within`` is another address whose pages belong to this line."""
    url = reverse(name)
    homes = [one for one in (url, within) if one not in ("", "/")]
    is_current = request.path == url or any(f"{request.path}/".startswith(f"{one}/") for one in homes)
    return Item(label, icon, url, is_current, count or None)


def _plans(mine: QuerySet[Interface]) -> int:
    """Plans that wait for a second person."""
    return ReplayPlan.objects.filter(state="planned", interface_key__in=mine.values("key")).count()


def _role(request: HttpRequest) -> str:
    return ", ".join(request.user.groups.values_list("name", flat=True)) or "no role"
