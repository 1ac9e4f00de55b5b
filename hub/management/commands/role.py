"""``manage.py role``: gives interfaces to roles, with the rights that the table of roles names, and takes them back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actors import Actor
from governance.errors import Refused
from hub.models import Interface
from hub.roles import NAMES
from hub.services import rights

BY = Actor("system", "command-line", "Command line", authenticated_by="command line")


class Command(BaseCommand):
    help = "Gives interfaces to a role, or takes them back. Which rights that means stands in hub/roles.py."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("give", "take"))
        parser.add_argument("role", choices=NAMES)
        parser.add_argument("interfaces", nargs="*", metavar="INTERFACE")
        parser.add_argument("--all", action="store_true", help="Every interface that there is now.")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        known = Interface.objects.filter(is_retired=False).order_by("key").values_list("key", flat=True)
        keys = list(known) if options["all"] else options["interfaces"]
        if not keys:
            raise CommandError("Name at least one interface, or give --all.")
        do = rights.give_interface if options["act"] == "give" else rights.take_interface
        try:
            changed = sum(do(role=options["role"], key=key, by=BY, reason=options["reason"]) for key in keys)
        except Refused as error:
            raise CommandError(error.sentence) from None
        self.stdout.write(f"{changed} rights of {options['role']} on {len(keys)} interface(s) changed.")
