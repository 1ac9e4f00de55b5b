"""Signatures that stood for another person when they were made and, by what is known of accounts today, do not."""

from __future__ import annotations

from governance.changes import transitions
from governance.changes.deciding import standings
from governance.models import ChangeRequest
from governance.signing.standing import Standing

WORDS = {standings.PROPOSAL: "The approvals of {} count", standings.RELEASE: "The release signature of {} counts"}


def sentence(request: ChangeRequest, subject: str, now: Standing) -> str:
    """Whose signature keeps this subject from being complete today; "" where none does."""
    if now.is_complete or not now.uncounted:
        return ""
    return (
        f"{WORDS[subject].format(request.number)} no more: by what is known of accounts today, {names(now)} had a hand "
        "in it or signed it before, with another account. Assess it again, and other persons sign it."
    )


def names(now: Standing) -> str:
    return " and ".join(dict.fromkeys(one.person["name"] for one in now.uncounted))


def warnings(request: ChangeRequest) -> list[str]:
    """The sentences for the page of a change that waits for its release."""
    if request.submitted_at is None or request.state not in transitions.BEFORE_RELEASE:
        return []
    return [told for one in WORDS if (told := sentence(request, one, standings.standing(request, one)))]
