"""What the review of the audit trail asks of the rows that connections and the hub itself keep."""

from __future__ import annotations

from connectors.models import Secret
from governance.review.records import reviewed
from hub.models import InterfaceControl, InterfaceGrant, ReplayItem, ReplayPlan, Triage


def register() -> None:
    reviewed(Secret)
    reviewed(InterfaceControl, corrected=("paused_because",), belongs_to="interface")
    reviewed(InterfaceGrant, corrected=("direction",), belongs_to="service_account")
    reviewed(ReplayPlan, corrected=("reason", "mode"), kind="replay", column="id")
    reviewed(ReplayItem, belongs_to="plan")
    reviewed(Triage, corrected=("deviation",), kind="interface", column="interface_key")
