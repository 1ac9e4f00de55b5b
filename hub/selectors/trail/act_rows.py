"""What an act did to governed rows: each row before and after, from history that carries the act's id."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps

from governance.models import AuditEvent, GovernedModel
from governance.selectors import proof
from governance.selectors.proof import Proof
from hub.models import Interface
from hub.selectors.trail.audit import FOR_WHO_SEES_ALL

AROUND = timedelta(hours=1)  # an act and its rows commit together; history is indexed by time
MOST = 30  # rows of one act that are shown

# Rows that may quote values of records, or hold what opens a door.
NOT_SHOWN = ("replayitem", "secret", "servicetoken", "datakey")
SECRET_WORDS = ("password", "secret", "token", "hash", "wrapped", "mac")
NOT_TOLD = {"row_version"}
SIGNS = {"+": "made", "~": "changed", "-": "removed"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it was and what it became, as text; "—" where there was nothing."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Touched:
    """One row that the act touched; ``done`` is made, changed or removed."""

    kind: str
    name: str
    done: str
    fields: tuple[Field, ...]
    proof: Proof


def touched(event: AuditEvent, *, may_see_all: bool) -> list[Touched]:
    """The rows of the event's act, at most 30 of them.

    One act may touch what is not for this reader: without the right to the whole trail only the event's own subject
    and what belongs to its interface is told, and no field that names whatever a change reaches.
    """
    if event.change_id is None:
        return []
    found: list[Touched] = []
    for model in _governed():
        rows = _rows(model, event.change_id, event.recorded_at)
        told = [row for row in rows if may_see_all or _is_about(row, event)]
        shown = told[: MOST - len(found)]
        proofs = proof.of_history(model, shown) if shown else {}
        untold = NOT_TOLD if may_see_all else {*NOT_TOLD, *FOR_WHO_SEES_ALL}
        found += [_touched(model, row, untold, proofs[row.history_id]) for row in shown]
    return found


def _is_about(row: Any, event: AuditEvent) -> bool:
    if event.subject_id in (_name(row), str(row.id)):
        return True
    if not event.interface_key:
        return False
    if getattr(row, "interface_key", None) == event.interface_key:
        return True
    interface_id = getattr(row, "interface_id", None)
    if interface_id is None:
        return False
    return Interface.objects.filter(id=interface_id, key=event.interface_key).exists()


def _governed() -> Iterator[type[GovernedModel]]:
    for model in apps.get_models():
        if issubclass(model, GovernedModel) and model._meta.model_name not in NOT_SHOWN:
            yield model


def _rows(model: type[GovernedModel], act_id: UUID, at: datetime) -> list[Any]:
    near = (at - AROUND, at + AROUND)
    return list(model.history.filter(act_id=act_id, history_date__range=near).order_by("history_date", "history_id"))


def _touched(model: type[GovernedModel], row: Any, untold: Collection[str], proven: Proof) -> Touched:
    earlier = model.history.filter(id=row.id, row_version__lt=row.row_version).order_by("-row_version").first()
    gone = row.history_type == "-"
    old, new = (row, None) if gone else (earlier, row)
    names = [one.attname for one in model.history.model.tracked_fields if one.attname not in untold]
    fields = tuple(one for name in names if (one := _field(name, old, new)).old != one.new)
    return Touched(str(model._meta.verbose_name), _name(row), SIGNS.get(row.history_type, "changed"), fields, proven)


def _name(row: Any) -> str:
    return str(next((getattr(row, one) for one in ("key", "number", "username") if hasattr(row, one)), row.id))


def _field(name: str, old: Any, new: Any) -> Field:
    if any(word in name for word in SECRET_WORDS):
        return Field(name, "not shown", "not shown, or changed")
    return Field(name, _text(old, name), _text(new, name))


def _text(row: Any, name: str) -> str:
    value = getattr(row, name, None) if row is not None else None
    if isinstance(value, dict) and "authenticated_by" in value:
        return str(value["name"])  # an actor
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return "—" if value is None or value == "" else str(value)
