"""What a subclass says about its target, and what the tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from connectors import configuration
from connectors.answer import STATUS_ERRORS
from connectors.base import Connector, Sink, Stream
from connectors.errors import ConnectorError, OutcomeUnknown, Unreachable
from connectors.network import NetworkPolicy
from connectors.records import Exchange, Heard, Record
from connectors.rest import RestConnector

HERE = NetworkPolicy(("127.0.0.0/8", "::1/128"))
READ_ERRORS = {**STATUS_ERRORS, 500: Unreachable, 502: Unreachable, 503: Unreachable}
WRITE_ERRORS = {**STATUS_ERRORS, 500: OutcomeUnknown, 502: OutcomeUnknown, 503: OutcomeUnknown}


class Hooks:
    """What a subclass says about its target. Fixtures may use other fixtures; methods may use ``self``."""

    connector: ClassVar[type[Connector]]
    remote: ClassVar[bool] = True  # False: a file or a memory, which cannot be out of reach
    secured: ClassVar[bool] = True  # False: a file or a folder, which asks nobody for credentials
    read_errors: ClassVar[dict[int, type[ConnectorError]]] = READ_ERRORS
    write_errors: ClassVar[dict[int, type[ConnectorError]]] = WRITE_ERRORS

    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        """Settings that work, as JSON has them."""
        return {}

    @pytest.fixture
    def credentials(self) -> Any:
        """Credentials that work, resolved."""
        return self.connector.Credentials()

    @pytest.fixture
    def bad_credentials(self) -> Any:
        """Credentials that the target refuses."""
        return pytest.fail("bad_credentials: the connector takes credentials, so give some that are refused.")

    @pytest.fixture
    def unreachable(self) -> dict[str, Any]:
        """Settings of a target that nobody listens at."""
        return pytest.fail("unreachable: give settings of a target that nobody listens at.")

    def record(self, sink: str) -> Record:
        """A record that the sink accepts; the same at every call."""
        return pytest.fail(f"record: give a record that the sink {sink!r} accepts.")

    def objects(self, sink: str) -> int:
        """How many objects the target holds where ``sink`` writes."""
        return pytest.fail(f"objects: count what the target holds for {sink!r}.")

    def answer_with(self, status: int) -> None:
        """From now on the target answers every request with this status (HTTP only)."""
        pytest.fail("answer_with: make the target answer with a status.")

    def lose_answer(self) -> None:
        """The target applies the next write and drops the connection without an answer (remote sinks)."""
        pytest.fail("lose_answer: make the target apply a write without answering.")

    def forged_call(self) -> tuple[dict[str, str], bytes]:
        """Headers and body of a webhook call that nobody signed."""
        return {}, b"{}"

    @pytest.fixture
    def exchanges(self) -> list[Exchange]:
        return []

    @pytest.fixture
    def client(self, settings: dict, credentials: Any, exchanges: list) -> Iterator[Connector]:
        with self.make(settings, credentials, exchanges) as client:
            yield client

    def make(self, settings: dict, credentials: Any, exchanges: list | None = None) -> Connector:
        loaded = configuration.load(self.connector.Settings, settings)
        kept = [] if exchanges is None else exchanges

        def tap(heard: Heard) -> None:
            kept.append(heard.exchange())

        return self.connector(loaded, credentials, tap=tap, network=HERE)

    def _use(self, client: Connector) -> None:
        """Read or, where there is nothing to read, write."""
        for stream in client.offered_streams():
            list(client.stream(stream.name).read(None))
            return
        for sink in client.offered_sinks():
            client.sink(sink.name).write(self.record(sink.name), idempotency_key="contract-use")
            return

    def _streams(self, client: Connector) -> list[Stream]:
        found = [client.stream(stream.name) for stream in client.offered_streams()]
        return found or pytest.skip("The connector declares no stream.")

    def _sinks(self, client: Connector) -> list[Sink]:
        found = [client.sink(sink.name) for sink in client.offered_sinks()]
        return found or pytest.skip("The connector declares no sink.")

    def _speaks_http(self) -> None:
        if not issubclass(self.connector, RestConnector):
            pytest.skip("The connector does not speak HTTP through connectors.http.")
