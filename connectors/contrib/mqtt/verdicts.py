"""What a broker's reason codes mean to us (MQTT 5, chapter 2.4; paho translates those of 3.1.1 into them)."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    Misconfigured,
    RateLimited,
    RecordRejected,
    Unreachable,
    Unsupported,
)

NOBODY_SUBSCRIBED = 0x10
FAILURES = 0x80  # reason codes from here on say no

_SIGN_IN: Mapping[int, type[ConnectorError]] = {
    0x84: Unsupported,  # protocol version
    0x85: Misconfigured,  # client identifier
    0x86: AccessDenied,  # user name or password
    0x87: AccessDenied,  # not authorized
    0x8A: AccessDenied,  # banned
    0x8C: AccessDenied,  # authentication method
    0x95: Misconfigured,
    0x97: RateLimited,  # quota
    0x9C: Misconfigured,  # use another server: a person must say which
    0x9D: Misconfigured,  # server moved
    0x9F: RateLimited,  # connection rate
}
_SUBSCRIPTION: Mapping[int, type[ConnectorError]] = {
    0x80: AccessDenied,  # the one refusal that 3.1.1 knows; brokers give it for a right that lacks
    0x87: AccessDenied,
    0x8F: Misconfigured,  # topic filter
    0x97: RateLimited,
    0x9E: Unsupported,  # shared subscriptions
    0xA2: Unsupported,  # wildcards
}
_PUBLICATION: Mapping[int, type[ConnectorError]] = {
    0x87: AccessDenied,
    0x90: RecordRejected,  # topic name
    0x97: RateLimited,
    0x99: RecordRejected,  # payload format
}


def of_sign_in(code: int, said: str, where: str, user: str) -> ConnectorError:
    """A CONNACK that is none."""
    kind = _SIGN_IN.get(code, Unreachable)
    who = f"the user {user!r}" if user else "a client without a user name"
    denied = ", access denied" if kind is AccessDenied else ""
    return kind(f"{where} refused {who}{denied}: {said}.", detail=f"CONNACK 0x{code:02x}")


def of_subscription(code: int, said: str, where: str, topic: str) -> ConnectorError:
    """One topic filter of a SUBACK."""
    kind = _SUBSCRIPTION.get(code, Unreachable)
    denied = ", access denied" if kind is AccessDenied else ""
    return kind(f"{where} refused the subscription to {topic!r}{denied}: {said}.", detail=f"SUBACK 0x{code:02x}")


def of_publication(code: int, said: str, where: str, topic: str) -> ConnectorError:
    """A PUBACK that says no: the message was not taken."""
    kind = _PUBLICATION.get(code, Unreachable)
    denied = ", access denied" if kind is AccessDenied else ""
    return kind(f"{where} refused the message to {topic!r}{denied}: {said}.", detail=f"PUBACK 0x{code:02x}")
