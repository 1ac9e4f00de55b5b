"""``python deploy/backup/restore.py BACKUP [--check]``: restore into an empty database, and prove that all is there.

Compared are the files, each table's rows and digest, and the ledger's newest entry; opened are every data key, every
secret and the newest payloads. The exit status is 0 only where all of it holds.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import manifest
import opening
from surroundings import Stopped, database, engine, run, set_up

EPOCH = (
    "Before the hub is started, where the sealer's key is: manage.py audit epoch --reason 'Restored from …'. "
    "It seals what is left and says in the log that it goes on in another database."
)


def main() -> int:
    arguments = _arguments()
    set_up()
    folder = Path(arguments.backup)
    try:
        wanted = manifest.read(folder)
    except manifest.Damaged as damaged:
        raise Stopped(f"DAMAGED: {damaged}") from None
    print(f"Files as written at {wanted.taken_at} by build {wanted.build}: {len(wanted.tables)} tables.")
    if arguments.check:
        return 0
    return _report(_restored(folder, wanted, arguments.payloads))


def _restored(folder: Path, wanted: manifest.Manifest, payloads: int) -> list[str]:
    """Put it back; what is wrong with it, a sentence each."""
    kind, place = engine(), database()
    if kind.__name__ != wanted.vendor:
        raise Stopped(f"The backup is of {wanted.vendor}, the database is {kind.__name__}.")
    if not kind.is_empty(place):
        raise Stopped("The database is not empty. Restore into a new one, and keep what is there.")
    kind.bring_back(place, folder / wanted.file)
    with kind.connected(place) as connection:
        wrong = manifest.differences(wanted.tables, kind.tables(connection))
    opening.grant()
    wrong += _ledger(wanted) + opening.unreadable(payloads)
    if sentence := opening.misfit():
        print(f"Note: {sentence}")
    return wrong


def _ledger(wanted: manifest.Manifest) -> list[str]:
    """Whether the ledger, and the log over it, end where they ended. A backup of an earlier build knew no log."""
    from django.db.models import Max

    from governance.models import LedgerEntry, SealedLeaf

    last = LedgerEntry.objects.aggregate(number=Max("number"))["number"]
    leaf = SealedLeaf.objects.order_by("-position").first()
    found = {
        "number": str(last or ""),
        "position": str(leaf.position) if leaf else "",
        "hash": leaf.hash if leaf else "",
    }
    known = {name: value for name, value in wanted.ledger.items() if name in found}
    is_same = all(found[name] == value for name, value in known.items())
    return [] if is_same else ["The ledger does not end where it ended in the backup."]


def _report(wrong: list[str]) -> int:
    for sentence in wrong:
        print(f"DAMAGED: {sentence}")
    if not wrong:
        print("Restored: every row of every table is that of the backup, and its keys open it.")
        print(EPOCH)
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backup", help="the folder of one backup")
    parser.add_argument("--check", action="store_true", help="look at the files only; no database is touched")
    parser.add_argument("--payloads", type=int, default=1000, help="how many of the newest payloads are opened")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(run(main))
