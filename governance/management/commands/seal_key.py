"""``manage.py seal_key``: makes the sealer's key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.ledger.keys import make_key, public_file


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Makes the sealer's Ed25519 key (mode 600), and its public half beside it. A key that is there stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="", help="where; otherwise what HUB_SEAL_KEY_FILE names")
        parser.add_argument("--if-missing", action="store_true", help="a key that is there is no error")

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["file"] or settings.HUB_SEAL_KEY_FILE
        if not named:
            raise CommandError("Say where: `manage.py seal_key FILE`, or set HUB_SEAL_KEY_FILE.")
        path = Path(named)
        try:
            key = make_key(path)
        except FileExistsError:
            if options["if_missing"]:
                return
            raise CommandError(f"{path} is there already. A key is kept as long as what it signed is.") from None
        if not options["verbosity"]:
            return
        self.stdout.write(f"Private key  {path}  (mode 600; for the workers only)")
        self.stdout.write(f"Public key   {public_file(path)}")
        self.stdout.write(f"{key.public}\nGive the public key to whoever verifies, on another way than the exports.")
