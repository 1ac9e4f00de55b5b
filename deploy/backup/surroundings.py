"""Where these programs stand: the hub's root on the path, its settings loaded, its database as the tables' owner."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Stopped(Exception):
    """A sentence for the operator; the program ends with status 1."""


def set_up() -> None:
    """Make the hub's code and settings importable, as manage.py does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise Stopped(str(error)) from None


def database() -> dict[str, Any]:
    """Django's settings of the database, as the owner of its tables where one is named."""
    from django.conf import settings

    return settings.HUB_OWNER_DATABASE or settings.DATABASES["default"]


def engine() -> Any:
    """The module that knows this kind of database: ``postgresql`` or ``sqlite``."""
    import postgresql
    import sqlite

    return sqlite if "sqlite" in database()["ENGINE"] else postgresql


def run(main: Any) -> int:
    """A program's exit status: 0, or 1 with the sentence that says why."""
    try:
        return main()
    except Stopped as stopped:
        print(stopped)
        return 1
