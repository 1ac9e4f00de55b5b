"""What the two databases of a drill say about messages and audit events."""

from __future__ import annotations

from uuid import UUID

from scene import Databases

MARGIN = 2.0  # seconds: an audit event of just before the backup may have been committed just after it
CONFIRMED = "SELECT message_id FROM hub_closeddelivery WHERE state = 'confirmed'"
GIVEN_UP = "SELECT message_id FROM hub_delivery WHERE state = 'dead'"
ASIDE = "SELECT id FROM hub_messagestate WHERE state IN ('quarantined', 'rejected')"
TRAIL = "SELECT id FROM governance_auditevent"


class Evidence:
    """All ids as the API writes them."""

    def __init__(self, databases: Databases) -> None:
        self.databases, self.original, self.restored = databases, databases.original, databases.restored

    def messages(self) -> set[str]:
        """Messages that the restored hub holds."""
        return self.databases.ids(self.restored, "SELECT id FROM hub_message")

    def delivered(self, database: dict[str, str]) -> set[str]:
        """Messages that a hub knows to be at their target."""
        return self.databases.ids(database, CONFIRMED)

    def settled(self) -> set[str]:
        """Messages with which the restored hub is done, or that wait for a person."""
        aside = self.databases.ids(self.restored, GIVEN_UP) | self.databases.ids(self.restored, ASIDE)
        return self.delivered(self.restored) | aside

    def missing_audit_events(self, begun: float) -> int:
        """Audit events of before the backup (s since the epoch) that the restored trail lacks."""
        there, here = self.databases.ids(self.original, TRAIL), self.databases.ids(self.restored, TRAIL)
        before = UUID(int=int((begun - MARGIN) * 1000) << 80)  # ids begin with their time (UUIDv7)
        return sum(UUID(one) < before for one in there - here)
