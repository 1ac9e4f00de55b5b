"""Schema work as the owner of the tables: the application's own role cannot migrate, drop or truncate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

IDENTITY = ("USER", "PASSWORD")


@contextmanager
def as_owner() -> Iterator[None]:
    """Run as HUB_OWNER_DATABASE_URL's user, where one is set; then close, and be the application again."""
    owner = settings.HUB_OWNER_DATABASE
    if not owner:
        yield
        return
    before = {name: connection.settings_dict[name] for name in IDENTITY}
    try:
        become({name: owner.get(name, "") for name in IDENTITY})
        yield
    finally:
        become(before)


def become(identity: dict[str, str]) -> None:
    """Go on as another database user."""
    connection.close()
    connection.settings_dict.update(identity)
