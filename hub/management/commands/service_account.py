"""``manage.py service_account``: creates an account and shows its token, this once; reports what to look at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.actors import Actor
from governance.errors import Refused
from governance.models import ServiceAccount
from governance.services import service_accounts
from hub.models import Interface
from hub.models.grant import Direction
from hub.selectors.service_accounts import listed, report
from hub.services import grants

LONGEST_DAYS = 366
BY = Actor("system", "command-line", "Command line", authenticated_by="command line")


class Command(BaseCommand):
    help = "Creates a service account where there is none, grants it interfaces, and shows a new token once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", nargs="?", default="")
        parser.add_argument("--system", help="The key of the system that will use it.")
        for direction in Direction.values:
            parser.add_argument(f"--{direction}", action="extend", nargs="*", default=[], metavar="INTERFACE")
        parser.add_argument("--days", type=int, default=90, help="How long the token is valid.")
        ends = "Earlier tokens end after so many days, 0 is now. Without it they keep their end."
        parser.add_argument("--overlap", type=int, metavar="DAYS", help=ends)
        parser.add_argument("--reason")
        parser.add_argument("--report", action="store_true", help="Only say which tokens end soon or are not used.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["report"]:
            self._report()
            return
        missing = [name for name in ("key", "system", "reason") if not options[name]]
        if missing:
            raise CommandError(f"Give also: {', '.join(missing)}. Or --report alone.")
        self._check_days(options)
        try:
            self._issue(options)
        except Refused as error:
            raise CommandError(error.sentence) from None

    def _check_days(self, options: dict[str, Any]) -> None:
        if not 1 <= options["days"] <= LONGEST_DAYS:
            raise CommandError(f"--days is {options['days']}; it takes 1 to {LONGEST_DAYS}.")
        if options["overlap"] is not None and not 0 <= options["overlap"] <= LONGEST_DAYS:
            raise CommandError(f"--overlap is {options['overlap']}; it takes 0 to {LONGEST_DAYS}.")

    def _report(self) -> None:
        sentences = report(listed())
        self.stdout.write("\n".join(sentences) or "Every token is used, and none ends soon.")

    def _issue(self, options: dict[str, Any]) -> None:
        reason = options["reason"]
        account = service_accounts.ensure(key=options["key"], system_key=options["system"], by=BY, reason=reason)
        for direction in Direction.values:
            for interface in options[direction]:
                grants.grant(account=account, interface_key=interface, direction=direction, by=BY, reason=reason)
        self._warn_of_strangers(account, options["send"])
        expires_at = timezone.now() + timedelta(days=options["days"])
        overlap = None if options["overlap"] is None else timedelta(days=options["overlap"])
        secret = service_accounts.issue_token(
            account=account, expires_at=expires_at, overlap=overlap, by=BY, reason=reason
        )
        self.stderr.write(f"Token of {account}, valid until {expires_at:%Y-%m-%d}; it is shown this once:")
        self.stdout.write(secret)

    def _warn_of_strangers(self, account: ServiceAccount, keys: list[str]) -> None:
        """What it sends counts as the interface's source's, whoever sends it."""
        for one in Interface.objects.select_related("source").filter(key__in=keys).exclude(source=account.system):
            self.stderr.write(
                f"Mind: {one.key} has the source {one.source.key}, and {account.key} is of {account.system.key}. "
                f"What it sends there counts as a record of {one.source.key}."
            )
