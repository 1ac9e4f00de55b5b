"""Where connections and interfaces live on the pages, for change control."""

from __future__ import annotations

from governance.console.places import Place, register
from hub.permissions import visible_connections, visible_interfaces

register(
    Place(
        kind="connection",
        icon="cable",
        says="How the hub reaches a system: connector, settings, and where the credentials are kept.",
        visible=visible_connections,
        helps={
            "key": "Lower-case letters, digits and -. It cannot change later.",
            "connector": "The kind of door that the system has. Another one asks for other settings.",
            "credentials": "Never a password itself, only where it is kept: env:HUB_CONNECTION_…, file:NAME or "
            "secret:NAME.",
        },
    )
)
register(
    Place(
        kind="interface",
        icon="plug",
        says="A governed path from one system to others: contract, mappings and routes.",
        visible=visible_interfaces,
        page="interface",
        once_new="A new interface is given to nobody yet, so nobody sees it: an administrator gives it to roles under "
        "Persons, “Give an interface”.",
        helps={
            "key": "Such as IF-101. It cannot change later.",
            "owner": "The person who answers for it.",
            "stage": "production needs an ICD in force that describes the interface; test needs none.",
            "gxp": "Do its records belong to medicines law?",
            "source.mode": "push: the system sends to the hub. poll: the hub reads, by a connection and its stream.",
            "source.stream": "What the connection offers for reading, by its name.",
            "source.every_seconds": "How often the hub looks, for an interface that polls.",
            "mapping": "Turns what arrives into the canonical entity. Left out: it arrives canonical.",
            "routes.key": "Short name of the route, unique here.",
            "routes.sink": "What the connection offers for writing, by its name.",
            "routes.mapping": "Turns the canonical entity into what the target takes.",
            "routes.after": "Keys of routes that must have delivered first, one a line.",
            "routes.when": "Condition (CEL) on the canonical entity; without one every message takes the route.",
            "tap": "Record every exchange with the target, without secrets.",
        },
    )
)
