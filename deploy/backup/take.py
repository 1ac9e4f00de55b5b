"""``python deploy/backup/take.py FOLDER [--keep N]``: a consistent backup while the hub works, with its manifest.

The keys are not in it, on purpose. Without HUB_DATA_KEYS no payload and no secret can be read; without HUB_SECRET_KEY
a repeat of an old message cannot be told from a contradiction.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import manifest
from surroundings import Stopped, database, engine, run, set_up

NAMED = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")
LEDGER = "SELECT max(number) FROM governance_ledgerentry"
SEALED = "SELECT {} FROM governance_sealedleaf ORDER BY position DESC LIMIT 1"
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY id"
MASTERS = """
SELECT master_id FROM hub_datakey WHERE wrapped IS NOT NULL
UNION SELECT key_id FROM connectors_secret
UNION SELECT key_id FROM governance_secondfactor
"""


def main() -> int:
    arguments = _arguments()
    set_up()
    os.umask(0o077)
    folder = Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    taken = taken_into(folder, datetime.now(UTC))
    print(f"Backup: {taken}")
    for old in _outlived(folder, arguments.keep):
        shutil.rmtree(old)
        print(f"Removed, {arguments.keep} newer ones are kept: {old}")
    return 0


def taken_into(folder: Path, now: datetime) -> Path:
    """Make the backup beside its place and move it there once it is complete."""
    place = folder / f"{now:%Y-%m-%dT%H-%M-%SZ}"
    draft = folder / f".{place.name}.partial"
    if place.exists():
        raise Stopped(f"{place} is there already.")
    draft.mkdir()
    try:
        found = _take(draft, now)
        manifest.write(draft, found)
        draft.rename(place)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    rows = sum(table.rows for table in found.tables.values())
    print(f"{len(found.tables)} tables, {rows} rows, {(place / found.file).stat().st_size} bytes, build {found.build}.")
    print(f"To read it, HUB_DATA_KEYS must hold: {', '.join(found.master_keys) or 'no key'}.")
    print("Keep HUB_DATA_KEYS and HUB_SECRET_KEY apart from the backup: neither is in it, and both are needed.")
    return place


def _take(folder: Path, now: datetime) -> manifest.Manifest:
    from django.conf import settings

    from governance.fingerprint import fingerprint

    kind, place = engine(), database()
    with kind.frozen(place) as connection:
        saved = kind.save(place, connection, folder)
        if kind.__name__ == "sqlite":  # the copy is the moment; on PostgreSQL the connection is
            with kind.opened(saved) as copy:
                told = _told(kind, copy)
        else:
            told = _told(kind, connection)
    build, environment = fingerprint(), settings.HUB_ENVIRONMENT
    about = {"taken_at": now.isoformat(), "build": build, "environment": environment, "vendor": kind.__name__}
    return manifest.Manifest(**about, file=saved.name, **told)


def _told(kind: Any, connection: Any) -> dict[str, Any]:
    return {
        "migrations": [row[0] for row in connection.execute(MIGRATIONS).fetchall()],
        "ledger": {
            "number": str(kind.value(connection, LEDGER) or ""),
            **{name: str(kind.value(connection, SEALED.format(name)) or "") for name in ("position", "hash")},
        },
        "master_keys": sorted(row[0] for row in connection.execute(MASTERS).fetchall()),
        "tables": kind.tables(connection),
    }


def _outlived(folder: Path, keep: int) -> list[Path]:
    """Complete backups beyond the newest ``keep``; 0 keeps all. A folder of another name was put there by somebody."""
    complete = sorted(one.parent for one in folder.glob(f"*/{manifest.SUMS}") if NAMED.fullmatch(one.parent.name))
    return complete[:-keep] if keep else []


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of backups; give 0 or more.")
    return int(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where backups are kept; each gets a folder of its own, named by its time")
    parser.add_argument("--keep", type=_number, default=0, help="remove all but so many; 0, the default, removes none")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(run(main))
