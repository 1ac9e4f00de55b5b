"""Who acts: frozen text and ids, so that evidence outlives the account."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a service account or the hub itself at the moment of an act.

    ``kind`` is "person", "service_account" or "system"; ``authenticated_by`` says how we know ("password",
    "token", "command line", "process").
    """

    kind: str
    id: str
    name: str
    roles: tuple[str, ...] = ()
    authenticated_by: str = "process"
    on_behalf_of: str = ""

    def frozen(self) -> dict[str, Any]:
        """JSON-able, for evidence rows."""
        return {**asdict(self), "roles": list(self.roles)}

    @property
    def is_person(self) -> bool:
        return self.kind == "person"


ENGINE = Actor(kind="system", id="engine", name="Interlock engine")
MIGRATION = Actor(kind="system", id="migration", name="Schema migration")
DEMONSTRATION = Actor(kind="system", id="demonstration", name="Demonstration loader", authenticated_by="command line")


def actor_of(by: Any, *, authenticated_by: str = "") -> Actor:
    """The actor behind a Person, a ServiceAccount or an Actor."""
    if isinstance(by, Actor):
        return by
    actor = by.as_actor()
    if not authenticated_by:
        return actor
    return Actor(actor.kind, actor.id, actor.name, actor.roles, authenticated_by, actor.on_behalf_of)
