"""Units of UCUM by code or by word, and which of them convert into each other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from rest_framework.request import Request
from rest_framework.response import Response

from dictionary.permissions import visible_elements
from dictionary.values import unit_names
from dictionary.values.ucum import is_valid
from governance.api.openapi.shapes import said
from governance.api.protocol.fields import Key, Text
from governance.api.protocol.operation import operation
from governance.api.protocol.paging import PAGING, answer, number, place_of
from governance.api.protocol.record import BadValue
from governance.api.protocol.view import ApiView

FARTHEST = 100_000  # where no catalogue goes on any more
FILTERS = (
    Text(name="q", help="Words of code or name, or a unit of any make.", most=200, example="gram"),
    Text(name="like", help="Only what converts into this unit.", most=100, example="g/L"),
    Key(name="element", help="Only what converts into the unit of this element.", visible=visible_elements),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of UCUM. Units that measure the same convert into each other."""

    code: Annotated[str, said("Its UCUM code.", "mg/dL")]
    name: Annotated[str, said("Its name.", "milligram per deciliter")]
    quantity: Annotated[str, said("What UCUM says that it is for; empty for compounds.", "")]
    measures: Annotated[str, said("Its dimension in words.", "mass·length⁻³")]


class UnitList(ApiView):
    """``GET units``"""

    @operation(
        "List the units",
        answer=Unit,
        is_page=True,
        query=(*FILTERS, *PAGING),
        description="UCUM's units, usual compounds and prefixes. `like` and `element` keep to what converts.",
    )
    def get(self, request: Request) -> Response:
        asked, like = self.asked, self._like(request)
        (start,) = place_of(asked["cursor"], _position) or (0,)
        found = unit_names.found(asked["q"], like=like, most=start + asked["limit"] + 1)[start:]
        following = [start + asked["limit"]] if len(found) > asked["limit"] else None
        rows = (asdict(Unit(one.code, one.name, one.quantity, one.measures)) for one in found[: asked["limit"]])
        return answer(request, rows, following)

    def _like(self, request: Request) -> str:
        """The unit into which all must convert; "" where none is asked for."""
        like, element = self.asked["like"], self.asked["element"]
        if like and element:
            raise BadValue("element is taken only without like.", field="element", value=element, rule="without like")
        if like and not is_valid(like):
            sentence = f"like is {like!r}, which is no unit of UCUM."
            raise BadValue(sentence, field="like", value=like, rule="a UCUM unit")
        if like or not element:
            return like
        unit = visible_elements(request.user).get(key=element).unit
        if not unit:
            sentence = f"The element {element!r} has no unit."
            raise BadValue(sentence, field="element", value=element, rule="an element with a unit")
        return unit


def _position(part: object) -> int:
    found = number(part)
    if not 0 <= found <= FARTHEST:
        raise ValueError
    return found
