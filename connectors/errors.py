"""What can go wrong on the road, sorted by the one question that matters: what do we do next?

A connector raises from this family and from nothing else. The engine looks at the disposition, never at
the text. Anything outside the family is our own bug and dead-letters as ``internal``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar


class Disposition(StrEnum):
    """The engine's next step after a failed call."""

    RETRY = "retry"  # nothing was applied: try again later
    VERIFY = "verify"  # perhaps applied: ask the target before a second write
    DEAD_LETTER = "dead_letter"  # this record is wrong; the next one may be right
    HALT = "halt"  # every record would fail: pause the interface, call its owner


class ConnectorError(Exception):
    """Base of the family.

    ``message`` is a sentence for the quality manager, ``detail`` is for the engineer. Neither may hold a
    secret or a payload.
    """

    disposition: ClassVar[Disposition]

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


# --- nothing was applied: try again ------------------------------------------------------------------


class Unreachable(ConnectorError):
    """The system did not answer, or said that it cannot work now (network, 5xx on a read, maintenance)."""

    disposition = Disposition.RETRY


class RateLimited(Unreachable):
    """The system asks us to slow down. ``retry_after`` is in seconds, ``None`` where it did not say."""

    def __init__(self, message: str, *, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after


# --- perhaps applied: ask ----------------------------------------------------------------------------


class OutcomeUnknown(ConnectorError):
    """We sent the record and no clear answer came: ask ``Sink.find`` before a second write."""

    disposition = Disposition.VERIFY


# --- this record is wrong ----------------------------------------------------------------------------


class RecordRejected(ConnectorError):
    """The system refused this record. ``field_errors`` maps its field to its complaint, where it said so."""

    disposition = Disposition.DEAD_LETTER

    def __init__(self, message: str, *, detail: str = "", field_errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message, detail=detail)
        self.field_errors = dict(field_errors or {})


class Conflict(RecordRejected):
    """The system's version of the record moved on since we read it."""


# --- every record would fail -------------------------------------------------------------------------


class Misconfigured(ConnectorError):
    """The connection's settings cannot work: pause the interface and call its owner."""

    disposition = Disposition.HALT


class AccessDenied(Misconfigured):
    """The system refused our credentials, or they do not reach this object."""


class Unsupported(Misconfigured):
    """The connection was asked for something that its connector, or this installation, lacks."""


# --- a webhook that does not prove where it comes from -----------------------------------------------


class Unverified(ConnectorError):
    """A webhook call whose signature does not match. The door answers 401 and stores nothing."""

    disposition = Disposition.DEAD_LETTER
