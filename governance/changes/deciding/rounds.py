"""One round of decisions on a change request: which submission it is, who rejected it, who released it in an emergency.

A rejection counts for its round whatever happens to the content or the policies afterwards, and is never taken back:
only a new submission begins anew.
"""

from __future__ import annotations

from django.db.models import QuerySet

from governance.models import ChangeRequest, Signature
from governance.models.change_request import ChangeState
from governance.signing.validity import genuine, genuine_withdrawal

VETO = "rejected"
PROPOSAL, RELEASE, CLOSING = "change", "change_release", "change_closing"


def version_of(request: ChangeRequest) -> str:
    """What was withdrawn and submitted again is signed again."""
    return str(request.assessment.get("submission", 1))


def rejection(request: ChangeRequest) -> Signature | None:
    """The signature that rejected this round."""
    found = genuine(_live(_signed(request, PROPOSAL).filter(meaning=VETO)))
    return found[0] if found else None


def releasers(request: ChangeRequest) -> set[str]:
    """Ids of the persons who released this round."""
    return {str(one.person_id) for one in _live(_signed(request, RELEASE))}


def holds(request: ChangeRequest) -> int:
    """How often it was put on hold: who signed its release before that signs again."""
    return request.history.filter(state=ChangeState.ON_HOLD).count()


def _signed(request: ChangeRequest, subject: str) -> QuerySet[Signature]:
    rows = Signature.objects.select_related("withdrawal").filter(subject_kind=subject, subject_id=request.number)
    return rows.filter(subject_version=version_of(request)).order_by("position")


def _live(rows: QuerySet[Signature]) -> list[Signature]:
    return [one for one in rows if genuine_withdrawal(one) is None]
