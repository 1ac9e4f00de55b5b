"""One session through py-amqp: its socket comes from the network policy, its errors become those of our family."""

from __future__ import annotations

import hashlib
import ssl
import struct
from importlib import import_module
from typing import Any

import certifi

from connectors.errors import AccessDenied, ConnectorError, Misconfigured, Unreachable, Unsupported
from connectors.fence import FileFence
from connectors.network import NetworkPolicy

HEARTBEAT = (
    60  # seconds; nobody ticks it, and the hub keeps a session no longer: what lasts is dead, and the broker knows
)

CONTENT_HEADER, PROPERTIES, MESSAGE_ID = 2, 12, 0x0080  # type of its frame; where properties begin; the flag of one

# What the broker's reply code means: https://www.rabbitmq.com/amqp-0-9-1-reference#constants
CODES: dict[int, type[ConnectorError]] = {
    403: AccessDenied,  # access refused: the account, or its right to this object
    404: Misconfigured,  # no such queue or exchange
    405: Misconfigured,  # the queue belongs to another session alone
    406: Misconfigured,  # a queue or exchange of another kind
    540: Misconfigured,  # not for this kind of queue
    530: Misconfigured,  # no such virtual host, or not for this account
}


def library() -> Any:
    """py-amqp, which an installation may lack."""
    try:
        return import_module("amqp")
    except ImportError:
        raise Unsupported("RabbitMQ needs the Python package amqp, which is not installed here.") from None


def faults() -> tuple[type[Exception], ...]:
    """What py-amqp raises where the broker or the network fails. Half a frame can make it raise anything of these."""
    return (library().exceptions.AMQPError, OSError, StopIteration, EOFError)


def opened(settings: Any, credentials: Any, network: NetworkPolicy, files: FileFence) -> Any:
    """A connected session. Raises from the taxonomy."""
    amqp = library()
    session = _kind(amqp, settings, network, files)(
        host="broker:5672",  # never used: our transport knows whom to connect to
        userid=credentials.user,
        password=credentials.password,
        login_method="PLAIN",
        virtual_host=settings.virtual_host,
        ssl=settings.tls,
        connect_timeout=settings.timeout,
        heartbeat=HEARTBEAT,
        client_properties={"connection_name": "interlock"},
    )
    try:
        session.connect()
    except faults() as error:
        session.collect()
        raise explained(error, settings) from None
    except ConnectorError:
        session.collect()
        raise
    return session


def explained(error: Exception, settings: Any) -> ConnectorError:
    """The sentence for a person. The broker's own text names objects, never credentials."""
    where = f"RabbitMQ at {settings.host}, virtual host {settings.virtual_host!r}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Misconfigured(f"The certificate of {where}, is not trusted: {error.verify_message}.")
    if isinstance(error, ssl.SSLError):
        return Unreachable(
            f"{where}, could not begin TLS; does port {settings.port_in_use} speak it?", detail=str(error)
        )
    code, text = getattr(error, "reply_code", 0) or 0, str(getattr(error, "reply_text", "") or "").rstrip(".")
    kind = CODES.get(code, Unreachable)
    if kind is AccessDenied:
        return AccessDenied(f"{where}, refused, access denied: {text}.", detail=str(code))
    if kind is Misconfigured:
        return Misconfigured(f"{where}, refused: {text}.", detail=str(code))
    why = "it did not answer in time" if isinstance(error, TimeoutError) else "the connection was lost"
    return Unreachable(f"{where}, could not serve us: {text or why}.", detail=type(error).__name__)


def readable(header: bytes) -> bytes:
    """A content header that py-amqp can read. RabbitMQ hands on what a sender wrote without reading it: a message_id
    that is no UTF-8 would fail again at each try, and stop its queue. Such a message comes without its properties,
    and is known by the digest of them.
    """
    try:
        import_module("amqp.serialization").decode_properties_basic(header, PROPERTIES)
    except Exception:  # whatever it stumbles over
        mark = b"unreadable:" + hashlib.sha256(header[PROPERTIES:]).hexdigest().encode()
        return header[:PROPERTIES] + struct.pack(">HB", MESSAGE_ID, len(mark)) + mark
    return header


def _kind(amqp: Any, settings: Any, network: NetworkPolicy, files: FileFence) -> type:
    """py-amqp's connection with our transport in it."""
    transport = import_module("amqp.transport")
    context = _context(settings, files)

    class Checked(transport.SSLTransport if settings.tls else transport.TCPTransport):  # type: ignore[misc]
        """Connects to an address that the policy has checked. Each wait for bytes ends, also within a frame."""

        def _connect(self, host: str, port: int, timeout: float) -> None:
            self.sock = network.connect(settings.host, settings.port_in_use, timeout=settings.timeout)

        def _init_socket(self, *given: Any) -> None:
            super()._init_socket(*given)
            self.sock.settimeout(settings.timeout)

        def read_frame(self, *given: Any) -> tuple[int, int, bytes]:
            kind, channel, payload = super().read_frame(*given)
            return kind, channel, readable(payload) if kind == CONTENT_HEADER else payload

        def _wrap_socket(self, sock: Any, **unused: Any) -> Any:
            assert context is not None
            return context.wrap_socket(sock, server_hostname=settings.host, do_handshake_on_connect=False)

    class Session(amqp.Connection):  # type: ignore[misc]
        # Without connection.blocked: to hear of it py-amqp reads before each send, and would spin on half a frame.
        negotiate_capabilities = {"consumer_cancel_notify": True, "authentication_failure_close": True}

        def Transport(self, *given: Any, **more: Any) -> Any:
            return Checked("broker:5672", connect_timeout=settings.timeout, ssl=settings.tls)

    return Session


def _context(settings: Any, files: FileFence) -> ssl.SSLContext | None:
    if not settings.tls:
        return None
    ca_file = files.file("The certificate file", settings.ca_file) if settings.ca_file else certifi.where()
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise Misconfigured(f"The certificate file {settings.ca_file!r} cannot be read: {said}.") from None
