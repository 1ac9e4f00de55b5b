"""A restored database in use: rights of the application's role, keys that open it, and the build that fits it."""

from __future__ import annotations

from typing import Any

MOST_NAMED = 5


def grant() -> None:
    """Give the application's role what it needs of the tables: a dump brings no rights along."""
    from django.db import connection

    from hub.database.grants import grant_tables
    from hub.database.ownership import as_owner

    with as_owner():
        grant_tables(connection)


def unreadable(payloads: int) -> list[str]:
    """What the keys of these settings do not open: data keys, secrets, second factors, the newest payloads."""
    from connectors.models import Secret
    from governance.models import SecondFactor

    return (
        _named("data key", _keys())
        + _named("secret", _sealed(Secret))
        + _named("second factor", _sealed(SecondFactor))
        + _named("payload", _payloads(payloads))
    )


def misfit() -> str:
    """A sentence where the restored database is not that of this build."""
    from hub.database.schema import misfit as found

    return found()


def _keys() -> list[str]:
    from governance.keyring import Unreadable, unseal
    from hub.models import DataKey

    shut = []
    for row in DataKey.objects.exclude(wrapped=None):
        try:
            unseal(row.master_id, bytes(row.wrapped), place=f"hub.datakey/{row.id}")
        except Unreadable as error:
            shut.append(f"{row}: {error}")
    return shut


def _sealed(model: Any) -> list[str]:
    """Rows that a master key itself has sealed."""
    from governance.keyring import Unreadable

    shut = []
    for row in model.objects.all():
        try:
            row.reveal()
        except Unreadable as error:
            shut.append(f"{row}: {error}")
    return shut


def _payloads(most: int) -> list[str]:
    from governance.keyring import Unreadable
    from hub.flow import vault
    from hub.models import DataKey, Payload

    living = set(DataKey.objects.exclude(wrapped=None).values_list("id", flat=True))
    shut = []
    for row in Payload.objects.exclude(data=None).order_by("-id")[:most]:
        try:
            if row.key_id in living:  # what was forgotten on purpose stays forgotten
                vault.opened(row)
        except Unreadable as error:
            shut.append(f"{row}: {error}")
    return shut


def _named(what: str, shut: list[str]) -> list[str]:
    """The first few by name, the others as a number."""
    more = [f"{len(shut) - MOST_NAMED} more of them."] if len(shut) > MOST_NAMED else []
    return [f"A {what} does not open: {one}" for one in shut[:MOST_NAMED]] + more
