"""``migrate``, as the owner of the tables."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from hub.database.ownership import as_owner


class Command(Migrate):
    help = "Brings the schema up to date, as the owner of the tables."

    def handle(self, *args: Any, **options: Any) -> Any:
        with as_owner():
            return super().handle(*args, **options)
