"""``manage.py genesis``: the first two persons of an empty hub. Each confirms the other before anything is signed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actors import Actor
from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person
from hub.services import enrolment

BY = Actor("system", "command-line", "Command line", authenticated_by="command line")
ROLES = {"first": ("administrator", "integration engineer"), "second": ("administrator", "quality approver")}


class Command(BaseCommand):
    help = "Enrols the first two persons of an empty hub with one-time passwords, which are shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        for which in ("first", "second"):
            parser.add_argument(f"{which}_username")
            parser.add_argument(f"{which}_name", help="The full name, as it stands under signatures.")
        parser.add_argument("--reason", required=True, help="Who decided that these two begin, and where it stands.")

    def handle(self, *args: Any, **options: Any) -> None:
        if Person.objects.exists():
            raise CommandError("Somebody is enrolled already: the hub has begun. Use the pages of persons.")
        try:
            with change(by=BY, reason=options["reason"]):
                made = [self._enrolled(which, roles, options) for which, roles in ROLES.items()]
        except Refused as error:
            raise CommandError(error.sentence) from None
        for person, secret in made:
            self.stdout.write(f"{person.username}  {secret}  until {person.one_time_until:%Y-%m-%d %H:%M} UTC")
        self.stdout.write("Each chooses a password at the first sign-in, then confirms the other under Signers.")

    def _enrolled(self, which: str, roles: tuple[str, ...], options: dict[str, Any]) -> tuple[Person, str]:
        return enrolment.enrol(
            username=options[f"{which}_username"],
            full_name=options[f"{which}_name"],
            title="",
            email="",
            roles=roles,
            by=BY,
            reason=options["reason"],
        )
