"""A changed mapping run beside the one in force, over the newest real messages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from rest_framework.request import Request
from rest_framework.response import Response

from dictionary.console import samples
from dictionary.mapping import CompiledMapping, MappingRefused
from dictionary.selectors import drafts, mappings
from dictionary.selectors.drafts import TESTED
from governance.api import discretion
from governance.api.openapi.shapes import said
from governance.api.proposing import KEY, check_may, row_of
from governance.api.protocol.fields import Object, OneOf
from governance.api.protocol.operation import operation
from governance.api.protocol.view import ApiView
from governance.changes import Operation
from governance.errors import ContentRefused, Refused

CONTENT = Object(
    name="content",
    help="The whole changed content of the mapping, as a proposal would hold it.",
    required=True,
    example={
        "key": "lims-result",
        "label": "Result of the lab system",
        "entity": "result",
        "direction": "to_canonical",
        "source": "lims/result",
        "rules": [{"target": "reference", "path": "$.sample"}],
    },
)
LAST = OneOf(name="last", help="How many of the newest messages.", numbers=TESTED, required=True, example=20)


@dataclass(frozen=True, slots=True)
class Mapped:
    """One message that the draft maps otherwise. Values of protected data classes are masked."""

    message_id: Annotated[str, said("Id of the message.", "01980000-0000-7000-8000-000000000001")]
    before: Annotated[str, said("What the mapping in force makes of it, as indented JSON.", "{}")]
    after: Annotated[str, said("What the draft makes of it.", "{}")]
    is_masked: Annotated[bool, said("Whether the difference lies in what is masked for you.", False)]


@dataclass(frozen=True, slots=True)
class BackTested:
    """How the draft compares with the mapping in force. Nothing was stored and nothing was sent."""

    base: Annotated[str, said("Version of the mapping in force.", "1.0.0")]
    count: Annotated[int, said("How many messages were run.", 20)]
    differing: Annotated[int, said("How many the draft maps otherwise.", 1)]
    refused: Annotated[int, said("How many only the draft refuses.", 0)]
    mended: Annotated[int, said("How many only the mapping in force refuses.", 1)]
    differences: Annotated[list[Mapped], said("The first few that differ.")]


class BackTest(ApiView):
    """``POST mappings/{key}/back-test`` {content, last}"""

    path = (KEY,)

    @operation(
        "Back-test a change of a mapping",
        answer=BackTested,
        body=(CONTENT, LAST),
        refusals=(403, 404),
        act="mapping.back_test",
        description="For who may propose the change, over messages whose content they may read. Who may not unmask "
        "protected values tries and counts with their masks. That you looked at what is shown is recorded.",
    )
    def post(self, request: Request, key: str) -> Response:
        given = self.body()
        check_may(request.user, "mapping", key, given["content"])
        held = row_of(request.user, "mapping", key)
        before, after = mappings.compiled(held), _drafted(request.user, key, given["content"])
        direction = given["content"].get("direction", "to_canonical")
        found = drafts.back_test(before, after, samples.several(request.user, key, direction, given["last"]))
        shown = [_mapped(request.user, one, before, after, direction) for one in found.references]
        told = BackTested(held.version, found.count, found.differing, found.refused, found.mended, shown)
        return Response(asdict(told))


def _drafted(user: Any, key: str, content: dict[str, Any]) -> CompiledMapping:
    """The draft, compiled; refuses what a proposal of it would be refused for before its test cases are run."""
    if content.get("key") != key:
        raise Refused(
            f"The key within the content must be {key!r}.", field="key", value=str(content.get("key"))[:80], rule=key
        )
    discretion.check_known(user, [Operation("mapping", key, content)])
    try:
        return mappings.drafted(content)
    except MappingRefused as refused:
        raise ContentRefused("This draft cannot be run:", list(refused.sentences)) from None


def _mapped(user: Any, message: str, before: CompiledMapping, after: CompiledMapping, direction: str) -> Mapped:
    """On the sample as this user may see it: a look."""
    made = drafts.differing(before, after, samples.take(user, message, direction, source="api"))
    return Mapped(message, made.before, made.after, made.is_masked)
