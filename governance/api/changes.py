"""Change requests: those that the user may know of, one with its differences, and a proposal of several objects."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import collections, shapes
from governance.api.proposing import COMPANIONS, REASON, TITLE, check_may, proposed
from governance.api.protocol.conditions import IF_CHANGED
from governance.api.protocol.fields import Choice, Listing, Text
from governance.api.protocol.operation import operation
from governance.api.protocol.optional import OrNull
from governance.api.protocol.paging import PAGING, page
from governance.api.protocol.record import Record
from governance.api.protocol.view import ApiView
from governance.changes import CURRENT, Operation
from governance.changes.deciding.standings import CONTENT
from governance.changes.visibility import wholly_visible
from governance.errors import NotAllowed, NotFound
from governance.models import ChangeOperation, ChangeRequest, Person
from governance.models.change_request import ChangeState
from governance.signing.manifestation import Row, rows_of

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
        rows, asked = wholly_visible(request.user), self.asked
        touched = {name: asked[name] for name in ("kind", "key") if asked[name]}
        if touched:
            rows = rows.filter(id__in=ChangeOperation.objects.filter(**touched).values("change_id"))
        rows = rows.filter(state=asked["state"]) if asked["state"] else rows
        return page(request, rows, asked, lambda row: asdict(shapes.change_line(row)))

    @operation(
        "Propose a change of one or more objects",
        answer=shapes.Change,
        status=201,
        body=(TITLE, REASON, OPERATIONS, COMPANIONS),
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
        found = _visible(request.user, number)
        return self.tagged(asdict(shapes.change(found)), f"{found.number}.{found.row_version}")


class ChangeSignatures(ApiView):
    """``GET``, ``POST changes/{number}/signatures``"""

    path = (NUMBER,)
    about = "change"

    @operation("Read the signatures of a change request", answer=shapes.Signatures, refusals=(404,))
    def get(self, request: Request, number: str) -> Response:
        found = _visible(request.user, number)
        lines = [_line(kind, row) for kind in CONTENT for row in rows_of(kind, found.number)]
        return Response(asdict(shapes.Signatures(lines)))

    @operation(
        "Sign a change request: refused, always",
        answer=shapes.Signatures,
        status=201,
        body=(),
        refusals=(403, 404),
        act="change.sign",
        description="A system proposes and never approves; a person signs on the page, where they see what they sign.",
    )
    def post(self, request: Request, number: str) -> Response:
        found = _visible(request.user, number)
        sentence = "A person signs on the page of the change, where they see what they sign; nobody signs over the API."
        if not isinstance(request.user, Person):
            sentence = "A system may propose changes; it never approves, signs or releases one."
        raise NotAllowed(sentence, field="change", value=found.number, rule="signed by a person on its page")


def _visible(user: Any, number: str) -> ChangeRequest:
    found = wholly_visible(user).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no change request {number!r}.", field="change", value=number)
    return found


def _line(kind: str, row: Row) -> shapes.SignatureLine:
    is_valid = row.verdict is not None and row.verdict.is_valid
    return shapes.SignatureLine(
        kind, row.name, row.title, row.meaning, row.utc, is_valid, row.is_demonstration, row.digest
    )


def _operation(one: dict[str, Any]) -> Operation:
    return Operation(one["kind"], one["key"], one["content"], base=one["base"] or CURRENT)
