"""A connection to an MQTT broker: a lasting session for each stream that is read, a passing one for what is written."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from connectors.base import Connector, Sink, Stream
from connectors.errors import ConnectorError, Unreachable, Unsupported
from connectors.records import Health
from connectors.transport import Tls

from .settings import Credentials, Settings, Source
from .sinks import KnownSink, TopicSink, topic_sink
from .streams import TopicStream, topic_stream

if TYPE_CHECKING:
    from .reader import Reader
    from .session import Session
    from .writer import Writer


class Mqtt(Connector):
    """Speaks MQTT 5 or 3.1.1. Signs in when it first reads or writes, and again when the connection was lost."""

    key = "mqtt"
    label = "MQTT broker"
    Settings = Settings
    Credentials = Credentials
    streams = (TopicStream,)  # what the settings may declare; a connection offers its own
    sinks = (TopicSink, KnownSink)

    _context: ssl.SSLContext | None = None
    _is_open = False
    _writer: Writer | None = None

    def offered_streams(self) -> Sequence[type[Stream]]:
        return [topic_stream(name, source) for name, source in self.settings.streams.items()]

    def offered_sinks(self) -> Sequence[type[Sink]]:
        return [topic_sink(name, target) for name, target in self.settings.sinks.items()]

    def open(self) -> None:
        _library("session")
        self._context = self._tls()
        self._readers: dict[str, Reader] = {}
        self._is_open = True

    def close(self) -> None:
        sessions: list[Session] = [*self._readers.values(), *filter(None, [self._writer])] if self._is_open else []
        self._is_open, self._writer, self._readers = False, None, {}
        for session in sessions:
            session.close()

    def check(self) -> Health:
        was_open = self._is_open
        try:
            if not was_open:
                self.open()
            self._session("session", "Session", self._passing()).close()
        except ConnectorError as error:
            return Health(False, error.message)
        finally:
            if not was_open:
                self.close()
        who = repr(self.credentials.user) if self.credentials.user else "a client without a user name"
        host, port = self.settings.endpoint
        return Health(True, f"Signed in as {who} to {host}, port {port}, with MQTT {self.settings.version}.")

    def reader(self, stream: str, source: Source) -> Reader:
        """The stream's session, subscribed. Its client id is the stream's own: a broker lets one in at a time."""
        found = self.open_reader(stream)
        if found is not None and found.is_alive():
            return found
        self._forget(stream)
        client_id = f"{self.settings.client_id}-{stream}"
        fresh = self._readers[stream] = self._session("reader", "Reader", client_id)
        try:
            fresh.subscribe(source.topics, keeps_retained=source.retained == "read")
        except ConnectorError:
            self._forget(stream)
            raise
        return fresh

    def open_reader(self, stream: str) -> Reader | None:
        """The session of that stream, if there is one."""
        return self._readers.get(stream) if self._is_open else None

    def writer(self) -> Writer:
        """A session that the broker forgets; never one that was found broken, so that a send begins on a sound one."""
        if self._writer is None or not self._writer.is_alive():
            self._writer = self._session("writer", "Writer", self._passing())
        return self._writer

    def _passing(self) -> str:
        return f"{self.settings.client_id}-{uuid4().hex[:12]}"

    def _forget(self, stream: str) -> None:
        found = self._readers.pop(stream, None) if self._is_open else None
        if found is not None:
            found.close()

    def _session(self, module: str, kind: str, client_id: str) -> Any:
        if not self._is_open:
            raise Unreachable(f"The connection to the MQTT broker at {self.settings.host} is not open.")
        session = getattr(_library(module), kind)
        return session(self.settings, self.credentials, self.network, self._context, client_id)

    def _tls(self) -> ssl.SSLContext | None:
        """Verifies the broker's certificate and name; there is no switch for less."""
        if not self.settings.tls:
            return None
        paths = (getattr(self.settings, name) for name in ("ca_file", "cert_file", "key_file"))
        named = [str(self.files.file("The certificate file", path)) if path else "" for path in paths]
        tls = Tls(*named)
        context = ssl.create_default_context(cafile=tls.trusted)
        if tls.cert_file:
            context.load_cert_chain(tls.cert_file, tls.key_file or None)
        return context


def _library(module: str) -> Any:
    """The module of this folder that needs paho."""
    try:
        return import_module(f"{__package__}.{module}")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("paho"):
            raise
        raise Unsupported("MQTT needs the Python package paho-mqtt, which is not installed here.") from None
