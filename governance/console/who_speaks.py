"""Who may say what a change means for an object that it reaches: the sentences at the closed buttons."""

from __future__ import annotations

from typing import Any

from governance.changes.impact import Object
from governance.changes.requests import check_person
from governance.changes.visibility import wholly_visible
from governance.changes.weighing import owners
from governance.errors import NotAllowed, Refused
from governance.models import ChangeRequest


def why_nowhere(request: ChangeRequest, user: Any) -> str:
    """Why this person speaks for none of the objects; "" where each is judged by itself."""
    try:
        check_person(user, "say this")
        _check_sees_all(request, user)
        owners.check_hands(request, user)
    except Refused as refused:
        return refused.sentence
    return ""


def why_not_for(one: Object, user: Any) -> str:
    """Why this person does not speak for this object; "" where they may."""
    try:
        owners.check_owner(user, one)
    except Refused as refused:
        return refused.sentence
    return ""


def _check_sees_all(request: ChangeRequest, user: Any) -> None:
    if not wholly_visible(user).filter(pk=request.pk).exists():
        raise NotAllowed("Only who may see all that it changes says what it means.", rule="all of it visible")
