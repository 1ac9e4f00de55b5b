"""Acts and subjects of the trail in plain words, and where a subject has its page."""

from __future__ import annotations

import re
from uuid import UUID

from django.urls import NoReverseMatch, reverse

KINDS = {
    "payload.viewed": "Content looked at",
    "payload.unmasked": "Protected values unmasked",
    "session.opened": "Signed in",
    "session.closed": "Signed out",
    "person.enrolled": "Person enrolled",
    "role.allowed": "Right given to a role",
    "grant.given": "Grant given to an account",
    "delivery.decision_proposed": "Decision proposed by a first person",
    "delivery.decided": "Doubt decided by two persons",
    "delivery.cancelled": "Delivery cancelled",
    "message.rejected": "Message rejected",
    "message.receive": "Message sent to the hub",
    "replay.planned": "Replay planned",
    "replay.approved": "Replay approved",
    "replay.executed": "Replay carried out",
    "revision.released": "Revision put in force",
    "revision.retired": "Revision retired",
    "list.exported": "List exported to a file",
    "view.saved": "View of a list saved",
    "view.forgotten": "View of a list forgotten",
}

PAGES = {
    "interface": "interface",
    "system": "system",
    "message": "message",
    "replay": "replay",
    "mapping": "mapping",
    "element": "element",
    "entity": "entity",
    "code_list": "code-list",
}
IDS = ("message", "replay")


def kind(name: str) -> str:
    """An act in words; of one without words of its own they are made from its name."""
    return KINDS.get(name) or re.sub(r"[._]+", " ", name).capitalize()


def subject(name: str) -> str:
    """What an act was about, in words."""
    return name.replace("_", " ").replace(" id", "")


def page_of(subject_kind: str, subject_id: str) -> str:
    """The address of the subject's page, which decides itself who may see it; "" where it has none."""
    if subject_kind not in PAGES or not subject_id:
        return ""
    try:
        key = UUID(subject_id) if subject_kind in IDS else subject_id
        return reverse(PAGES[subject_kind], args=[key])
    except (NoReverseMatch, ValueError):
        return ""
