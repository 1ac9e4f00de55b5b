"""The doors of every controlled kind: list, read, and propose to change or retire one of them."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import shapes
from governance.api.collections import Collection
from governance.api.openapi.shapes import REFERENCE, moved
from governance.api.proposing import AS_OF, COMPANIONS, KEY, REASON, TITLE, check_may, proposed, row_of, row_of_then
from governance.api.protocol.conditions import IF_CHANGED, IF_MATCH, IF_NONE_MATCH, Stale, check_write, tag_of
from governance.api.protocol.fields import Field, Object
from governance.api.protocol.operation import Operation, operation
from governance.api.protocol.paging import PAGING, page
from governance.api.protocol.view import ApiView
from governance.changes import Operation as Proposed
from governance.changes.effective import revision_of
from governance.errors import BaseMoved

CONTENT = Object(name="content", help="The whole new content; it holds its own `key`.", required=True, example={})


class ControlledView(ApiView):
    """``collection`` is given by the address; it names the kind in every sentence of the documentation."""

    collection: Collection = None  # type: ignore[assignment]

    def declaration(self, method: str) -> Operation | None:
        found = super().declaration(method)
        if found is None or self.collection is None:
            return found
        named = found.called(one=self.collection.one, many=self.collection.many.replace("-", " "))
        return with_content(named, self.collection) if CONTENT in (named.body or ()) else named


def with_content(named: Operation, collection: Collection) -> Operation:
    """The declaration with the content that this kind takes; its inner references point into the document."""
    if collection.schema is None:
        return named
    reference = f"{REFERENCE}{collection.component}"
    content = replace(CONTENT, shape={"$ref": reference}, example=collection.example)
    schema = moved({name: part for name, part in collection.schema.items() if name != "$schema"}, reference)
    body = tuple(content if one is CONTENT else one for one in named.body or ())
    return replace(named, body=body, components=((collection.component, schema),))


class ControlledList(ControlledView):
    """``GET {many}``"""

    def declaration(self, method: str) -> Operation | None:
        found = super().declaration(method)
        return replace(found, query=(*self.collection.filters, *PAGING)) if found and self.collection else found

    @operation("List the {many}", answer=shapes.Controlled, is_page=True, description="In the order of their keys.")
    def get(self, request: Request) -> Response:
        rows = self.collection.visible(request.user).filter(is_retired=False).select_related("revision__change")
        wanted = {one.name: self.asked[one.name] for one in self.collection.filters if self.asked[one.name]}
        return page(request, rows.filter(**wanted), self.asked, lambda row: asdict(shapes.controlled(row)), by="key")


class ControlledDetail(ControlledView):
    """``GET``, ``PUT`` and ``DELETE {many}/{key}``; writing is proposing."""

    path: tuple[Field, ...] = (KEY,)  # type: ignore[misc]

    @operation(
        "Read one {one}",
        answer=shapes.Controlled,
        query=(AS_OF,),
        has_etag=True,
        refusals=(404,),
        conditions=(IF_CHANGED,),
        description="As it is in force, or as it was at `as_of`. The ETag is the digest of its revision.",
    )
    def get(self, request: Request, key: str) -> Response:
        row = self._row(request, key)
        return self.tagged(asdict(shapes.controlled(row)), row.revision.digest)

    @operation(
        "Propose a new content of one {one}",
        answer=shapes.Change,
        status=201,
        body=(CONTENT, TITLE, REASON, COMPANIONS),
        refusals=(403, 404, 409, 412, 428),
        conditions=(IF_MATCH, IF_NONE_MATCH),
        act="{one}.propose",
        description="Makes a change request. It says whether the change is in force already or waits for approval.",
    )
    def put(self, request: Request, key: str) -> Response:
        return self._propose(request, key, self.body())

    @operation(
        "Propose to retire one {one}",
        answer=shapes.Change,
        status=201,
        body=(TITLE, REASON, COMPANIONS),
        refusals=(403, 404, 409, 412, 428),
        conditions=(replace(IF_MATCH, required=True),),
        act="{one}.propose",
        description="Refused where something in force refers to it.",
    )
    def delete(self, request: Request, key: str) -> Response:
        given = self.body()
        row_of(request.user, self.collection.kind, key)
        return self._propose(request, key, given)

    def _row(self, request: Request, key: str) -> Any:
        if at := self.asked["as_of"]:
            return row_of_then(request.user, self.collection.kind, key, at)
        return row_of(request.user, self.collection.kind, key)

    def _propose(self, request: Request, key: str, given: dict[str, Any]) -> Response:
        """From the revision that the writer read: a change that came between is a 412, before and inside the act."""
        kind = self.collection.kind
        check_may(request.user, kind, key, given.get("content"))
        held = revision_of(kind, key)
        check_write(request, tag_of(held.digest) if held and held.content is not None else "")
        wanted = Proposed(kind, key, given.get("content"), base=held.version if held else "")
        try:
            return proposed([wanted], given, request.user)
        except BaseMoved as moved:
            raise Stale(moved.sentence, field="If-Match", value=wanted.base, rule="the revision in force") from None
