"""``manage.py dictionary export|import``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dictionary.services import transfer
from governance.errors import Refused
from governance.models import Person
from governance.services import persons


class Command(BaseCommand):
    help = "Writes the dictionary as YAML, or reads it as one change after showing the difference."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        out = acts.add_parser("export", help="Write what is in force.")
        out.add_argument("file", nargs="?", help="Standard output where none is named.")
        into = acts.add_parser("import", help="Show the difference, then propose it.")
        into.add_argument("files", nargs="+")
        into.add_argument("--reason", default="")
        into.add_argument("--yes", action="store_true", help="Propose without asking; otherwise only show.")
        into.add_argument("--as", dest="person", default="", help="User name of the person who proposes it; for --yes.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._export(options["file"]) if options["act"] == "export" else self._import(options)
        except Refused as error:
            raise CommandError(error.sentence if not str(error) else str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None

    def _export(self, file: str | None) -> None:
        text = transfer.export()
        if file is None:
            self.stdout.write(text)
        else:
            Path(file).write_text(text, encoding="utf-8")

    def _import(self, options: dict[str, Any]) -> None:
        operations = transfer.read(Path(file).read_text(encoding="utf-8") for file in options["files"])
        lines = transfer.difference(operations)
        self.stdout.write("\n".join(lines) or "Nothing would change.")
        if not lines:
            return
        if not options["yes"]:
            self.stdout.write(f"{len(lines)} differences. Repeat with --yes, --as and --reason to propose them.")
            return
        request = transfer.import_(operations, by=_author(options["person"]), reason=options["reason"])
        self.stdout.write(f"{request.number} is {request.state}.")


def _author(username: str) -> Person:
    """Who answers for the change. The shell vouches for them, not a password, and the evidence says so."""
    if not username:
        raise CommandError("A change needs a person who answers for it: name them with --as USERNAME.")
    person = persons.called(username)
    if not person.is_active:
        raise CommandError(f"{person} is deactivated; somebody who is active must answer for the change.")
    person.signed_in_by = "command line"
    return person
