"""A mapping tried on a sample: what it becomes, where each value came from, and what no rule read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpResponse
from rest_framework.request import Request

from dictionary.console import samples
from dictionary.mapping.protected import MASK
from dictionary.selectors import mappings
from dictionary.values import json
from dictionary.values.errors import excerpt
from governance.api.openapi.shapes import said
from governance.api.proposing import KEY, row_of
from governance.api.protocol.fields import Identity, Object
from governance.api.protocol.operation import operation
from governance.api.protocol.parser import ExactJson
from governance.api.protocol.view import ApiView
from governance.errors import MISSING, Refused

SAMPLE = Object(
    name="sample",
    help="A record as the mapping reads it. Either this or `message`.",
    example={"sample": "S-1", "lot": "L-1", "glucose": {"value": "90", "unit": "mg/dL"}},
)
HIDDEN = (
    "You may not see all values of this message: protected ones are masked in the sample. What the mapping makes of a "
    "masked value, or refuses of it, says nothing about the message itself."
)
MESSAGE = Identity(name="message", help="Id of a message whose stored record is taken; that you look is recorded.")


@dataclass(frozen=True, slots=True)
class PreviewProblem:
    """One value that the mapping refused."""

    field: Annotated[str, said("The field.", "verdict")]
    value: Annotated[str, said("What stood there.", "MAYBE")]
    rule: Annotated[str, said("The rule that it breaks.", "one of the codes of verdict")]
    sentence: Annotated[str, said("For a person.")]


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a sample becomes. Nothing is stored and nothing is sent."""

    is_sound: Annotated[bool, said("Whether no value was refused.", True)]
    is_masked: Annotated[bool, said("Whether values of the sample are hidden from you.", False)]
    sentence: Annotated[str, said("What that means, for a person; empty where nothing is hidden.", "")]
    output: Annotated[dict[str, Any], said("The record that was made.")]
    trace: Annotated[list[dict[str, Any]], said("A line a value: target, value, rule, source, raw, notes.")]
    problems: list[PreviewProblem]
    unread: Annotated[list[str], said("Paths of the sample that no rule reads.")]


class Preview(ApiView):
    """``POST mappings/{key}/preview`` {sample} or {message}"""

    path = (KEY,)
    parser_classes = [ExactJson]

    @operation(
        "Try a mapping on a sample",
        answer=Previewed,
        body=(SAMPLE, MESSAGE),
        refusals=(403, 404),
        act="mapping.preview",
        description="The mapping in force. Nothing is stored and nothing is sent.",
    )
    def post(self, request: Request, key: str) -> HttpResponse:
        given = self.body()
        mapping = row_of(request.user, "mapping", key)
        sample = self._sample(request, given, mapping.direction)
        found = mappings.preview(mappings.compiled(mapping), sample)
        problems = [
            PreviewProblem(one.field, excerpt(one.value), one.rule, one.sentence) for one in found.mapped.problems
        ]
        is_masked = given["message"] is not None and MASK in sample
        shown = Previewed(
            is_sound=not problems,
            is_masked=is_masked,
            sentence=HIDDEN if is_masked else "",
            output=found.mapped.output,
            trace=found.trace,
            problems=problems,
            unread=found.unread,
        )
        return HttpResponse(json.dumps(shown), content_type="application/json")  # each number with its own digits

    def _sample(self, request: Request, given: dict[str, Any], direction: str) -> str:
        if (given["sample"] is None) == (given["message"] is None):
            sentence = "Give either a sample, or the id of a message."
            raise Refused(sentence, field="sample", value=MISSING, rule="sample or message, not both")
        if given["message"] is not None:
            return samples.take(request.user, str(given["message"]), direction, source="api")
        return json.dumps(given["sample"]).decode()
