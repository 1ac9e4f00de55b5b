"""What the sealer says of a line beside its hash: whether the application wrote the row, and its history's evidence."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps

from governance.guard.mac import is_attested
from governance.ledger.leaf import NO, NOT_APPLICABLE, YES, evidence_digest
from governance.models.governed import GovernedModel

SIGNS = {"insert": "+", "update": "~", "delete": "-"}
WITHHELD = {"governance_refusal": ("sentence", "value")}  # what was refused may be the value of a payload

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """A line and what the leaf says of it (governance/ledger/leaf.py)."""

    line: Line
    attested: str = NOT_APPLICABLE
    evidence: str = ""
    withheld: str = ""


def judge(lines: Sequence[Line]) -> list[Judged]:
    """In the same order. One query a governed table."""
    found = _history_of(lines)
    return [_judged(line, found) for line in lines]


@cache
def history_models() -> dict[str, Any]:
    """Table → the model of its history, for each governed table."""
    governed = [model for model in apps.get_models() if issubclass(model, GovernedModel)]
    return {model._meta.db_table: model.history.model for model in governed}  # type: ignore[attr-defined]


def _judged(line: Line, found: Mapping[tuple, list[Any]]) -> Judged:
    hidden = WITHHELD.get(line["table_name"], ())
    withheld = f"{secrets.token_hex(16)}:{','.join(hidden)}" if hidden else ""
    if not _has_history(line):
        return Judged(line, withheld=withheld)
    rows = found.get(_key(line), [])
    if len(rows) != 1:
        return Judged(line, NO)
    return Judged(line, YES if is_attested(rows[0]) else NO, evidence_digest(rows[0]))


def _history_of(lines: Sequence[Line]) -> dict[tuple, list[Any]]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for line in lines:
        if _has_history(line) and (row_id := _id_of(line)):
            wanted[line["table_name"]].add(row_id)
    models, found = history_models(), defaultdict(list)
    for table, ids in wanted.items():
        for row in models[table].objects.filter(id__in=ids):
            found[table, row.id, row.row_version, row.history_type].append(row)
    return found


def _has_history(line: Line) -> bool:
    return line["kind"] == "row" and line["operation"] in SIGNS and line["table_name"] in history_models()


def _key(line: Line) -> tuple:
    return line["table_name"], _id_of(line), line["row_version"], SIGNS[line["operation"]]


def _id_of(line: Line) -> UUID | None:
    """None for what is no id of a row: somebody wrote that line by hand, and it stops nobody's sealing."""
    try:
        return UUID(line["row_key"])
    except ValueError:
        return None
