"""``manage.py partitions``: makes the coming months' partitions on PostgreSQL."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import timezone

from governance.guard.install import covering_partitions
from hub.database.grants import grant_tables
from hub.database.ownership import as_owner
from hub.database.partitioning import make_partitions


class Command(BaseCommand):
    help = (
        "Makes monthly partitions ahead, as the owner of the tables. Run it monthly; what it misses goes to the rest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--months", type=int, default=3, help="How many months, from this one.")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write("SQLite has no partitions; nothing to do.")
            return
        with as_owner(), covering_partitions(connection):
            made = make_partitions(timezone.now(), options["months"])
            grant_tables(connection)
        self.stdout.write(f"{len(made)} partitions made.")
