"""What the API's views share: refusals recorded, unknown query fields refused, bodies read strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.dateparse import parse_datetime
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import audit
from governance.errors import MISSING, NOT_SHOWN, NotFound, Refused
from governance.guard.context import correlation
from governance.ids import uuid7
from hub.models import Interface, Message
from hub.permissions import visible_interfaces


class UnknownField(Refused):
    """A name in the query that has no meaning here."""

    status = 400
    code = "unknown_field"


class HubView(APIView):
    """Subclasses parse, authorise, call one service or selector, and answer."""

    act = ""  # the name under which a refused write is recorded

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Under the correlation id of the request; the thread's next request starts without it."""
        token = correlation.set(request.headers.get("X-Correlation-Id", "")[:64] or str(uuid7()))
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            correlation.reset(token)

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, Refused) and self.act and self.request.user:
            subject = next(((name, str(value)) for name, value in self.kwargs.items()), ("", ""))
            audit.record_refusal(self.act, error, by=self.request.user, subject=subject)
        return super().handle_exception(error)

    def query(self, *known: str) -> Mapping[str, str]:
        """The query's fields, all of which must be known."""
        given = self.request.query_params
        for name in given:
            if name not in known:
                raise UnknownField(
                    f"The filter {name!r} is not known here; known are: {', '.join(known)}.",
                    field=name,
                    value=NOT_SHOWN,  # whoever puts a token here does not find it in the trail
                    rule=f"one of {', '.join(known)}" if known else "no filter",
                )
        return {name: given[name] for name in given}

    def body(self, **required: type) -> dict[str, Any]:
        """The body's fields: exactly these, of these types; a name with a trailing ``_`` is optional."""
        data = self.request.data
        if not isinstance(data, Mapping):
            raise Refused(
                "The body must be a JSON object.", field="body", value=type(data).__name__, rule="a JSON object"
            )
        names = {name.rstrip("_"): (kind, name.endswith("_")) for name, kind in required.items()}
        for name in data:
            if name not in names:
                raise Refused(
                    f"The field {name!r} cannot be set here.",
                    field=name,
                    value=NOT_SHOWN,
                    rule=f"one of {', '.join(names)}",
                )
        return {name: _checked(data, name, kind, optional) for name, (kind, optional) in names.items()}

    def message(self, message_id: UUID) -> tuple[Message, Interface]:
        """The message and its interface; NotFound where it is not there, or not for this user."""
        found = Message.objects.filter(id=message_id).first()
        interface = visible_interfaces(self.request.user).filter(key=found.interface_key).first() if found else None
        if found is None or interface is None:
            raise NotFound(f"There is no message {message_id}.", field="message", value=str(message_id))
        return found, interface


def interfaces_of(user: Any, message_ids: Sequence[UUID]) -> list[Interface]:
    """The interfaces of these messages, in a few queries; NotFound for the first that the user may not see."""
    keys = dict(Message.objects.filter(id__in=message_ids).values_list("id", "interface_key"))
    visible = {one.key: one for one in visible_interfaces(user).filter(key__in=set(keys.values()))}
    for message_id in message_ids:
        if keys.get(message_id) not in visible:
            raise NotFound(f"There is no message {message_id}.", field="message", value=str(message_id))
    return list(visible.values())


def _checked(data: Mapping[str, Any], name: str, kind: type, optional: bool) -> Any:
    if name not in data:
        if optional:
            return kind()
        raise Refused(f"The field {name!r} is missing.", field=name, value=MISSING, rule="required")
    if not isinstance(data[name], kind):
        raise Refused(
            f"The field {name!r} must be of type {kind.__name__}.",
            field=name,
            value=repr(data[name])[:80],
            rule=kind.__name__,
        )
    return data[name]


def moment(text: str | None, field: str) -> datetime | None:
    """An RFC 3339 time of a query."""
    if not text:
        return None
    try:
        found = parse_datetime(text.replace(" ", "+"))
        found = found.astimezone(UTC) if found and found.tzinfo else found
    except (ValueError, OverflowError):  # a time at the ends of the calendar may have no UTC
        found = None
    if found is None or found.tzinfo is None:
        raise UnknownField(
            f"{field} is {text!r}; it takes a time with offset.", field=field, value=text, rule="RFC 3339"
        )
    return found


def identity(text: str, field: str) -> UUID:
    """A UUID of a query or body."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise Refused(
            f"The field {field!r} is {text!r}, which is no id.", field=field, value=str(text), rule="UUID"
        ) from None


def page_size(text: str | None) -> int:
    """1 to 500."""
    if not text:
        return 50
    if not text.isdecimal() or not 1 <= int(text) <= 500:
        raise UnknownField(f"limit is {text!r}; it takes 1 to 500.", field="limit", value=text, rule="1 to 500")
    return int(text)
