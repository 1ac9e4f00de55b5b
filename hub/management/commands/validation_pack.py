"""``manage.py validation_pack FOLDER``: requirements, trace matrix, results, clauses and signatures on paper."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actors import Actor
from governance.printing import PrintingUnavailable
from hub.validation import pack

BY = Actor(kind="system", id="command-line", name="Command line", authenticated_by="command line")


class Command(BaseCommand):
    help = "Writes the validation pack of this installation, as HTML and PDF/A."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="Where both files are written; it is made where it is not there.")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        started = time.monotonic()

        def say(text: str) -> None:
            self.stdout.write(f"{time.monotonic() - started:5.1f} s  {text}")
            self.stdout.flush()

        try:
            files = pack.write(folder, by=BY, say=say)
        except (PrintingUnavailable, OSError) as error:
            raise CommandError(str(error)) from None
        for one in files:
            say(f"{one} ({one.stat().st_size:,} bytes)")
