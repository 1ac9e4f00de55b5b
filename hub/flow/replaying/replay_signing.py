"""A replay plan of a GxP interface is approved with a signature: a second person signs the frozen list, and it runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from governance.errors import NotFound, Refused
from governance.signing.policy import Policy, Step
from governance.signing.subjects import Shown, Subject
from hub.flow.replaying import replay
from hub.flow.replaying.replay_digest import digest_of
from hub.models import ReplayItem, ReplayPlan
from hub.models.replay import ReplayMode, ReplayState
from hub.permissions import check_still_may_approve, interface_for

POLICY = Policy("replay of a GxP interface", "1", (Step("approved", label="Approval by a second person"),), vetoes=())


class SignedPlan(Subject):
    """``content`` holds everything that decides what will happen, with the digest over the items as they are now."""

    kind, label = "replay", "Replay plan"

    def find(self, subject_id: str, by: Any) -> ReplayPlan:
        plan = self.recall(subject_id)
        if plan is None:
            raise NotFound(f"There is no replay plan {subject_id}.", field="plan", value=subject_id)
        interface_for(by, plan.interface_key)
        return plan

    def recall(self, subject_id: str) -> ReplayPlan | None:
        try:
            wanted = UUID(subject_id)
        except ValueError:
            return None
        return ReplayPlan.objects.select_related("release").filter(id=wanted).first()

    def lock(self, found: ReplayPlan) -> None:
        ReplayPlan.objects.select_for_update(of=("self",)).get(pk=found.pk)

    def content(self, found: ReplayPlan) -> dict[str, Any]:
        items = list(ReplayItem.objects.filter(plan=found).only("id", "position", "message_id", "delivery_id"))
        return {
            "interface": found.interface_key,
            "mode": found.mode,
            "release": str(found.release_id or ""),
            "size": found.size,
            "digest": digest_of(found, items),
            "planned_by": found.planned_by["id"],
            "reason": found.reason,
        }

    def version(self, found: ReplayPlan) -> str:
        return "1"

    def title(self, found: ReplayPlan) -> str:
        return f"Replay of {found.size} on {found.interface_key}"

    def page(self, found: ReplayPlan) -> str:
        return reverse("replay", args=[found.id])

    def policy(self, found: ReplayPlan) -> Policy:
        return POLICY

    def check_sign(self, found: ReplayPlan, meaning: str, by: Any) -> None:
        check_still_may_approve(by, found.interface_key)
        if found.state != ReplayState.PLANNED:
            raise Refused(
                f"This plan is {found.get_state_display().lower()} already.",
                field="state",
                value=found.state,
                rule=ReplayState.PLANNED,
            )

    def check_withdraw(self, found: ReplayPlan, by: Any) -> None:
        raise Refused("The plan runs since it was signed; stop it instead.", field="state", value=found.state)

    def hands(self, found: ReplayPlan) -> set[str]:
        return {found.planned_by["id"]}

    def shown(self, found: ReplayPlan, by: Any) -> Shown:
        release = [("Release", f"{found.release.number}, in force when it was planned")] if found.release else []
        return Shown(
            facts=[
                ("Interface", found.interface_key),
                ("How", ReplayMode(found.mode).label),
                ("Items", f"{found.size:,}"),
                ("Planned by", found.planned_by["name"]),
                ("Their reason", found.reason),
                *release,
                ("Digest of the frozen list", found.digest),
            ],
            warnings=["Signing runs the plan now."],
        )

    def signed(self, found: ReplayPlan, signature: Any, *, is_complete: bool) -> None:
        replay.approve_signed(found)
