"""Interfaces over the API: what runs, what drifts, the switches of operation, and proposals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.collections import Collection, add
from governance.api.controlled import ControlledDetail
from governance.api.proposing import AS_OF
from governance.api.protocol.conditions import tag_of
from governance.api.protocol.fields import Choice, Key
from governance.api.protocol.operation import operation
from governance.api.protocol.paging import PAGING, page
from governance.permissions import visible_systems
from governance.selectors.past import row_as_of
from hub.api import shapes
from hub.api.base import INTERFACE, INTERFACE_KEY, REASON, HubView
from hub.flow import control
from hub.interface_kind import SCHEMA
from hub.models import Drift, Interface, InterfaceControl
from hub.permissions import check_may_operate, interface_for, visible_interfaces

EXAMPLE = {
    "key": "IF-001",
    "label": "Results to quality",
    "owner": "Olga Brandt",
    "gxp": True,
    "source": {"system": "lims", "mode": "push"},
    "icd": "ICD-0001",
    "mapping": "lims-result",
    "routes": [{"key": "qms", "connection": "qms-rest", "sink": "results", "mapping": "qms-result"}],
}
INTERFACES = add(
    Collection(kind="interface", many="interfaces", visible=visible_interfaces, schema=SCHEMA, example=EXAMPLE)
)
FILTERS = (
    Key(name="source", help="Key of the system that it reads from.", example="lims", visible=visible_systems),
    Choice(name="mode", help="How records arrive.", choices=("push", "poll")),
    Choice(name="paused", help="Whether it is paused now.", choices=("yes", "no")),
)


def then_of(interface: Interface, at: datetime) -> Interface:
    """The interface with its switches and its release, as they were. Raises NotAsOf."""
    name = f"interface {interface.key!r}"
    then = row_as_of(Interface, interface.pk, at, name).instance
    then.control = row_as_of(InterfaceControl, interface.control.pk, at, name).instance
    return then


class InterfaceList(HubView):
    """``GET interfaces``"""

    @operation(
        "List the interfaces",
        answer=shapes.InterfaceLine,
        is_page=True,
        query=(*FILTERS, *PAGING),
        description="Those that you may see, in the order of their keys.",
    )
    def get(self, request: Request) -> Response:
        rows = visible_interfaces(request.user).filter(is_retired=False).select_related("source", "control__release")
        asked = self.asked
        rows = rows.filter(source__key=asked["source"]) if asked["source"] else rows
        rows = rows.filter(mode=asked["mode"]) if asked["mode"] else rows
        if asked["paused"]:
            rows = rows.filter(control__paused_at__isnull=asked["paused"] == "no")
        return page(request, rows, asked, lambda row: asdict(shapes.interface_line(row)), by="key")


class InterfaceDetail(ControlledDetail):
    """``GET interfaces/{key}``: with the release in force and everything that it pins. Writing is proposing."""

    @operation(
        "Read one interface",
        answer=shapes.InterfaceFull,
        query=(AS_OF,),
        has_etag=True,
        refusals=(404,),
        description="With its content and what its release pins. The ETag is the digest of its revision.",
    )
    def get(self, request: Request, key: str) -> Response:
        interface = interface_for(request.user, key)
        if at := self.asked["as_of"]:
            interface = then_of(interface, at)
        tag = tag_of(interface.revision.digest)  # never 304: a pause changes the answer and not the revision
        return Response(asdict(shapes.interface_full(interface)), headers={"ETag": tag})


class InterfaceDrift(HubView):
    """``GET interfaces/{key}/drift``: fields that arrive and that no rule names."""

    path = (INTERFACE_KEY,)

    @operation(
        "List an interface's drift",
        answer=shapes.DriftLine,
        is_page=True,
        query=PAGING,
        refusals=(404,),
        description="Fields that arrive and that no rule names, in the order in which they appeared.",
    )
    def get(self, request: Request, key: str) -> Response:
        rows = Drift.objects.filter(interface_key=interface_for(request.user, key).key)
        return page(request, rows, self.asked, lambda row: asdict(shapes.drift_line(row)), by="id")


class DriftList(HubView):
    """``GET drift``: of all interfaces that the user may see."""

    @operation(
        "List the drift of all interfaces",
        answer=shapes.DriftLine,
        is_page=True,
        query=(INTERFACE, *PAGING),
        description="Fields that arrive and that no rule names, the newest first.",
    )
    def get(self, request: Request) -> Response:
        rows = Drift.objects.filter(interface_key__in=visible_interfaces(request.user).values("key"))
        rows = rows.filter(interface_key=self.asked["interface"]) if self.asked["interface"] else rows
        return page(request, rows, self.asked, lambda row: asdict(shapes.drift_line(row)))


class Switch(HubView):
    """An operational act on one interface."""

    path = (INTERFACE_KEY,)

    def act(self, request: Request, key: str, do: Callable[..., Any]) -> Response:
        given = self.body()
        check_may_operate(request.user, interface_for(request.user, key))
        do(interface_key=key, by=request.user, reason=given["reason"])
        return Response(asdict(shapes.interface_line(interface_for(request.user, key))))


class Pause(Switch):
    """``POST interfaces/{key}/pause`` {reason}"""

    @operation(
        "Pause an interface",
        answer=shapes.InterfaceLine,
        body=(REASON,),
        refusals=(404, 409),
        act="interface.pause",
        description="Messages are still accepted; nothing is delivered until it is resumed.",
    )
    def post(self, request: Request, key: str) -> Response:
        return self.act(request, key, control.pause)


class Resume(Switch):
    """``POST interfaces/{key}/resume`` {reason}"""

    @operation(
        "Resume an interface",
        answer=shapes.InterfaceLine,
        body=(REASON,),
        refusals=(404, 409),
        act="interface.resume",
    )
    def post(self, request: Request, key: str) -> Response:
        return self.act(request, key, control.resume)
