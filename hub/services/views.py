"""Keep and forget saved views."""

from __future__ import annotations

from typing import Any

from governance import audit
from governance.errors import NotFound, Refused
from governance.guard.context import change
from hub.models import SavedView

LONGEST_NAME = 80
MOST = 50  # views of one person on one list


def save(*, listing: str, name: str, query: str, role: str, by: Any) -> SavedView:
    """Keep a list's filters under a name; the same name again replaces it. ``role`` is one of the person's own."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused(
            f"A view needs a name of 1 to {LONGEST_NAME} characters; this one has {len(name)}.",
            field="name",
            value=name[:LONGEST_NAME],
            rule=f"1 to {LONGEST_NAME} characters",
        )
    group = by.groups.filter(name=role).first() if role else None
    if role and group is None:
        raise Refused(f"You do not have the role {role!r}.", field="role", value=role, rule="one of your roles")
    with change(by=by, reason=f"Saved the view “{name}” of the list {listing}.", source="console"):
        mine = SavedView.objects.filter(owner=by, listing=listing)
        if mine.exclude(name=name).count() >= MOST:
            raise Refused(f"You have {MOST} views of this list; forget one first.", field="name", rule=f"≤ {MOST}")
        made, _ = mine.update_or_create(owner=by, listing=listing, name=name, defaults={"query": query, "role": group})
        audit.record(
            "view.saved", subject=("view", str(made.id)), name=name, listing=listing, query=query, role=role or "nobody"
        )
    return made


def forget(*, view_id: Any, by: Any) -> SavedView:
    """Remove one's own view; somebody else's does not exist here. Returns what it was."""
    with change(by=by, reason="Forgot a saved view.", source="console"):
        found = SavedView.objects.filter(id=view_id, owner=by).first()
        if found is None:
            raise NotFound(f"There is no view {view_id}.", field="view", value=str(view_id))
        audit.record("view.forgotten", subject=("view", str(found.id)), name=found.name, listing=found.listing)
        SavedView.objects.filter(id=found.id).delete()
    return found


audit.describe(
    view__saved="{actor} saved the view “{name}” of the list {listing}, shared with {role}.",
    view__forgotten="{actor} forgot the view “{name}” of the list {listing}.",
)
