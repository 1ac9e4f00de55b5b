"""What must hold before a change is accepted: each check raises the sentence that the author reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from governance.changes import kinds, rules
from governance.changes.effective import WithOperations, referring_to
from governance.changes.operation import CURRENT, Operation
from governance.errors import BaseMoved, ContentRefused, Refused
from governance.models import Revision
from governance.signing.statement import plain
from governance.text import check_text, problems_within

LEAST_TITLE, LONGEST_TITLE = 5, 200  # characters


def check_title(title: str) -> None:
    """It says what is changed, in a list and in what is signed."""
    check_text(title, "title")
    if not LEAST_TITLE <= len(title.strip()) <= LONGEST_TITLE or sum(one.isalnum() for one in title) < LEAST_TITLE - 1:
        raise Refused(
            f"The title has {len(title)} characters; it needs {LEAST_TITLE} to {LONGEST_TITLE} that say what is "
            "changed.",
            field="title",
            value=title[:60],
            rule=f"{LEAST_TITLE} to {LONGEST_TITLE} characters",
        )


def check_no_repeats(operations: Sequence[Operation]) -> None:
    """One operation an object."""
    seen = set()
    for item in operations:
        if (item.kind, item.key) in seen:
            raise Refused(
                f"The {kinds.noun(item.kind)} {item.key!r} stands twice in this change.", field="key", value=item.key
            )
        seen.add((item.kind, item.key))


def check_bases(
    operations: Sequence[Operation], bases: Mapping[tuple[str, str], Revision | None], number: str = ""
) -> None:
    """Nobody else released the object since the author read it.

    ``number`` of a change request that was drafted before: the sentence is then for others than its author, too.
    """
    whose, way = ("your change", "Load it again and repeat your change.")
    if number:
        whose, way = (number, "It has to be made anew from that.")
    for item in operations:
        base = bases[item.kind, item.key]
        version = base.version if base else ""
        if item.base not in (CURRENT, version):
            raise BaseMoved(
                f"The {kinds.noun(item.kind)} {item.key!r} is in force as {version or 'nothing yet'}, and {whose} was "
                f"made from {item.base or 'nothing'}. {way}",
                field="base",
                value=item.base,
                rule=f"base is {version}",
            )


def check_something_changes(wanted: Sequence[Operation]) -> None:
    if not wanted:
        raise Refused("Nothing would change: all of this is in force already.", rule="a change changes something")


def check_contents(wanted: Sequence[Operation]) -> None:
    """Each content keeps the rules of its kind, and everything it refers to is in force or in this change."""
    problems = [f"{item.kind} {item.key}: {text}" for item in wanted for text in _own_problems(item)]
    if not problems:
        after = WithOperations({(item.kind, item.key): item.content for item in wanted})
        problems = [f"{item.kind} {item.key}: {text}" for item in wanted for text in _shared_problems(item, after)]
    if not problems:
        problems = [f"{one.kind} {one.key}: {one.sentence}" for one in rules.broken(wanted)]
    if problems:
        raise ContentRefused("This change cannot be accepted:", problems)


def _own_problems(item: Operation) -> list[str]:
    kind = kinds.get(item.kind)
    if item.content is None:
        return []
    if item.content.get("key") != item.key:
        return [f"The field 'key' is {item.content.get('key')!r}; it must be {item.key!r}, as in the operation."]
    if unreadable := list(problems_within(item.content)):
        return unreadable
    try:
        plain(item.content)
    except ValueError as error:
        return [str(error)]
    return kind.validate(item.content)


def _shared_problems(item: Operation, after: WithOperations) -> list[str]:
    kind = kinds.get(item.kind)
    if item.content is None:
        return _still_needed(item, after)
    missing = [
        unknown(name, key) for name, key in sorted(kind.references(item.content)) if after.content(name, key) is None
    ]
    return missing or kind.validate_within(item.content, after)


def _still_needed(item: Operation, after: WithOperations) -> list[str]:
    users = referring_to((item.kind, item.key))
    needing = [user for user in users if _refers_after(user, item, after)]
    return [needed_by(user.kind, user.key) for user in needing]


def needed_by(kind: str, key: str) -> str:
    """Why something cannot be retired; doors leave out the names that their user may not know of."""
    return f"It cannot be retired: the {kinds.noun(kind)} {key!r} refers to it."


NEEDED_BY_SOMETHING = "It cannot be retired: something that you may not see refers to it."


def unknown(kind: str, key: str) -> str:
    """A reference that leads nowhere, or to what the author may not know of."""
    return f"It refers to the {kinds.noun(kind)} {key!r}, which does not exist."


def _refers_after(user: Revision, item: Operation, after: WithOperations) -> bool:
    content = after.content(user.kind, user.key)
    return content is not None and (item.kind, item.key) in kinds.get(user.kind).references(content)
