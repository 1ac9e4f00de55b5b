"""``manage.py starter_policies --as USERNAME``: proposes the approval policies that a hub starts with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

import governance
from governance.changes import Operation, propose
from governance.errors import Refused
from governance.models import Person
from governance.permissions import check_may_propose

FILE = Path(governance.__file__).parent / "starter" / "policies.yaml"


class Command(BaseCommand):
    help = "Propose the approval policies that a hub starts with; they are decided by their own rules."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--as", dest="username", required=True, help="Who proposes them; others sign on the pages.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = Person.objects.filter(username=options["username"], is_active=True).first()
        if by is None:
            raise CommandError(f"There is no active person {options['username']!r}.")
        contents = yaml.safe_load(FILE.read_text(encoding="utf-8"))["approval_policy"]
        operations = [Operation("approval_policy", one["key"], one) for one in contents]
        try:
            for one in operations:
                check_may_propose(by, one.kind, one.key, one.content)
            made = propose(
                operations=operations,
                title="The approval policies that a hub starts with",
                by=by,
                reason="From now on changes are decided by signatures",
                source="command line",
            )
        except Refused as refused:
            raise CommandError(refused.sentence) from None
        self.stdout.write(f"{made.number} waits for its signatures: open it on the page “Change control”.")
