"""Form: the class, its settings, its names, its check."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any

import pytest

from connectors import configuration
from connectors.base import Capability, Connector, Guarantee
from connectors.errors import AccessDenied, Misconfigured, Unreachable, Unsupported
from connectors.registry import Registry

from .hooks import Hooks


class FormContract(Hooks):
    def test_it_can_be_registered(self) -> None:
        assert self.connector.key in _registry_of(self.connector)

    def test_its_capabilities_follow_from_what_it_offers(self, client: Connector) -> None:
        offered = client.offers()
        assert offered <= client.capabilities()
        assert (Capability.READ in offered) == bool(client.offered_streams())
        assert (Capability.WRITE in offered) == bool(client.offered_sinks())
        for sink in client.offered_sinks():
            native = client.sink(sink.name).guarantee() is Guarantee.NATIVE
            assert native == sink.idempotent
            assert not native or Capability.WRITE_IDEMPOTENT in offered

    def test_its_settings_describe_themselves(self, settings: dict) -> None:
        schema = json.loads(json.dumps(configuration.describe(self.connector.Settings)))
        assert schema["additionalProperties"] is False
        assert set(settings) <= set(schema["properties"])

    def test_a_setting_nobody_knows_is_refused_by_name(self, settings: dict) -> None:
        with pytest.raises(Misconfigured, match="no_such_setting"):
            configuration.load(self.connector.Settings, {**settings, "no_such_setting": 1})

    def test_a_missing_setting_is_refused_by_name(self, settings: dict) -> None:
        for name in _required(self.connector.Settings):
            with pytest.raises(Misconfigured, match=name):
                configuration.load(self.connector.Settings, {k: v for k, v in settings.items() if k != name})

    def test_check_is_well_and_writes_nothing(self, settings: dict, credentials: Any) -> None:
        client = self.make(settings, credentials)
        before = {sink.name: self.objects(sink.name) for sink in client.offered_sinks()}
        health = client.check()
        assert health.ok, health.message
        assert before == {sink.name: self.objects(sink.name) for sink in client.offered_sinks()}

    def test_bad_credentials_are_called_access_denied(self, request: pytest.FixtureRequest, settings: dict) -> None:
        if not self.secured or not fields(self.connector.Credentials):
            pytest.skip("The connector or the target is declared as taking no credentials.")
        bad = request.getfixturevalue("bad_credentials")
        health = self.make(settings, bad).check()
        assert not health.ok
        assert "access denied" in health.message.lower()
        with pytest.raises(AccessDenied), self.make(settings, bad) as client:
            self._use(client)

    def test_a_target_out_of_reach_is_unreachable(self, request: pytest.FixtureRequest, credentials: Any) -> None:
        if not self.remote:
            pytest.skip("The target is declared as not remote.")
        unreachable = request.getfixturevalue("unreachable")
        health = self.make(unreachable, credentials).check()
        assert not health.ok
        assert health.message
        with pytest.raises(Unreachable), self.make(unreachable, credentials) as client:
            self._use(client)

    def test_a_stream_or_sink_it_lacks_is_unsupported(self, client: Connector) -> None:
        with pytest.raises(Unsupported, match="no_such_thing"):
            client.stream("no_such_thing")
        with pytest.raises(Unsupported, match="no_such_thing"):
            client.sink("no_such_thing")

    def test_it_can_be_closed_twice(self, settings: dict, credentials: Any) -> None:
        with self.make(settings, credentials) as client:
            client.close()
        client.close()


def _registry_of(connector: type[Connector]) -> Registry:
    fresh = Registry()
    fresh.register(connector)
    return fresh


def _required(settings: type) -> list[str]:
    return [f.name for f in fields(settings) if f.default is MISSING and f.default_factory is MISSING]
