"""Acts and subjects of the trail in plain words, and where a subject has its page."""

from __future__ import annotations

import re
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from governance.changes.kinds import noun

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
    "change.proposed": "Change proposed",
    "change.submitted": "Change submitted",
    "change.edited": "Draft of a change edited",
    "change.dropped": "Object taken out of a draft",
    "change.emergency": "Emergency declared",
    "change.withdrawn": "Change withdrawn",
    "change.cancelled": "Change cancelled",
    "change.held": "Change put on hold",
    "change.resumed": "Change taken off hold",
    "change.dispositioned": "What a change means, said by an owner",
    "change.planned": "Change planned",
    "change.approved": "Change approved",
    "change.rejected": "Change rejected",
    "change.implemented": "Implementation of a change recorded",
    "change.ready": "Change made ready",
    "change.stopped": "Change stopped, approvals void",
    "change.ordered": "Release of a change signed",
    "change.released": "Change released",
    "change.verified": "Change verified",
    "change.closed": "Change closed",
    "change.rolled_back": "Change rolled back",
    "change.retrospect": "Change approved in retrospect",
    "impact.exported": "Impact exported to a file",
    "revision.released": "Revision put in force",
    "revision.retired": "Revision retired",
    "signature.made": "Signed",
    "signature.withdrawn": "Signature withdrawn",
    "signing.suspended": "Signing suspended",
    "signing.confirmed": "Signer confirmed by a second person",
    "signing.locked": "Signing locked after wrong passwords",
    "record.exported": "Signed record taken along",
    "record.imported": "Signed record of others imported",
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
    "change": "change",
    "icd": "icd",
}
IDS = ("message", "replay")


def kind(name: str) -> str:
    """An act in words; of one without words of its own they are made from its name."""
    return KINDS.get(name) or re.sub(r"[._]+", " ", name).capitalize()


def subject(name: str) -> str:
    """What an act was about, in words."""
    return noun(name).removesuffix(" id")


def page_of(subject_kind: str, subject_id: str) -> str:
    """The address of the subject's page, which decides itself who may see it; "" where it has none."""
    if subject_kind not in PAGES or not subject_id:
        return ""
    try:
        key = UUID(subject_id) if subject_kind in IDS else subject_id
        return reverse(PAGES[subject_kind], args=[key])
    except (NoReverseMatch, ValueError):
        return ""
