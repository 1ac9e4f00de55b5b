"""What one method of one address takes, answers and refuses: declared beside the code that does it.

The same declaration reads the request, makes OpenAPI and the reference page; there is no second description.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from governance.api.protocol.deprecation import Deprecation
from governance.api.protocol.fields import Field
from governance.api.protocol.record import Record

ALWAYS = (
    400,
    401,
    406,
    429,
)  # any operation: something wrong in the query, no credential, no such media type, too many
WITH_BODY = (411, 413, 415, 422)


@dataclass(frozen=True, slots=True)
class Operation:
    """``answer`` is a dataclass, the answer's shape; ``is_page`` says that it stands in a list with a cursor.

    ``act`` is the name under which a refusal is recorded. ``refusals`` are statuses beyond those that every
    operation has. ``media`` is the answer's media type. ``conditions`` are the headers If-Match and If-None-Match.
    """

    summary: str
    answer: Any = None
    status: int = 200
    is_page: bool = False
    query: tuple[Field, ...] = ()
    body: tuple[Field, ...] | None = None
    refusals: tuple[int, ...] = ()
    act: str = ""
    tag: str = ""
    media: str = "application/json"
    description: str = ""
    conditions: tuple[Field, ...] = ()
    has_etag: bool = False
    deprecated: Deprecation | None = None
    example: Any = None
    body_media: tuple[str, ...] = ("application/json",)
    body_schema: Any = None
    body_example: Any = None
    components: tuple[tuple[str, Any], ...] = ()  # schemas that fields refer to, by name
    is_counted: bool = True  # by the rate limits
    also: tuple[tuple[int, str], ...] = ()  # other successes, with their sentence

    def read_body(self, data: Any) -> dict[str, Any]:
        """The declared fields of a body; an optional one that is absent has its empty value."""
        return Record(name="body", help="", members=self.body or ()).read(data)

    def statuses(self) -> list[int]:
        """Every refusal that this operation can answer, in order."""
        found = {*ALWAYS, *self.refusals} if self.is_counted else {401, *self.refusals}
        found |= set(WITH_BODY) if self.body is not None or self.body_schema else set()
        found |= {403} if self.act else set()
        return sorted(found)

    def called(self, **words: str) -> Operation:
        """The same for another subject: ``{one}`` and ``{many}`` of its texts are replaced."""
        return replace(
            self,
            summary=self.summary.format(**words),
            description=self.description.format(**words),
            act=self.act.format(**words),
        )


def operation(summary: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a method of a view."""

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        method.declared = Operation(summary, **more)  # type: ignore[attr-defined]
        return method

    return declare
