"""``manage.py reference``: writes the reference pages that are made from code, so that they cannot lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub import reference

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"


class Command(BaseCommand):
    help = "Writes docs/reference from settings, state tables, connectors, kinds and audit events."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail where a page is not current.")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = [name for name, page in reference.pages().items() if self._differs(name, page)]
        if options["check"] and stale:
            raise CommandError(f"Not current: {', '.join(stale)}. Run manage.py reference.")
        for name in stale:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_text(reference.pages()[name], encoding="utf-8")
        self.stdout.write(f"{len(stale)} pages written." if stale else "All pages are current.")

    def _differs(self, name: str, page: str) -> bool:
        path = FOLDER / name
        return not path.exists() or path.read_text(encoding="utf-8") != page
