"""Approval policies: what happens between proposal and release. Chosen by what is touched, never by its author."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from governance.models import ChangeRequest


class ReleaseAtOnce:
    """The default until signatures come: a valid proposal is released in the same transaction."""

    name: ClassVar[str] = "release_at_once"

    def after_proposal(self, request: ChangeRequest, *, by: Any) -> None:
        from governance.changes.release import release

        release(change_request=request, by=by)


_default = ReleaseAtOnce()


def policy_for(operations: Sequence[Any]) -> ReleaseAtOnce:
    """The policy for these operations."""
    return _default
