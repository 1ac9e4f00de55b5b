"""Persons with names, so that permission tests read as sentences."""

from __future__ import annotations

from types import SimpleNamespace

from governance.actors import DEMONSTRATION
from governance.services.persons import enrol

PASSWORD = "correct horse battery"
ROLES = {
    "olga": ("Olga Brandt", "operator"),
    "rick": ("Rick Sato", "reviewer"),
    "quinn": ("Quinn Mbeki", "quality approver"),
    "victor": ("Victor Lind", "auditor"),
}


def make_cast() -> SimpleNamespace:
    """Each is enrolled with one role."""
    persons = {
        username: enrol(
            username=username,
            full_name=full_name,
            password=PASSWORD,
            roles=[role],
            by=DEMONSTRATION,
            reason="The cast of a test",
        )
        for username, (full_name, role) in ROLES.items()
    }
    return SimpleNamespace(**persons)
