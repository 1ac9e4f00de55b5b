"""What waits for a person: groups that look alike, and the members of one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.openapi.shapes import Moment, said
from governance.api.protocol.fields import Choice, Text
from governance.api.protocol.operation import operation
from governance.api.protocol.paging import PAGING, page_of_list
from governance.errors import NotFound
from hub.api.base import INTERFACE, REASON, HubView
from hub.models import Triage
from hub.permissions import check_may_operate, interface_for, readable_interfaces
from hub.selectors.mending import exceptions
from hub.selectors.mending.exceptions import WORST_FIRST, Group, Item
from hub.services import triage

FINGERPRINT = Text(name="fingerprint", help="Name of the group.", most=12, example="1f0c77ab90ab")
PERSON = Text(name="person", help="User name; empty gives it back to nobody.", most=64, example="olga")
DEVIATION = Text(name="deviation", help="Number in the quality system; empty takes it away.", most=80, example="DEV-1")
STATE = Choice(name="state", help="Of its members.", choices=tuple(str(one) for one in WORST_FIRST), example="dead")


@dataclass(frozen=True, slots=True)
class ExceptionGroup:
    """Messages or deliveries that wait for the same reason."""

    fingerprint: Annotated[str, said("Its name, as long as it has members.", "1f0c77ab90ab")]
    state: Annotated[str, said("in_doubt, dead or quarantined.", "dead")]
    interface: Annotated[str, said("Key of the interface.", "IF-001")]
    route: Annotated[str, said("Key of the route; empty for messages.", "qms")]
    reason: Annotated[str, said("Why.", "rejected")]
    field: Annotated[str, said("The field that broke a rule.", "verdict")]
    rule: Annotated[str, said("The rule, for who may read payloads.", "codes")]
    sentence: Annotated[str, said("For a person.", "The target refused it.")]
    count: Annotated[int, said("How many.", 12)]
    first_at: Moment
    last_at: Moment


class ExceptionList(HubView):
    """``GET exceptions``"""

    @operation(
        "List what waits for a person",
        answer=ExceptionGroup,
        is_page=True,
        query=(INTERFACE, STATE, *PAGING),
        description="Groups that look alike: in doubt first, then dead, then in quarantine; the largest first. Groups "
        "change while they are worked on: one that grew between two pages may come twice.",
    )
    def get(self, request: Request) -> Response:
        rows = exceptions.groups(request.user, interface=self.asked["interface"])
        rows = [one for one in rows if self.asked["state"] in ("", one.state)]
        return page_of_list(request, rows, self.asked, lambda one: asdict(_group(one)), place=_place)


class ExceptionItems(HubView):
    """``GET exceptions/{fingerprint}``: the oldest members of a group, in the order in which they would be replayed."""

    path = (FINGERPRINT,)

    @operation(
        "List the members of a group",
        answer=Item,
        is_page=True,
        query=PAGING,
        refusals=(404,),
        description=f"The oldest {exceptions.LONGEST_GROUP} at the most, in the order in which they would be replayed.",
    )
    def get(self, request: Request, fingerprint: str) -> Response:
        found = exceptions.group(request.user, fingerprint)
        if found is None:
            raise NotFound(f"Nothing waits as {fingerprint!r}.", field="fingerprint", value=fingerprint)
        may_read = found.interface_key in readable_interfaces(request.user)
        rows = list(enumerate(exceptions.items(found, may_read=may_read)))
        return page_of_list(
            request, rows, self.asked, lambda row: asdict(row[1]), place=lambda row: (row[0], 0, str(row[1].message_id))
        )


@dataclass(frozen=True, slots=True)
class Triaged:
    """Who works on a group, and under which number of the quality system."""

    fingerprint: Annotated[str, said("Name of the group.", "1f0c77ab90ab")]
    assigned_to: Annotated[str, said("User name of who works on it; empty for nobody.", "olga")]
    deviation: Annotated[str, said("Number in the quality system; empty for none.", "DEV-2026-0117")]


class TriageView(HubView):
    """An act on a group of an interface that the user operates."""

    path = (FINGERPRINT,)

    def interface_key(self, fingerprint: str) -> str:
        found = exceptions.group(self.request.user, fingerprint)
        if found is None:
            raise NotFound(f"Nothing waits as {fingerprint!r}.", field="fingerprint", value=fingerprint)
        check_may_operate(self.request.user, interface_for(self.request.user, found.interface_key))
        return found.interface_key


class Assign(TriageView):
    """``POST exceptions/{fingerprint}/assign`` {person, reason}"""

    @operation(
        "Give a group to a person", answer=Triaged, body=(PERSON, REASON), refusals=(404,), act="exceptions.assign"
    )
    def post(self, request: Request, fingerprint: str) -> Response:
        given = self.body()
        key = self.interface_key(fingerprint)
        return _triaged(triage.assign(fingerprint=fingerprint, interface_key=key, by=request.user, **given))


class Link(TriageView):
    """``POST exceptions/{fingerprint}/link`` {deviation, reason}"""

    @operation(
        "Link a group to a deviation", answer=Triaged, body=(DEVIATION, REASON), refusals=(404,), act="exceptions.link"
    )
    def post(self, request: Request, fingerprint: str) -> Response:
        given = self.body()
        key = self.interface_key(fingerprint)
        return _triaged(triage.link(fingerprint=fingerprint, interface_key=key, by=request.user, **given))


def _triaged(row: Triage) -> Response:
    to = row.assigned_to.username if row.assigned_to else ""
    return Response(asdict(Triaged(row.fingerprint, to, row.deviation)))


def _place(one: Group) -> tuple[int, int, str]:
    return WORST_FIRST.index(one.state), -one.count, one.fingerprint


def _group(one: Group) -> ExceptionGroup:
    return ExceptionGroup(
        fingerprint=one.fingerprint,
        state=one.state,
        interface=one.interface_key,
        route=one.route,
        reason=one.reason,
        field=one.field,
        rule=one.shown_rule,
        sentence=one.sentence,
        count=one.count,
        first_at=one.first_at,
        last_at=one.last_at,
    )
