"""Change requests: those that the user may know of, one with its differences, and a proposal of several objects."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import collections, shapes
from governance.api.proposing import REASON, TITLE, check_may, proposed
from governance.api.protocol.conditions import IF_CHANGED
from governance.api.protocol.fields import Choice, Listing, Text
from governance.api.protocol.operation import operation
from governance.api.protocol.optional import OrNull
from governance.api.protocol.paging import PAGING, page
from governance.api.protocol.record import Record
from governance.api.protocol.view import ApiView
from governance.changes import CURRENT, Operation
from governance.errors import NotFound
from governance.models import ChangeOperation, ChangeRequest, Person
from governance.models.change_request import ChangeState

KIND = Text(name="kind", help="A controlled kind.", most=32, required=True, example="element")
OPERATION = Record(
    name="operation",
    help="New content of one object.",
    members=(
        KIND,
        Text(name="key", help="Key of the object.", most=160, required=True, example="glucose"),
        OrNull(name="content", help="The whole new content; null retires the object.", required=True),
        Text(name="base", help="The version that you read; without it whatever is in force.", most=32),
    ),
)
OPERATIONS = Listing(
    name="operations",
    help="One an object; all of them come into force together, or none.",
    item=OPERATION,
    most=1000,
    required=True,
    example=[{"kind": "element", "key": "glucose", "content": None, "base": "1.2.0"}],
)
FILTERS = (
    Choice(name="state", help="Where it stands.", choices=tuple(ChangeState.values), example="released"),
    Choice(name="kind", help="Touches an object of this kind.", choices=collections.names, example="element"),
    Text(name="key", help="Touches an object of this key.", most=160, example="glucose"),
)
NUMBER = Text(name="number", help="Number of the change request.", most=16, example="CR-2026-0012")


class ChangeList(ApiView):
    """``GET changes``, ``POST changes``"""

    @operation(
        "List the change requests",
        answer=shapes.ChangeLine,
        is_page=True,
        query=(*FILTERS, *PAGING),
        description="The newest first: your own, and those of which you may see every object.",
    )
    def get(self, request: Request) -> Response:
        rows, asked = visible_changes(request.user), self.asked
        touched = {name: asked[name] for name in ("kind", "key") if asked[name]}
        if touched:
            rows = rows.filter(id__in=ChangeOperation.objects.filter(**touched).values("change_id"))
        rows = rows.filter(state=asked["state"]) if asked["state"] else rows
        return page(request, rows, asked, lambda row: asdict(shapes.change_line(row)))

    @operation(
        "Propose a change of one or more objects",
        answer=shapes.Change,
        status=201,
        body=(TITLE, REASON, OPERATIONS),
        refusals=(403, 404, 409),
        act="change.propose",
        description="What is in force already is left out. Says whether it is in force or waits for approval.",
    )
    def post(self, request: Request) -> Response:
        given = self.body()
        for one in given["operations"]:
            check_may(request.user, one["kind"], one["key"], one["content"])
        wanted = [_operation(one) for one in given["operations"]]
        return proposed(wanted, given, request.user)


class ChangeDetail(ApiView):
    """``GET changes/{number}``"""

    path = (NUMBER,)

    @operation(
        "Read one change request",
        answer=shapes.Change,
        has_etag=True,
        refusals=(404,),
        conditions=(IF_CHANGED,),
        description="With its operations, and what each changes field by field.",
    )
    def get(self, request: Request, number: str) -> Response:
        found = visible_changes(request.user).filter(number=number).first()
        if found is None:
            raise NotFound(f"There is no change request {number!r}.", field="change", value=number)
        return self.tagged(asdict(shapes.change(found)), f"{found.number}.{found.row_version}")


def visible_changes(user: Any) -> QuerySet[ChangeRequest]:
    """One's own; those of which one may see every object; all of them with the right to all."""
    rows = ChangeRequest.objects.all()
    if isinstance(user, Person) and user.has_perm("governance.view_changerequest"):
        return rows
    unseen = ChangeOperation.objects.all()
    for one in collections.each():
        unseen = unseen.exclude(kind=one.kind, key__in=one.visible(user).values("key"))
    return rows.filter(Q(author__id=str(user.pk)) | ~Q(id__in=unseen.values("change_id")))


def _operation(one: dict[str, Any]) -> Operation:
    return Operation(one["kind"], one["key"], one["content"], base=one["base"] or CURRENT)
