"""The dictionary as YAML: out, and in again as one change that shows its difference first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from dictionary.kinds import KINDS
from governance.changes import Operation, propose
from governance.changes.effective import revision_of
from governance.changes.kinds import get
from governance.changes.proposing import companions
from governance.errors import Refused
from governance.models import ChangeRequest, EffectiveRevision, Person
from governance.permissions import check_may_propose

NAMES = tuple(kind.name for kind in KINDS)


def export() -> str:
    """Everything in force, by kind and key; importing it again changes nothing."""
    found: dict[str, list[Any]] = {}
    for row in EffectiveRevision.objects.select_related("revision").filter(kind__in=NAMES).order_by("kind", "key"):
        if row.revision.content is not None:
            found.setdefault(row.kind, []).append(row.revision.content)
    ordered = {name: found[name] for name in NAMES if name in found}
    return yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=110)


def read(texts: Iterable[str]) -> list[Operation]:
    """Operations from YAML documents of the shape {kind: [content]}. Raises Refused naming what is wrong."""
    operations: list[Operation] = []
    for text in texts:
        operations += _operations(_parsed(text))
    return operations


def difference(operations: Iterable[Operation]) -> list[str]:
    """What an import would change, a line a field; empty where nothing would."""
    lines: list[str] = []
    for item in operations:
        base = revision_of(item.kind, item.key)
        if base is None or base.content is None:
            lines.append(f"+ {item.kind} {item.key}")
        elif base.content != item.content:
            changes = get(item.kind).compare(base.content, item.content)
            lines += [
                f"~ {item.kind} {item.key}: {line['field']}: {line['old']!r} → {line['new']!r}" for line in changes
            ]
    return lines


def import_(operations: list[Operation], *, by: Person, reason: str) -> ChangeRequest:
    """All that differs, in one change, by a person who may propose each part of it. Raises NotAllowed."""
    for one in operations:
        base = revision_of(one.kind, one.key)
        if base is None or base.content != one.content:
            check_may_propose(by, one.kind, one.key, one.content)
    whole = companions.bring(operations)  # documents that these words are part of
    return propose(operations=whole, title="Dictionary import", by=by, reason=reason, source="import")


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused(f"This is not YAML: {error}", field="file", rule="YAML 1.1") from None
    if not isinstance(found, dict):
        raise Refused("The file must be a mapping of kinds to lists.", field="file", rule="{kind: [content]}")
    return found


def _operations(document: dict[str, Any]) -> list[Operation]:
    operations = []
    for kind, contents in document.items():
        if kind not in NAMES:
            raise Refused(
                f"{kind!r} is no kind of the dictionary; there are: {', '.join(NAMES)}.",
                field="kind",
                value=kind,
            )
        for content in contents or []:
            if not isinstance(content, dict) or not isinstance(content.get("key"), str):
                raise Refused(f"An entry of {kind!r} has no key.", field="key", rule="required")
            operations.append(Operation(kind, content["key"], content))
    return operations
