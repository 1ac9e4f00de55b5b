"""Failures and secrets: every status has its class, no secret is told."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import pytest

from connectors.base import Connector, NoCredentials
from connectors.credentials import secret_values, shown_in_repr
from connectors.errors import ConnectorError, Unverified
from connectors.records import Exchange

from .hooks import Hooks


class FailureContract(Hooks):
    def test_every_status_of_a_read_has_its_class(self, client: Connector) -> None:
        self._speaks_http()
        streams = self._streams(client)
        for status, expected in self.read_errors.items():
            self.answer_with(status)
            with pytest.raises(ConnectorError) as caught:
                list(streams[0].read(None))
            assert type(caught.value) is expected, status

    def test_every_status_of_a_write_has_its_class(self, client: Connector) -> None:
        self._speaks_http()
        sinks = self._sinks(client)
        for status, expected in self.write_errors.items():
            self.answer_with(status)
            with pytest.raises(ConnectorError) as caught:
                sinks[0].write(self.record(sinks[0].name), idempotency_key=f"contract-{status}")
            assert type(caught.value) is expected, status

    def test_secrets_are_seen_nowhere(self, client: Connector, credentials: Any, exchanges: list[Exchange]) -> None:
        assert not shown_in_repr(self.connector.Credentials)
        self._use(client)
        seen = [
            repr(client),
            repr(vars(client)),
            repr(credentials),
            repr(client.settings),
            client.check().message,
        ]
        seen += [json.dumps(asdict(exchange), default=str) for exchange in exchanges]
        for secret in secret_values(credentials):
            assert not [text for text in seen if secret in text]

    def test_a_failure_tells_no_secret(
        self, request: pytest.FixtureRequest, settings: dict, exchanges: list[Exchange]
    ) -> None:
        if not self.secured or not _takes_secrets(self.connector):
            pytest.skip("The connector or the target is declared as taking no secret.")
        bad = request.getfixturevalue("bad_credentials")
        with pytest.raises(ConnectorError) as caught, self.make(settings, bad, exchanges) as client:
            self._use(client)
        told = [str(caught.value), caught.value.detail, repr(caught.value.__context__), repr(exchanges)]
        for secret in secret_values(bad):
            assert not [text for text in told if secret in text]

    def test_a_call_without_proof_of_origin_is_unverified(self, client: Connector) -> None:
        if client.webhook is None:
            pytest.skip("The connector declares no webhook.")
        with pytest.raises(Unverified):
            client.webhook(client).verify(*self.forged_call())


def _takes_secrets(connector: type[Connector]) -> bool:
    return connector.Credentials is not NoCredentials and bool(fields(connector.Credentials))
