"""``make bench-history``: what governed history costs beside plain django-simple-history, on both databases.

One run, in turns: each round updates the same number of rows of both tables, each update in a transaction of its own,
and then writes rows in bulk with both. Printed as JSON lines; times are medians of rounds, in milliseconds a row.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench._services import Missing, drop_database, make_database, url

ROUNDS, UPDATES, BULK = 7, 60, 200
DATABASE = "hub_bench_history"


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        status = _run({"HUB_HOME": home})
    try:
        make_database(DATABASE)
    except Missing as error:
        print(json.dumps({"skipped": "postgresql", "why": str(error)}))
        return 2
    try:
        with tempfile.TemporaryDirectory() as home:
            addresses = {"HUB_DATABASE_URL": url(DATABASE, "hub_app"), "HUB_OWNER_DATABASE_URL": url(DATABASE)}
            return status or _run({"HUB_HOME": home, **addresses})
    finally:
        drop_database(DATABASE)


def _run(more: dict[str, str]) -> int:
    """A process a database: settings are read once."""
    environment = {**os.environ, **more, "DJANGO_SETTINGS_MODULE": "hub.settings"}
    return subprocess.run([sys.executable, "-m", "bench.history", "measure"], env=environment, check=False).returncode


def measure() -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench import _history_models as kept

    call_command("migrate", verbosity=0)
    _make_tables(kept.tables())
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, work in _works(kept).items():
            found.setdefault(name, []).append(work())
    _report(connection.vendor, {name: median(times) for name, times in found.items()})
    return 0


def _make_tables(models: list[type[Any]]) -> None:
    from django.db import connection

    from governance.guard import install
    from hub.database.grants import grant_tables
    from hub.database.ownership import as_owner

    with as_owner():
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
        install.install(connection)
        grant_tables(connection)


def _works(kept: Any) -> dict[str, Callable[[], float]]:
    return {
        "plain.update": lambda: _updates_plainly(kept.BenchPlain),
        "governed.update": lambda: _updates_governed(kept.BenchGoverned),
        "plain.bulk": lambda: _bulk_plainly(kept.BenchPlain),
        "governed.bulk": lambda: _bulk_governed(kept.BenchGoverned),
    }


def _updates_plainly(model: Any) -> float:
    from django.db import transaction

    row = model.objects.create(**_values())

    def update(number: int) -> None:
        with transaction.atomic():
            row.label = f"Label {number}"
            row.save()

    return _milliseconds(update, UPDATES)


def _updates_governed(model: Any) -> float:
    from governance.actors import ENGINE
    from governance.guard.context import change

    row = model(**_values())
    with change(by=ENGINE, reason="A measurement"):
        row.save()

    def update(number: int) -> None:
        with change(by=ENGINE, reason="A measurement"):
            row.label = f"Label {number}"
            row.save()

    return _milliseconds(update, UPDATES)


def _bulk_plainly(model: Any) -> float:
    from django.db import transaction
    from simple_history.utils import bulk_create_with_history

    def write(number: int) -> None:
        with transaction.atomic():
            bulk_create_with_history([model(**_values()) for _ in range(BULK)], model, batch_size=BULK)

    return _milliseconds(write, 1) / BULK


def _bulk_governed(model: Any) -> float:
    from governance.actors import ENGINE
    from governance.guard.context import change
    from governance.models.together import create_together

    def write(number: int) -> None:
        with change(by=ENGINE, reason="A measurement"):
            create_together([model(**_values()) for _ in range(BULK)])

    return _milliseconds(write, 1) / BULK


def _values() -> dict[str, Any]:
    return {"key": "glucose", "label": "Glucose", "content": {"key": "glucose", "type": "quantity", "unit": "g/L"}}


def _milliseconds(work: Callable[[int], None], times: int) -> float:
    begun = time.perf_counter()
    for number in range(times):
        work(number)
    return (time.perf_counter() - begun) * 1000 / times


def _report(vendor: str, found: dict[str, float]) -> None:
    for name, milliseconds in found.items():
        print(json.dumps({"database": vendor, "measured": name, "ms_a_row": round(milliseconds, 3)}))
    for kind in ("update", "bulk"):
        ratio = found[f"governed.{kind}"] / found[f"plain.{kind}"]
        print(json.dumps({"database": vendor, "ratio": f"governed/plain {kind}", "value": round(ratio, 2)}))


if __name__ == "__main__":
    sys.exit(measure() if sys.argv[1:] == ["measure"] else main())
