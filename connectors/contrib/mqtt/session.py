"""One signed-in client of a broker, through paho. No thread and no second try: whoever waits for something drives it.

paho would connect to a name by itself, sign in again by itself and send again by itself. Here the network policy opens
the socket, a session that is lost stays lost, and its successor is another one.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar
from uuid import uuid4

from paho.mqtt import MQTTException
from paho.mqtt import client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from connectors.errors import ConnectorError, Misconfigured, Unreachable
from connectors.network import NetworkPolicy
from connectors.transport import tls_failure

from . import verdicts
from .settings import Credentials, Settings

KEEPALIVE = 60  # seconds; a hub that asks less often is signed out by the broker and signs in again
NOT_MQTT = (MQTTException, ValueError, IndexError, struct.error)


class _Client(mqtt.Client):
    network: NetworkPolicy
    context: ssl.SSLContext | None

    def _create_socket(self) -> socket.socket:
        """To an address that the policy has checked, never to the name again. paho leaves a failed handshake open."""
        no_delay = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
        found = self.network.connect(self.host, self.port, timeout=self.connect_timeout, options=no_delay)
        return found if self.context is None else self.context.wrap_socket(found, server_hostname=self.host)


class Session:
    """Passing, unless a subclass says ``lasting``; ``is_new``: the broker held no session of this client.

    ``token`` tells this session from its successors, whose packet ids mean other messages.
    """

    lasting: ClassVar[bool] = False

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        network: NetworkPolicy,
        context: ssl.SSLContext | None,
        client_id: str,
    ) -> None:
        self.settings, self.client_id, self.token = settings, client_id, uuid4().hex
        self.where = f"The MQTT broker at {settings.endpoint[0]}, port {settings.endpoint[1]},"
        self.is_new, self._is_closed = False, False
        self._welcome: tuple[Any, Any] | None = None
        self._answers: dict[int, Any] = {}
        self._farewell = "it was closed"
        self.client = self._client(credentials, network, context)
        self.prepare()
        try:
            self._sign_in(credentials.user)
        except BaseException:
            self.close()
            raise

    def prepare(self) -> None:
        """What a subclass needs before the first packet comes: an old session sends at once."""

    def _client(self, credentials: Credentials, network: NetworkPolicy, context: ssl.SSLContext | None) -> _Client:
        client = _Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=self.client_id,
            protocol=mqtt.MQTTv5 if self.settings.is_5 else mqtt.MQTTv311,
            clean_session=None if self.settings.is_5 else not self.lasting,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        client.network, client.context = network, context
        client.connect_timeout = float(self.settings.timeout)
        client.on_connect, client.on_disconnect = self._connected, self._disconnected
        client.on_publish, client.on_subscribe = self._published, self._subscribed
        if credentials.user or credentials.password:
            client.username_pw_set(credentials.user, credentials.password or None)
        return client

    def _sign_in(self, user: str) -> None:
        host, port = self.settings.endpoint
        failure: ConnectorError | None = None
        try:
            self.client.connect(host, port, KEEPALIVE, **self._terms())
        except OSError as error:  # of the handshake; the policy names what fails before
            failure = tls_failure(host, error)
        if failure is not None:
            raise failure
        if not self._until(lambda: self._welcome is not None) or self._welcome is None:
            raise Unreachable(f"{self.where} did not answer within {self.settings.timeout} s.")
        reason, properties = self._welcome
        if reason.value >= verdicts.FAILURES:
            raise verdicts.of_sign_in(reason.value, str(reason), self.where, user)
        kept = getattr(properties, "SessionExpiryInterval", None)
        if self.lasting and kept is not None and kept < self.settings.session_seconds:
            raise Misconfigured(
                f"{self.where} keeps a session for {kept} s at most, and 'session_seconds' asks for "
                f"{self.settings.session_seconds}: what comes later than that would be lost unseen."
            )

    def _terms(self) -> dict[str, Any]:
        """What MQTT 5 says with the sign-in."""
        if not self.settings.is_5:
            return {}
        terms = Properties(PacketTypes.CONNECT)
        terms.SessionExpiryInterval = self.settings.session_seconds if self.lasting else 0
        return {"clean_start": not self.lasting, "properties": terms}

    # --- what paho tells -----------------------------------------------------------------------------

    def _connected(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.is_new, self._welcome = not flags.session_present, (reason, properties)

    def _disconnected(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._farewell = str(reason).lower()

    def _published(self, client: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
        self._answers[mid] = reason

    def _subscribed(self, client: Any, userdata: Any, mid: int, reasons: Sequence[Any], properties: Any) -> None:
        self._answers[mid] = reasons

    # --- driving -------------------------------------------------------------------------------------

    def is_alive(self) -> bool:
        """Whether the connection stands, as far as anybody can know without sending."""
        try:
            self._turn(0)
        except Unreachable:
            return False
        return not self._is_closed and self.client.socket() is not None

    def _until(self, is_done: Callable[[], bool], seconds: float | None = None) -> bool:
        """Whether it was done in time. Raises ``Unreachable`` where the connection is lost before."""
        deadline = time.monotonic() + (self.settings.timeout if seconds is None else seconds)
        while not is_done():
            if self._is_closed or self.client.socket() is None:
                raise Unreachable(f"{self.where} ended the connection of {self.client_id!r}: {self._farewell}.")
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._turn(left)
        return True

    def _turn(self, seconds: float) -> None:
        """One look at the socket. Not by select(), which ends at 1,024 open files."""
        found = self.client.socket()
        if found is None or self._is_closed:
            return
        if not (isinstance(found, ssl.SSLSocket) and found.pending()):
            poller = select.poll()
            poller.register(found.fileno(), select.POLLIN | (select.POLLOUT if self.client.want_write() else 0))
            poller.poll(seconds * 1000)
        try:
            self.client.loop_read()
            if self.client.want_write():
                self.client.loop_write()
            self.client.loop_misc()
        except NOT_MQTT as error:
            self.close()
            raise Unreachable(f"{self.where} sent something that is not MQTT.", detail=type(error).__name__) from None

    def close(self) -> None:
        """Signs out; a lasting session stays at the broker."""
        found, self._is_closed = self.client.socket(), True
        with suppress(OSError, *NOT_MQTT):
            self.client.disconnect()
        if found is not None:
            with suppress(OSError):
                found.close()
