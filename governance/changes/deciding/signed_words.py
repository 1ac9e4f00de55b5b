"""A change request in the words of the page that signs it: what is hashed there, to be read by a person."""

from __future__ import annotations

from collections.abc import Sequence

from governance.changes import kinds
from governance.changes.choosing import policy_words
from governance.changes.proposing.difference import in_words
from governance.models import ChangeOperation, ChangeRequest

Fact = tuple[str, str]

NAMED, LONGEST = 20, 200  # lines of the page, characters of one value; the difference below them shows the rest
NOTICED = {
    "high": "an error would stop the work at once",
    "medium": "tests or people would notice an error",
    "low": "an error could pass unnoticed, for a wrong value looks like a right one",
}
PATHS = {
    "at_once": "released at once, without signatures",
    "short": "short: approval, release",
    "standard": "standard: assessment, approval, release, verification",
    "full": "full: assessment, plan, approval, implementation, release, verification, effectiveness check",
    "emergency": "emergency: released by two persons, approved in retrospect",
    "rollback": "rollback: one release, signed by another person; what it restores was approved before",
}


def facts(request: ChangeRequest) -> list[Fact]:
    """Who asks for what, why, and how much hangs on it."""
    found = [
        ("Number", request.number),
        ("Title", request.title),
        ("Author", request.author["name"]),
        ("Reason", request.reason),
        ("Risk", f"{request.risk.capitalize()}. {how_risk_was_found(request)}" if request.risk else "not assessed"),
        ("Path", PATHS.get(request.path, request.path)),
        ("Policies", policy_words.listed(request)),
        ("Emergency", "yes: two persons release it, it is approved in retrospect" if request.is_emergency else ""),
        ("Rolls back", request.rolls_back.number if request.rolls_back else ""),
        ("Takes effect", f"{request.effective_at:%Y-%m-%d %H:%M} UTC" if request.effective_at else "at its release"),
        ("In force since", f"{request.released_at:%Y-%m-%d %H:%M} UTC" if request.released_at else ""),
    ]
    return [(name, text) for name, text in found if text]


def how_risk_was_found(request: ChangeRequest) -> str:
    """The three parts of the risk in a sentence; "" where nobody has assessed it."""
    if not request.risk:
        return ""
    found = request.assessment
    if found["change_kind"] == "editorial":
        return "The change is editorial: words alone alter no value, whatever they reach."
    return (
        f"{found['score']} of 48: the change is {found['change_kind']}, the highest criticality that it reaches is "
        f"{found['criticality']}, and {NOTICED[found['detectability']]}."
    )


def changes(operations: Sequence[ChangeOperation]) -> list[Fact]:
    """Each object, then the difference in meaning field by field; what is too long for that is said."""
    lines = [line for one in operations for line in _lines(one)]
    found = [("Changes", _object(one)) for one in operations] + lines[:NAMED]
    if (left := len(lines) - NAMED) > 0:
        found.append(("More", f"{left} more field{'s' if left > 1 else ''}: see the difference below"))
    return found


def plan(request: ChangeRequest) -> list[Fact]:
    """How it is rolled back, and how anybody will know that it worked; nothing where its path asks for no plan."""
    found = [
        ("How it is rolled back", request.rollback_plan),
        ("How anybody will know that it worked", request.success_criterion),
    ]
    return [(name, text) for name, text in found if text]


def _object(one: ChangeOperation) -> str:
    did = "retired" if one.content is None else one.change_kind
    return f"{kinds.noun(one.kind)} {one.key} ({did}, {f'from {one.base.version}' if one.base else 'new'})"


def _lines(one: ChangeOperation) -> list[Fact]:
    return [
        (f"{one.key}: {line['field']}", f"{_short(line['old'])} → {_short(line['new'])}") for line in one.difference
    ]


def _short(value: object) -> str:
    text = in_words(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
