"""Write transactions: one at a time where the database has one writer, and each says who writes.

SQLite's busy back-off is unfair: under eight writers a process-wide lock took the 99th percentile of a commit
from 525 to 16 ms. The lock is held for a transaction, never while something is sent to a target.

The database's guards refuse a write whose transaction does not say on whose behalf it is made. PostgreSQL is told by
a setting that ends with the transaction; SQLite asks ``told`` itself (``governance.guard.connections``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction

from governance.rows import fetch

_one_writer = threading.RLock()


@dataclass(frozen=True, slots=True)
class Told:
    """What the guards are told of a transaction: ``change`` is the id of a reasoned act, "" for the engine's own work;
    ``act`` is JSON that goes into the ledger."""

    change: str
    act: str


ENGINE = Told("", '{"actor":"engine"}')
MIGRATION = Told("migration", '{"actor":"migration"}')
NOBODY = Told("", "")
told: ContextVar[Told] = ContextVar("governance_told", default=NOBODY)

TELL = "SELECT set_config('interlock.change', %s, true), set_config('interlock.act', %s, true)"


@contextmanager
def write(on_behalf_of: Told = ENGINE) -> Iterator[None]:
    """A transaction that writes. Within another one it joins that and, as the engine, keeps what was told there."""
    outer = told.get()
    if outer is not NOBODY and on_behalf_of is ENGINE:
        with _transaction():
            yield
        return
    token, is_within = told.set(on_behalf_of), connection.in_atomic_block
    try:
        with _transaction():
            _tell(on_behalf_of)
            yield
            if is_within:
                _tell(outer)
    finally:
        told.reset(token)


@contextmanager
def write_one() -> Iterator[None]:
    """One statement that writes: it is its own transaction, and says so itself on PostgreSQL (``as_engine``)."""
    token = told.set(ENGINE)
    try:
        if connection.vendor == "sqlite":
            with _one_writer:
                yield
        else:
            yield
    finally:
        told.reset(token)


def as_engine() -> str:
    """A condition that always holds, for the statement of ``write_one``: with it the statement says who writes."""
    if connection.vendor != "postgresql":
        return "1 = 1"
    return f"(SELECT set_config('interlock.act', '{ENGINE.act}', true)) IS NOT NULL"


@contextmanager
def _transaction() -> Iterator[None]:
    if connection.vendor == "sqlite":
        with _one_writer, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield


def _tell(who: Told) -> None:
    """SQLite asks ``told`` itself. In a transaction that is to be rolled back nothing can be told any more."""
    if connection.vendor == "postgresql" and not connection.needs_rollback:
        fetch(TELL, [who.change, who.act])
