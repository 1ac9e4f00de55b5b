"""librdkafka's settings, and what its errors mean."""

from __future__ import annotations

import ssl
from importlib import import_module
from pathlib import Path
from typing import Any

import certifi

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    RecordRejected,
    Unreachable,
    Unsupported,
)
from connectors.fence import FileFence
from connectors.network import NetworkPolicy

# Names of error codes: https://docs.confluent.io/platform/current/clients/confluent-kafka-python/html/index.html#kafkaerror
DENIED = {
    "_AUTHENTICATION",
    "SASL_AUTHENTICATION_FAILED",
    "TOPIC_AUTHORIZATION_FAILED",
    "GROUP_AUTHORIZATION_FAILED",
    "CLUSTER_AUTHORIZATION_FAILED",
    "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
}
MISTAKEN = {
    "_UNKNOWN_TOPIC",
    "_UNKNOWN_PARTITION",
    "UNKNOWN_TOPIC_OR_PART",
    "TOPIC_EXCEPTION",
    "_SSL",
    "INVALID_REQUIRED_ACKS",
    "INVALID_GROUP_ID",
    "UNKNOWN_MEMBER_ID",  # our group has members: somebody else reads with it
    "ILLEGAL_GENERATION",
    "REBALANCE_IN_PROGRESS",
}
REFUSED = {"MSG_SIZE_TOO_LARGE", "INVALID_MSG", "INVALID_RECORD", "INVALID_MSG_SIZE", "POLICY_VIOLATION"}


def library() -> Any:
    """confluent-kafka, which an installation may lack."""
    try:
        return import_module("confluent_kafka")
    except ImportError:
        raise Unsupported(
            "Kafka needs the Python package confluent-kafka, which is not installed here: "
            "pip install -r requirements-kafka.txt -c constraints.txt."
        ) from None


def explained(error: Any, where: str) -> ConnectorError:
    """What a ``KafkaError`` means where nothing was written."""
    name = error.name()
    if name in DENIED:
        return AccessDenied(f"{where} refused, access denied: {_said(error)}.", detail=name)
    if name in MISTAKEN:
        return Misconfigured(f"{where} refused: {_said(error)}.", detail=name)
    return Unreachable(f"{where} could not serve us: {_said(error)}.", detail=name)


def not_delivered(error: Any, where: str) -> ConnectorError:
    """What it means for a message. Only an answer that says "not applied" is believed: librdkafka sends again by itself
    what got none, and what it gives up (time-out, lost line) a broker may have appended.
    """
    name = error.name()
    if name in REFUSED:
        return RecordRejected(f"{where} refused the message: {_said(error)}.", detail=name)
    if name in DENIED or name in MISTAKEN - {"_SSL"}:
        return explained(error, where)
    return OutcomeUnknown(f"{where} did not confirm the message: {_said(error)}.", detail=name)


def _said(error: Any) -> str:
    """The broker's or the library's own words, which name no credential."""
    return str(error.str()).rstrip(".")


def common(settings: Any, credentials: Any, network: NetworkPolicy, ca: Path | str) -> dict[str, Any]:
    """What every client of this connection is told. It keeps no log: what matters comes as an error."""
    secure, signed = settings.tls, settings.sasl != "none"
    told: dict[str, Any] = {
        "bootstrap.servers": ",".join(_bootstrap(settings, network)),
        "client.id": "interlock",
        "security.protocol": ("SASL_" if signed else "") + ("SSL" if secure else "PLAINTEXT"),
        "socket.timeout.ms": settings.timeout * 1000,
        "socket.connection.setup.timeout.ms": max(settings.timeout * 1000, 1000),
        "log_level": 0,
        "error_cb": lambda error: None,  # what an act meets is raised by the act
    }
    if secure:
        told |= {"ssl.ca.location": str(ca), "ssl.endpoint.identification.algorithm": "https"}
    if signed:
        told |= {
            "sasl.mechanism": settings.sasl,
            "sasl.username": credentials.user,
            "sasl.password": credentials.password,
        }
    return told


def _bootstrap(settings: Any, network: NetworkPolicy) -> list[str]:
    """Checked addresses; with TLS names, whose certificate librdkafka compares."""
    found = []
    for host, port in settings.places():
        addresses = network.check_host(host, port)
        shown = (host,) if settings.tls else addresses
        found += [f"[{one}]:{port}" if ":" in one else f"{one}:{port}" for one in shown]
    return found


def trusted(settings: Any, files: FileFence) -> Path | str:
    """The file of who may vouch for a broker."""
    return files.file("The certificate file", settings.ca_file) if settings.ca_file else certifi.where()


def context_of(settings: Any, ca: Path | str) -> ssl.SSLContext | None:
    """For our own look at the cluster."""
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise Misconfigured(f"The certificate file {settings.ca_file!r} cannot be read: {said}.") from None
