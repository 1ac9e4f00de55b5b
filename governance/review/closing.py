"""A review closes its findings when its reviewer signs it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from governance import audit
from governance.errors import NotAllowed, NotFound
from governance.models import AuditReview
from governance.permissions import holds_everywhere
from governance.review import queue, rules
from governance.review.writing import check_may_review
from governance.signing.policy import Policy, Step
from governance.signing.subjects import Shown, Subject

MEANING = "closed"
POLICY = Policy(
    "review of the audit trail",
    "1",
    (Step(MEANING, label="Closure by the reviewer", right="governance.review_trail"),),
    vetoes=(),
)


class SignedReview(Subject):
    """Only the reviewer signs; whoever did one of the acts never may."""

    kind, label = queue.KIND, "Audit trail review"

    def find(self, subject_id: str, by: Any) -> AuditReview:
        found = self.recall(subject_id)
        if found is None or not holds_everywhere(by, "governance.view_auditevent"):
            raise NotFound(f"There is no review {subject_id}.", field="review", value=subject_id)
        return found

    def recall(self, subject_id: str) -> AuditReview | None:
        try:
            wanted = UUID(subject_id)
        except ValueError:
            return None
        return AuditReview.objects.filter(id=wanted).first()

    def content(self, found: AuditReview) -> dict[str, Any]:
        return {
            "since": found.since.isoformat(),
            "until": found.until.isoformat(),
            "events": found.events,
            "found": found.found,
            "items": found.items,
            "conclusion": found.conclusion,
            "reviewer": found.reviewer_id,
        }

    def version(self, found: AuditReview) -> str:
        return "1"

    def page(self, found: AuditReview) -> str:
        return reverse("review-one", args=[found.id])

    def policy(self, found: AuditReview) -> Policy:
        return POLICY

    def who_signs(self, found: AuditReview) -> str:
        return "By the reviewer who wrote it, who did none of what it closes."

    def check_sign(self, found: AuditReview, meaning: str, by: Any) -> None:
        check_may_review(by)
        if str(by.pk) != found.reviewer_id:
            raise NotAllowed("Only who wrote the review signs it.", field="by", value=str(by), rule="the reviewer")

    def hands(self, found: AuditReview) -> set[str]:
        return {item["actor_id"] for item in found.items if item["actor_id"]}

    def shown(self, found: AuditReview, by: Any) -> Shown:
        facts = [
            ("Period", f"{found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC"),
            ("Events of the period", f"{found.events:,}"),
            ("Findings closed", f"{len(found.items)} of {found.found}"),
            ("Conclusion", found.conclusion),
        ]
        facts += [(rules.label_of(item["rule"]), item["sentence"]) for item in found.items[:50]]
        return Shown(facts=facts)

    def signed(self, found: AuditReview, signature: Any, *, is_complete: bool) -> None:
        audit.record("review.closed", subject=(queue.KIND, str(found.id)), count=len(found.items))
