"""Which tables the database guards, and how: read from the models, and from what higher floors register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from governance.models.governed import AppendOnlyModel, GovernedModel
from governance.models.ledger_entry import LedgerEntry


@dataclass(frozen=True, slots=True)
class Parent:
    """The row that a row belongs to by ``key``; ``is_open`` is a condition on it, named ``p``."""

    key: str
    table: str
    is_open: str

    def holds(self, side: str) -> str:
        """A condition on a row, OLD or NEW."""
        return f"EXISTS (SELECT 1 FROM {self.table} p WHERE p.id = {side}.{self.key} AND {self.is_open})"


@dataclass(frozen=True, slots=True)
class Guarded:
    """One table. ``hidden`` columns never reach the ledger; ``history`` is the table of its history rows, if any.

    ``needs_change``: only inside ``with change(…)``; otherwise the engine's ``write()`` will do, unless only migrations
    may (``by_migration``). ``is_in_ledger``: old and new of each row are written there. ``moves``: of a status column,
    which value may follow which, and ``begins`` which comes first. ``parent``: rows are written only while that row
    ``p`` of theirs is open.
    """

    table: str
    key: str
    columns: tuple[str, ...]
    binary: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    history: str = ""
    needs_change: bool = False
    is_versioned: bool = False
    by_migration: bool = False
    is_in_ledger: bool = False
    is_append_only: bool = False
    clock: str = ""  # the column that says when a row was written: never the caller's affair
    status: str = ""
    moves: tuple[tuple[str, str], ...] = ()
    begins: str = ""
    parent: Parent | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """The columns that go into the ledger."""
        return tuple(column for column in self.columns if column not in self.hidden)


_registered: dict[type[models.Model], dict[str, Any]] = {}


def guard(model: type[models.Model], **how: Any) -> None:
    """Add a table that is no governed model: ``how`` are fields of ``Guarded``."""
    _registered[model] = how


def guard_moves(
    model: type[models.Model], field: str, following: Mapping[Any, Sequence[Any]], *, begins: str = ""
) -> None:
    """The database lets this status move only as the transition table says, and begin only there."""
    column: Any = model._meta.get_field(field)
    moves = tuple(sorted((str(old), str(new)) for old, after in following.items() for new in after))
    _registered.setdefault(model, {}).update(status=column.column, moves=moves, begins=begins)


def guard_children(model: type[models.Model], parent: Parent) -> None:
    """The database lets rows come, change and go only while their parent is open."""
    _registered.setdefault(model, {}).update(parent=parent)


def each() -> list[Guarded]:
    """All guarded tables, in order of their names."""
    found = [_guarded(model) for model in {*apps.get_models(), *_registered} if _is_guarded(model)]
    return sorted(found, key=lambda one: one.table)


def _is_guarded(model: type[models.Model]) -> bool:
    return model in _registered or model is LedgerEntry or issubclass(model, GovernedModel | AppendOnlyModel)


def _guarded(model: type[models.Model]) -> Guarded:
    how: dict[str, Any] = {}
    if issubclass(model, GovernedModel):
        how = {"needs_change": True, "is_versioned": True, "is_in_ledger": True, "history": _history(model)}
    elif issubclass(model, AppendOnlyModel):
        how = {"is_append_only": True, "is_in_ledger": True, "clock": _clock(model)}
    elif model is LedgerEntry:
        how = {"is_append_only": True, "clock": "recorded_at"}
    fields = model._meta.concrete_fields
    return Guarded(
        table=model._meta.db_table,
        key=str(model._meta.pk.column),
        columns=_columns(fields),
        binary=_columns(field for field in fields if isinstance(field, models.BinaryField)),
        hidden=tuple(getattr(model, "NOT_IN_HISTORY", ())),
        **{**how, **_registered.get(model, {})},
    )


def _columns(fields: Iterable[Any]) -> tuple[str, ...]:
    return tuple(field.column for field in fields)


def _history(model: Any) -> str:
    return model.history.model._meta.db_table


def _clock(model: type[models.Model]) -> str:
    return "recorded_at" if any(field.name == "recorded_at" for field in model._meta.concrete_fields) else ""
