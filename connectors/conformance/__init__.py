"""The contract of a connector as tests: subclass it, say how to reach a target, get them all.

    class TestVault(ConnectorContract):
        connector = VeevaVault

        @pytest.fixture
        def settings(self, httpserver): return {"base_url": httpserver.url_for("/api")}
        …

A test skips only where the connector lacks the thing by its own declaration: no sink, no credentials, not
idempotent, ``remote = False``, ``secured = False``. A hook that is missing while the connector has the thing is a
failure.
"""

from __future__ import annotations

from .failures import FailureContract
from .form import FormContract
from .hooks import HERE, READ_ERRORS, WRITE_ERRORS
from .reads import ReadingContract
from .writes import WritingContract

__all__ = ["HERE", "READ_ERRORS", "WRITE_ERRORS", "ConnectorContract"]


class ConnectorContract(FormContract, ReadingContract, WritingContract, FailureContract):
    """All of them."""
