"""``manage.py fsck``: the sealed log and the tables beside it, verified where they stand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from governance.ledger.export.fsck import check
from governance.ledger.verify import Broken, Unable, read_note, shown


class Command(BaseCommand):
    help = (
        "Verifies the ledger, its seals and the rows beside it. Exit status: 0 holds, 1 something was found, 2 unable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--held", type=Path, help="file of a checkpoint that was kept elsewhere")
        parser.add_argument("--every-signature", action="store_true", help="not only the last one of each key")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            held = read_note(options["held"].read_text(encoding="ascii")) if options["held"] else None
            report = check(held, options["every_signature"])
        except (Unable, Broken, OSError, UnicodeDecodeError) as error:
            self.stdout.write(f"COULD NOT VERIFY: {error}")
            sys.exit(2)
        self.stdout.write(shown(report))
        if report.findings:
            sys.exit(1)
