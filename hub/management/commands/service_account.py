"""``manage.py service_account``: creates an account and shows its token, this once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.actors import Actor
from governance.errors import Refused
from governance.services import service_accounts
from hub.models.grant import Direction
from hub.services import grants


class Command(BaseCommand):
    help = "Creates a service account where there is none, grants it interfaces, and shows a new token once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key")
        parser.add_argument("--system", required=True, help="The key of the system that will use it.")
        parser.add_argument("--send", nargs="*", default=[], metavar="INTERFACE")
        parser.add_argument("--read", nargs="*", default=[], metavar="INTERFACE")
        parser.add_argument("--operate", nargs="*", default=[], metavar="INTERFACE")
        parser.add_argument("--days", type=int, default=90, help="How long the token is valid.")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        by = Actor("system", "command-line", "Command line", authenticated_by="command line")
        try:
            account = service_accounts.ensure(
                key=options["key"], system_key=options["system"], by=by, reason=options["reason"]
            )
            for direction in Direction.values:
                for interface in options[direction]:
                    grants.grant(
                        account=account,
                        interface_key=interface,
                        direction=direction,
                        by=by,
                        reason=options["reason"],
                    )
            expires_at = timezone.now() + timedelta(days=options["days"])
            secret = service_accounts.issue_token(
                account=account, expires_at=expires_at, by=by, reason=options["reason"]
            )
        except Refused as error:
            raise CommandError(error.sentence) from None
        self.stderr.write(f"Token of {account}, valid until {expires_at:%Y-%m-%d}; it is shown this once:")
        self.stdout.write(secret)
