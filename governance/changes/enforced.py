"""What the database holds of change requests: their arrows, and that what was submitted is frozen."""

from __future__ import annotations

from governance.changes.transitions import FOLLOWING
from governance.guard.tables import Parent, guard_children, guard_moves
from governance.models import ChangeOperation, ChangeRequest
from governance.models.change_request import ChangeState

OPEN = f"p.state = '{ChangeState.DRAFT.value}' AND p.submitted_at IS NULL"


def connect() -> None:
    guard_moves(ChangeRequest, "state", FOLLOWING, begins=ChangeState.DRAFT.value)
    guard_children(ChangeOperation, Parent("change_id", ChangeRequest._meta.db_table, OPEN))
