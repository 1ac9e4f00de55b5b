"""Connections: configured ways into systems, and their check."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from rest_framework.request import Request
from rest_framework.response import Response

from connectors.connection_kind import SCHEMA
from connectors.registry import registry
from governance.api.collections import Collection
from governance.api.openapi.shapes import said
from governance.api.proposing import row_of
from governance.api.protocol.fields import Choice, Text
from governance.api.protocol.operation import operation
from hub.api.base import HubView
from hub.permissions import check_may_check, visible_connections
from hub.services import checks


def connectors() -> list[str]:
    """Those that this installation has."""
    return sorted(one.key for one in registry)


CONNECTIONS = Collection(
    kind="connection",
    many="connections",
    visible=visible_connections,
    schema=SCHEMA,
    example={
        "key": "qms-rest",
        "label": "REST door of the quality system",
        "system": "qms",
        "connector": "rest",
        "settings": {"base_url": "https://qms.example"},
        "credentials": {"token": "secret:qms"},
    },
    filters=(Choice(name="connector", help="Key of its connector.", choices=connectors, example="rest"),),
)
KEY = Text(name="key", help="Key of the connection.", most=160, example="qms-rest")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the other system said."""

    key: Annotated[str, said("Key of the connection.", "qms-rest")]
    ok: Annotated[bool, said("Whether it works.", True)]
    message: Annotated[str, said("What is wrong, or whom we are connected as.", "")]


class Check(HubView):
    """``POST connections/{key}/check``"""

    path = (KEY,)

    @operation(
        "Check a connection",
        answer=Checked,
        refusals=(404,),
        act="connection.check",
        description="Asks the other system whether it would answer. Writes nothing there; that you asked is recorded.",
    )
    def post(self, request: Request, key: str) -> Response:
        connection = row_of(request.user, "connection", key)
        check_may_check(request.user, connection)
        found = checks.check(connection=connection, by=request.user, source="api")
        return Response(asdict(Checked(key, found.ok, found.message)))
