"""Our own look at a cluster, before librdkafka gets to know it: can we sign in, and where does it send its clients?

A cluster tells its clients which brokers to connect to, and librdkafka connects to them at once: nothing in
its Python binding lets us say no. So we ask first, over a socket to a checked address, in four requests of the
protocol (https://kafka.apache.org/protocol): handshake and proof of SASL, then the brokers.
"""

from __future__ import annotations

import ipaddress
import ssl
import struct
from dataclasses import dataclass
from typing import Any

from connectors.errors import AccessDenied, ConnectorError, Misconfigured, Unreachable
from connectors.network import NetworkPolicy

from .scram import Refused, Scram

METADATA, HANDSHAKE, AUTHENTICATE = (3, 4), (17, 1), (36, 0)  # (kind, version) that Kafka 1.0 to 4.x all speak
LARGEST = 4 * 1024 * 1024  # bytes of an answer; that of a thousand brokers has 100 thousand


@dataclass(frozen=True, slots=True)
class Broker:
    """One that the cluster sends its clients to."""

    number: int
    host: str
    port: int


def looked_at(settings: Any, credentials: Any, network: NetworkPolicy, context: ssl.SSLContext | None) -> list[Broker]:
    """The brokers, each checked, as the first one that answers tells them. Raises from the taxonomy."""
    last: ConnectorError | None = None
    for host, port in settings.places():
        try:
            told = _asked(host, port, settings, credentials, network, context)
        except Unreachable as error:
            last = error
            continue
        for broker in told:
            _check(broker, settings, network)
        return told
    assert last is not None
    raise last


def _check(broker: Broker, settings: Any, network: NetworkPolicy) -> None:
    """librdkafka looks names up by itself, and a second look-up could answer differently from ours. With TLS a broker
    that it then meets must show a certificate for the name before anything is said; without, the policy must list it.
    """
    network.check_host(broker.host, broker.port)
    if settings.tls or _is_address(broker.host) or network.lists(broker.host):
        return
    raise Misconfigured(
        f"The broker {broker.number} of Kafka advertises itself by the name {broker.host!r}: without TLS the hub "
        "connects to a name only where its network policy lists that name."
    )


def _is_address(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _asked(
    host: str, port: int, settings: Any, credentials: Any, network: NetworkPolicy, context: ssl.SSLContext | None
) -> list[Broker]:
    where = f"Kafka at {host}, port {port}"
    plain = network.connect(host, port, timeout=settings.timeout)
    try:
        line = context.wrap_socket(plain, server_hostname=host) if context else plain
        with line:
            call = _Call(line, where)
            if settings.sasl != "none":
                _sign_in(call, settings.sasl, credentials)
            return _brokers(call)
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured(f"The certificate of {where}, is not trusted: {error.verify_message}.") from None
    except ssl.SSLError as error:
        raise Unreachable(f"{where}, could not begin TLS; does it speak it?", detail=str(error)) from None
    except (OSError, struct.error, UnicodeDecodeError) as error:
        why = "it did not answer in time" if isinstance(error, TimeoutError) else "the connection was lost"
        raise Unreachable(f"{where}, could not serve us: {why}.", detail=type(error).__name__) from None
    finally:
        plain.close()


def _sign_in(call: _Call, mechanism: str, credentials: Any) -> None:
    denied = AccessDenied(f"{call.where}, refused the user {credentials.user!r}, access denied.")
    answer = call(HANDSHAKE, _text(mechanism))
    if answer.int16():
        raise Misconfigured(f"{call.where}, does not offer {mechanism}, which the setting 'sasl' names.")
    if mechanism == "PLAIN":
        if _proven(call, f"\0{credentials.user}\0{credentials.password}".encode()) is None:
            raise denied
        return
    scram = Scram(mechanism, credentials.user, credentials.password)
    try:
        challenge = _proven(call, scram.first())
        last = None if challenge is None else _proven(call, scram.final(challenge))
        if last is None:
            raise Refused
        scram.verify(last)
    except Refused:
        raise denied from None


def _proven(call: _Call, proof: bytes) -> bytes | None:
    """What the broker says to it; None where it refuses."""
    answer = call(AUTHENTICATE, struct.pack(">i", len(proof)) + proof)
    refused = answer.int16()
    answer.text()
    return None if refused else answer.blob()


def _brokers(call: _Call) -> list[Broker]:
    """No topics are asked for, and none may be made by asking."""
    answer = call(METADATA, struct.pack(">ib", 0, 0))
    answer.int32()  # milliseconds that we are asked to wait
    found = []
    for _ in range(answer.int32()):
        found.append(Broker(answer.int32(), answer.text(), answer.int32()))
        answer.text()  # its rack
    if not found:
        raise Unreachable(f"{call.where}, names no broker.")
    return found


class _Call:
    """Request and answer on one line, one after the other."""

    def __init__(self, line: Any, where: str) -> None:
        self.line, self.where, self.number = line, where, 0

    def __call__(self, kind: tuple[int, int], body: bytes) -> _Answer:
        self.number += 1
        request = struct.pack(">hhi", *kind, self.number) + _text("interlock") + body
        self.line.sendall(struct.pack(">i", len(request)) + request)
        (length,) = struct.unpack(">i", self._exactly(4))
        if not 4 <= length <= LARGEST:
            raise Unreachable(f"{self.where}, does not answer as Kafka does.")
        answer = _Answer(self._exactly(length))
        if answer.int32() != self.number:
            raise Unreachable(f"{self.where}, does not answer as Kafka does.")
        return answer

    def _exactly(self, size: int) -> bytes:
        got = bytearray()
        while len(got) < size:
            piece = self.line.recv(size - len(got))
            if not piece:
                raise ConnectionResetError
            got += piece
        return bytes(got)


class _Answer:
    """Fields of an answer, in order. Raises ``struct.error`` where it ends too soon."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def int16(self) -> int:
        return self._number(">h", 2)

    def int32(self) -> int:
        return self._number(">i", 4)

    def text(self) -> str:
        return self._slice(self.int16()).decode()

    def blob(self) -> bytes:
        return self._slice(self.int32())

    def _number(self, form: str, size: int) -> int:
        (value,) = struct.unpack_from(form, self.content, self.at)
        self.at += size
        return value

    def _slice(self, size: int) -> bytes:
        """A size of −1 is nothing."""
        end = self.at + max(size, 0)
        if end > len(self.content):
            raise struct.error
        found, self.at = self.content[self.at : end], end
        return found


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">h", len(raw)) + raw
