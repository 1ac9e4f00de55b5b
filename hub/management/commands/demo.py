"""``manage.py demo``: the demonstration's systems, persons and configuration; quick where they are there."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from governance.errors import Refused
from hub.demonstration.content import content
from hub.demonstration.load import Loaded
from hub.demonstration.past import load_with_past
from hub.demonstration.places import Places


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # migrate has made them a moment ago
    help = "Loads the demonstration: systems, persons, interfaces, records. What is there stays as it is."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--days", type=int, default=0, help="Days that it has run already (SQLite only)")

    def handle(self, *args: Any, **options: Any) -> None:
        places = Places(settings.HUB_HOME)
        if options["days"] and not places.counter.exists():
            self.stdout.write(f"Making {options['days']} days of its past; this takes a moment …")
            self.stdout.flush()
        try:
            loaded = load_with_past(places, options["days"])
        except Refused as error:
            raise CommandError(str(error) or error.sentence) from None
        self.stdout.write(self._done(loaded))
        self.stdout.write(self._table(places))
        if loaded.token:
            self.stdout.write(f"Token of the contract laboratory, shown this once: {loaded.token}\n")

    def _done(self, loaded: Loaded) -> str:
        if loaded.is_nothing:
            return "The demonstration is loaded already; nothing was changed."
        changes = ", ".join(loaded.changes) or "no change of configuration"
        return f"Demonstration loaded: {loaded.enrolled} persons, {loaded.rights} rights; {changes}."

    def _table(self, places: Places) -> str:
        address = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
        found = content("persons")
        lines = [f"{one['username']:<8} {one['full_name']:<14} {one['role']}" for one in found["persons"]]
        return "\n".join(
            [
                "",
                f"Address   {address}",
                f"Password  {found['password']}  (of all these accounts)",
                f"Systems   {places.root}",
                "",
                *lines,
                "",
            ]
        )
