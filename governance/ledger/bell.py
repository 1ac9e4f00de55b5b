"""The sealer's bell: something was signed or released, and should not wait for the tick to be sealed."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)

_answers: list[Callable[[], None]] = []


def answer_with(call: Callable[[], None]) -> None:
    """Register who asks the sealer: the hub does, at its start."""
    if call not in _answers:
        _answers.append(call)


def ring() -> None:
    """After the commit, or at once where none is open. Never raises: the tick seals what nobody rang for."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    for call in _answers:
        try:
            call()
        except Exception as error:  # whatever a broker's client raises: the act that rang is committed
            log.warning("sealer.not_heard", error=type(error).__name__)
