"""What pages are asked: a filter or a field that is not known, or a value that cannot be, is refused by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from django.http import HttpRequest

from governance.errors import Refused

OF_EVERY_FORM = "csrfmiddlewaretoken"


class BadQuery(Refused):
    """The address asks for something that the page does not offer. Answered with 400 and this sentence."""

    status = 400
    code = "bad_query"


class UnknownField(BadQuery):
    """A form sent a field that it does not have: nothing of it is taken."""

    status = 422
    code = "unknown_field"


def check_fields(request: HttpRequest, *names: str) -> None:
    """Refuse a form with any field that is not one of ``names``; forms of the hub's own class do it by themselves."""
    if sentence := unknown_field(request.POST, names):
        raise UnknownField(sentence)


def unknown_field(posted: Iterable[str], known: Collection[str]) -> str:
    """The sentence that names the fields that a form does not have; "" where there is none."""
    unknown = [name for name in posted if name != OF_EVERY_FORM and name not in known]
    said = ", ".join(f"“{name[:60]}”" for name in sorted(unknown)[:5])
    return f"This form has no field {said}; nothing was taken." if unknown else ""


def only(request: HttpRequest, *names: str) -> None:
    """Refuse every filter that is not one of ``names``."""
    unknown = [name for name in request.GET if name not in names]
    if not unknown:
        return
    offered = f"It takes: {', '.join(names)}." if names else "It takes none."
    said = ", ".join(f"“{name[:60]}”" for name in unknown[:5])
    plural = "filters" if len(unknown) > 1 else "filter"
    raise BadQuery(
        f"This page has no {plural} {said}. {offered}",
        field=unknown[0][:60],
        value=request.GET[unknown[0]][:60],
        rule=offered,
    )


def words(request: HttpRequest, name: str, *, longest: int = 200) -> str:
    """Free text, stripped and cut to what anybody could mean."""
    return request.GET.get(name, "").strip()[:longest]


def choice(request: HttpRequest, name: str, allowed: Iterable[str]) -> str:
    """One of a few values; "" where the filter is not set."""
    value, offered = request.GET.get(name, "").strip(), [one for one in allowed if one]
    if not value or value in offered:
        return value
    raise BadQuery(
        f"The filter “{name}” cannot be “{value[:60]}”. It takes: {', '.join(offered) or 'nothing yet'}.",
        field=name,
        value=value[:60],
        rule=f"one of {', '.join(offered)}",
    )


def asked(
    request: HttpRequest, known: Sequence[str], choices: Mapping[str, Iterable[str]] | None = None
) -> dict[str, str]:
    """All filters of a page by name, "" where not set; those in ``choices`` take one of a few values."""
    only(request, *known)
    offered = choices or {}
    return {name: choice(request, name, offered[name]) if name in offered else words(request, name) for name in known}


def moment(text: str) -> datetime | None:
    """A time of the query string, in UTC unless it says otherwise; None where it is none."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "T"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # a time at the ends of the calendar may have no UTC
        return None
