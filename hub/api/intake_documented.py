"""How the intake stands in OpenAPI: it is a plain view, so what it takes and answers is declared here by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from governance.api.openapi.describing import parameter
from governance.api.openapi.generating import add_by_hand
from governance.api.openapi.shapes import said, schemas_of
from governance.api.protocol.fields import Text
from governance.api.protocol.operation import Operation
from hub.api.base import INTERFACE_KEY
from hub.api.intake import BATCH, EVENT, PLAIN

PATH = "/api/v1/interfaces/{key}/messages"
KEY_HEADER = Text(
    name="Idempotency-Key",
    help="For plain JSON without a key of its own: sent again under the same key, it is accepted once.",
    most=200,
    example="S-1",
)
CORRELATION = Text(name="X-Correlation-Id", help="Follows the message to its receipt.", most=64, example="trace-77")
EXAMPLE: dict[str, Any] = {
    "sample": "S-1",
    "lot": "L-1",
    "glucose": {"value": "90", "unit": "mg/dL"},
    "verdict": "OK",
    "at": "21.11.2026 08:30",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The message is stored; what happens to it is read at /api/v1/messages/{id}."""

    id: UUID
    correlation_id: Annotated[str, said("Follows it everywhere.", "trace-77")]
    duplicate: Annotated[bool, said("Whether it was accepted before.", False)]


@dataclass(frozen=True, slots=True)
class AcceptedBatch:
    """One answer an item, in their order: accepted, or a problem document."""

    items: list[dict[str, Any]]


SEND = Operation(
    "Send a message, or a batch of CloudEvents",
    answer={"anyOf": [schemas_of(shape)[1][shape.__name__] for shape in (Accepted, AcceptedBatch)]},
    status=202,
    body_schema={"description": "A JSON record as the interface's ICD has it, a CloudEvent, or an array of them."},
    body_example=EXAMPLE,
    body_media=(PLAIN, EVENT, BATCH),
    refusals=(400, 404, 409, 411, 503),
    conditions=(KEY_HEADER, CORRELATION),
    tag="interfaces",
    is_counted=False,
    also=((207, "Of a batch, some items were refused: each says why."),),
    description="Answered after the message is stored. Needs a token with the right to send to the interface; a"
    " session does not open this door. It is not counted by the rate limits.",
)

add_by_hand(PATH, "post", SEND, name="post_interfaces_key_messages", tag="", path=[parameter(INTERFACE_KEY, "path")])
