"""A sealed audit trail for tests: governed writes, a sealer with its own key, exports, and hands that reach past."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.guard.found import take_stock
from governance.guard.transactions import Told, write
from governance.ledger import verify
from governance.ledger.export.bundle import export
from governance.ledger.keys import make_key
from governance.ledger.seal import seal
from governance.ledger.unsealed import without_leaf
from governance.models import Person
from hub.database.ownership import as_owner

PATIENCE = 60.0  # seconds
REASON = "The audit trail of a test"
THIEF = Told("01a20000-0000-7000-8000-000000000000", '{"actor":"olga"}')


class Trail:
    """``folder`` is an empty one of the test's own."""

    def __init__(self, folder: Path, settings: Any) -> None:
        self.folder, self.count = folder, 0
        settings.HUB_SEAL_KEY_FILE = str(folder / "seal_key")
        self.key = make_key(folder / "seal_key")
        self.keys = verify.read_keys(self.key.public)
        if connection.vendor == "sqlite":
            with write():  # what the tests' own emptying of tables put back while the guards were lifted
                take_stock(connection)

    def write(self, key: str, **values: Any) -> Person:
        """A governed row in a transaction of its own: made, or changed where it is there."""
        with change(by=DEMONSTRATION, reason=REASON):
            row = Person.objects.filter(username=key).first() or new_person(key)
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
        return row

    def remove(self, key: str) -> None:
        with change(by=DEMONSTRATION, reason=REASON):
            Person.objects.get(username=key).delete()

    def history(self) -> Trail:
        """Three rows; one is changed, one removed; sealed in two checkpoints."""
        for key in ("lims", "qms", "erp"):
            self.write(key)
        seal_all()
        self.write("lims", full_name="Laboratory")
        self.remove("erp")
        seal_all()
        return self

    def bundle(self, **options: Any) -> Path:
        self.count += 1
        folder = self.folder / f"bundle-{self.count}"
        export(folder, **options)
        return folder

    def verify(self, folder: Path | None = None, held: str = "") -> verify.Report:
        kept = verify.read_note(held) if held else None
        return verify.verify_bundle(folder or self.bundle(), self.keys, kept)

    def found(self, folder: Path | None = None, held: str = "") -> str:
        return "\n".join(self.verify(folder, held).findings)

    def last(self) -> str:
        """The newest checkpoint, as an inspector would keep it."""
        from governance.ledger.head import newest

        checkpoint = newest()
        assert checkpoint
        return checkpoint.note


def seal_all() -> None:
    """Until nothing is left: an open transaction in any database of the cluster holds the sealer up."""
    until, pause = time.monotonic() + PATIENCE, threading.Event()
    seal()
    while without_leaf().exists():
        assert time.monotonic() < until, "A transaction elsewhere on this server is open for too long."
        pause.wait(0.05)
        seal()


def new_person(key: str) -> Person:
    return Person(username=key, full_name=key, password="!")


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def past_the_guards(*tables: str) -> Iterator[None]:
    """As who owns the database: its triggers are off while rows are written, and on again afterwards."""
    with as_owner():
        triggers = [one for table in tables for one in _triggers(table)]
        for off, _ in triggers:
            run(off)
        try:
            yield
        finally:
            for _, on in triggers:
                run(on)


def _triggers(table: str) -> list[tuple[str, str]]:
    """Statements that take each trigger away, and bring it back just as it was."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY 1", [table]
            )
            names = [row[0] for row in cursor.fetchall()]
            head = f"ALTER TABLE {table}"
            return [(f"{head} DISABLE TRIGGER {name}", f"{head} ENABLE ALWAYS TRIGGER {name}") for name in names]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        return [(f'DROP TRIGGER "{name}"', sql) for name, sql in cursor.fetchall()]


def forge(row: Person, name: str) -> None:
    """With the application's own database password: a change context, a row and an equal history row, and no code."""
    history = Person.history.model.objects.filter(id=row.pk).latest("row_version")  # type: ignore[attr-defined]
    table = Person._meta.db_table
    with write(THIEF):
        run(f"UPDATE {table} SET full_name = %s, row_version = row_version + 1 WHERE username = %s", name, row.username)
        history.pk, history.full_name, history.row_version, history.history_type = None, name, row.row_version + 1, "~"
        history.history_id = Person.history.model._meta.pk.get_default()  # type: ignore[attr-defined]
        history.history_date = history.act_recorded_at = Now()  # the guards take no other clock
        history.save(force_insert=True)


def leaf(folder: Path, index: int) -> dict[str, Any]:
    return json.loads((folder / verify.LEAVES).read_bytes().splitlines()[index])


def resealed(folder: Path) -> Path:
    """Make the sums of a bundle fit again, as who edits it would."""
    (folder / verify.SUMS).write_text(verify.sums_of(folder))
    return folder
