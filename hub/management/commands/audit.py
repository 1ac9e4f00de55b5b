"""``manage.py audit``: exports the audit trail for an inspector; begins an epoch after a restore."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actors import Actor
from governance.errors import Refused
from governance.ledger.epoch import begin_epoch
from governance.ledger.export.bundle import export
from governance.ledger.seal import seal
from hub.database.ownership import as_owner

BY = Actor("system", "command-line", "Command line", authenticated_by="command line")
BAR = 30  # characters


class Command(BaseCommand):
    help = "Exports the sealed log with its rows (export), or begins a new epoch after a restore (epoch)."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        bundle = acts.add_parser("export", help="a folder that verify.py verifies offline")
        bundle.add_argument("folder", type=Path)
        bundle.add_argument(
            "--since", type=_time, help="from the last checkpoint before this time, as 2026-11-01 (UTC)"
        )
        epoch = acts.add_parser("epoch", help="after a restore: seal what is left, and say so in the log")
        epoch.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["act"] == "epoch":
                self._begin_epoch(options["reason"])
            else:
                self._export(options["folder"], options["since"])
        except Refused as refused:
            raise CommandError(refused.sentence) from None

    def _export(self, folder: Path, since: datetime | None) -> None:
        with suppress(Refused):  # what cannot be sealed is exported all the same: the verifier says it
            seal()
        last = export(folder, since=since, progress=self._progress)
        self.stdout.write(f"Exported to {folder}: {last.size} entries, root {last.root}.")
        self.stdout.write(f"Verify: python3 verify.py {folder} --key PUBLIC_KEY [--held CHECKPOINT]")

    def _begin_epoch(self, reason: str) -> None:
        with as_owner():
            made = begin_epoch(by=BY, reason=reason)
        self.stdout.write(f"Epoch {made.epoch} began; the log has {made.size} entries.")

    def _progress(self, what: str, done: int, total: int) -> None:
        """One line that moves, on a terminal only."""
        if not sys.stderr.isatty():
            return
        full = BAR * done // total if total else 0
        bar = f"[{'#' * full}{'.' * (BAR - full)}] " if total else ""
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{bar}{what}: {done}{f' of {total}' if total else ''}{end}")
        sys.stderr.flush()


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
