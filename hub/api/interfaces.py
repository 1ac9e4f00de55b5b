"""Interfaces over the API: what runs, what drifts, and the switches of operation."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from hub.api.base import HubView
from hub.flow import control
from hub.models import Drift, Interface
from hub.permissions import check_may_operate, interface_for, visible_interfaces


class InterfaceList(HubView):
    """``GET interfaces``"""

    def get(self, request: Request) -> Response:
        self.query()
        rows = visible_interfaces(request.user).select_related("source", "control__release").order_by("key")
        return Response({"results": [_shown(interface) for interface in rows]})


class InterfaceDetail(HubView):
    """``GET interfaces/{key}``: with the release in force and everything that it pins."""

    def get(self, request: Request, key: str) -> Response:
        interface = interface_for(request.user, key)
        pins = [
            {"kind": kind, "key": name, "version": version, "digest": digest}
            for kind, name, version, _, digest in interface.control.release.pins
        ]
        return Response({**_shown(interface), "content": interface.content, "pins": pins})


class InterfaceDrift(HubView):
    """``GET interfaces/{key}/drift``: fields that arrive and that no rule names."""

    def get(self, request: Request, key: str) -> Response:
        interface = interface_for(request.user, key)
        rows = Drift.objects.filter(interface_key=interface.key).order_by("-count")
        names = ("path", "count", "first_seen_at", "last_seen_at", "first_message_id", "last_message_id")
        return Response({"results": list(rows.values(*names))})


class Pause(HubView):
    """``POST interfaces/{key}/pause`` {reason}"""

    act = "interface.pause"

    def post(self, request: Request, key: str) -> Response:
        fields = self.body(reason=str)
        interface = interface_for(request.user, key)
        check_may_operate(request.user, interface)
        control.pause(interface_key=key, by=request.user, reason=fields["reason"])
        return Response(_shown(interface_for(request.user, key)))


class Resume(HubView):
    """``POST interfaces/{key}/resume`` {reason}"""

    act = "interface.resume"

    def post(self, request: Request, key: str) -> Response:
        fields = self.body(reason=str)
        interface = interface_for(request.user, key)
        check_may_operate(request.user, interface)
        control.resume(interface_key=key, by=request.user, reason=fields["reason"])
        return Response(_shown(interface_for(request.user, key)))


def _shown(interface: Interface) -> dict[str, Any]:
    held = interface.control
    return {
        "key": interface.key,
        "label": interface.label,
        "source": interface.source.key,
        "mode": interface.mode,
        "owner": interface.owner,
        "criticality": interface.criticality,
        "gxp": interface.is_gxp,
        "version": interface.version,
        "release": held.release.number,
        "release_digest": held.release.digest,
        "paused_at": held.paused_at,
        "paused_by": held.paused_by,
        "paused_because": held.paused_because,
    }
