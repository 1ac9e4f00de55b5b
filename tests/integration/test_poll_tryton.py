"""Tryton through the poller: what its server answers over HTTP, from an empty model to the first change."""

from __future__ import annotations

from typing import Any

import pytest

from hub.flow.intake.poll import poll_due
from hub.models import Checkpoint, Message, StreamState
from tests.factories.serving import serving
from tests.factories.world import release
from tests.integration.test_poll import again, polled

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5"), pytest.mark.req("M4.4")]

CREATED = dict(zip(("year", "month", "day", "hour", "minute", "second"), (2026, 3, 1, 12, 0, 0), strict=True))


def party(number: int) -> dict[str, Any]:
    """A supplier as the server writes one that nobody has changed yet."""
    created = {"__class__": "datetime", **CREATED, "microsecond": 0}
    named = {"code": f"V-{number}", "name": f"Supplier {number}", "active": True, "tax_identifier.": None}
    return {"id": number, **named, "create_date": created, "write_date": None}


class Server:
    """Log-in, preferences and ``search_read`` of one list."""

    def __init__(self) -> None:
        self.parties: list[dict[str, Any]] = []

    def answer(self, path: str, call: dict[str, Any]) -> dict[str, Any]:
        return {"id": call["id"], "result": self._result(call["method"], call["params"])}

    def _result(self, method: str, params: list) -> Any:
        if method == "common.db.login":
            return [1, "token"]
        if method.endswith("get_preferences"):
            return {"company": 1}
        asks_for_the_never_changed = params[0][0] == ["write_date", "=", None]
        return self.parties if asks_for_the_never_changed else []


@pytest.fixture
def tryton(world, monkeypatch):
    server = Server()
    monkeypatch.setenv("HUB_CONNECTION_TRYTON", "hub")
    with serving(server.answer) as url:
        poll_from(url)
        yield server


def poll_from(url: str) -> None:
    credentials = dict.fromkeys(("username", "password"), "env:HUB_CONNECTION_TRYTON")
    settings = {"url": url, "database": "quality"}
    connection = {"key": "erp-tryton", "label": "Tryton", "system": "lims", "connector": "tryton"}
    release(
        ("connection", {**connection, "settings": settings, "credentials": credentials}),
        ("interface", polled("IF-010", "erp-tryton", "parties")),
    )


def test_an_empty_model_leaves_no_checkpoint_and_its_first_record_is_read(tryton):
    assert poll_due() == 0
    state = StreamState.objects.get(interface_key="IF-010")
    assert (state.failures, state.sentence) == (0, "")
    assert not Checkpoint.objects.exists()
    tryton.parties.append(party(7))
    assert again() == 1
    assert Checkpoint.objects.get().cursor == ["2026-03-01T12:00:00+00:00", 7]


def test_a_model_that_was_emptied_keeps_its_checkpoint(tryton):
    tryton.parties.append(party(7))
    assert poll_due() == 1
    tryton.parties.clear()
    assert again() == 0
    assert Checkpoint.objects.get().cursor == ["2026-03-01T12:00:00+00:00", 7]
    assert Message.objects.count() == 1
