"""One search for everything that the user may know of: the same groups as the console's box."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.openapi.shapes import said
from governance.api.protocol.fields import Text
from governance.api.protocol.operation import operation
from hub.api.base import HubView
from hub.selectors import search
from hub.selectors.search import Group

WORDS = Text(
    name="q",
    help="Words that must all be found, in any order; or a whole id or key.",
    least=1,
    most=200,
    required=True,
    example="glucose",
)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing that was found."""

    kind: Annotated[str, said("What it is.", "element")]
    key: Annotated[str, said("Its key or id; of an event, of what it is about.", "glucose")]
    title: Annotated[str, said("What people call it.", "Glucose")]
    note: Annotated[str, said("What else tells it apart.", "Mass of glucose in a litre of blood plasma.")]


@dataclass(frozen=True, slots=True)
class SearchGroup:
    """What was found of one kind of thing."""

    name: Annotated[str, said("The kind of thing.", "elements")]
    label: Annotated[str, said("The same for a person.", "Data elements")]
    count: Annotated[int, said("How many there are.", 1)]
    is_many: Annotated[bool, said("Whether there may be more than were counted.", False)]
    hits: Annotated[list[SearchHit], said(f"The first {search.MOST}.")]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Groups that found something. What they do not hold is found by the list of its kind."""

    total: Annotated[int, said("How many things were found.", 1)]
    groups: list[SearchGroup]


class Search(HubView):
    """``GET search?q=``"""

    @operation(
        "Search everything",
        answer=SearchResult,
        query=(WORDS,),
        description="Messages, interfaces, systems, connections, the dictionary, contracts, changes, replays and the "
        "audit trail, each as far as you may know of it. A protected key is found whole only, and stays masked.",
    )
    def get(self, request: Request) -> Response:
        groups = search.search(request.user, self.asked["q"])
        return Response(asdict(SearchResult(sum(one.count for one in groups), [_group(one) for one in groups])))


def _group(one: Group) -> SearchGroup:
    hits = [SearchHit(hit.kind, hit.key, hit.title, hit.note) for hit in one.hits]
    return SearchGroup(one.name, one.label, one.count, one.is_many, hits)
