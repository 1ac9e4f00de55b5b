"""What a change reaches, over the API: of an object, of a field of a system, and of a changed API description."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import collections
from governance.api.openapi.shapes import said
from governance.api.protocol.fields import Choice, Object, Text
from governance.api.protocol.operation import operation
from governance.api.protocol.view import ApiView
from governance.changes import kinds
from governance.changes.descriptions import reading
from governance.changes.impact import fields, impact_of, impact_of_field
from governance.changes.impact.described import Consequence, compared
from governance.changes.impact.known import check_field
from governance.changes.impact.seen import Seen, seen, seen_all
from governance.errors import MISSING, NotFound, Refused

SYSTEM = Text(name="system", help="Key of a system; with `field`.", most=160, example="lims")
FIELD = Text(name="field", help="Path of a field that the system sends or takes.", most=300, example="$.lot.id")
DOCUMENT = Text(name="document", help="Stream, sink or ICD that narrows it.", most=160, example="ICD-0001")
KIND = Choice(name="kind", help="Kind of an object; with `key`.", choices=collections.names, example="element")
KEY = Text(name="key", help="Key of the object.", most=160, example="glucose")
RECORD = Text(name="record", help="Name of the record, where a description holds several.", most=200, example="Lot")
EXAMPLE = {"type": "object", "properties": {"lot": {"type": "string"}}}
OLD = Object(name="old", help="Without it, what is held here of `document` is compared.", example=EXAMPLE)
NEW = Object(name="new", help="OpenAPI 3, Swagger 2 or JSON Schema.", required=True, example=EXAMPLE)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object that is reached, and one shortest reason."""

    part: Annotated[str, said("Which part; empty for the whole.", "rule 2 (lot)")]
    within: Annotated[str, said("In whose context, as kind:key; empty for none.", "interface:IF-001")]
    distance: Annotated[int, said("How many steps away.", 1)]
    why: Annotated[list[str], said("The reason, step by step.")]


@dataclass(frozen=True, slots=True)
class ReachedObject:
    """A controlled object that depends on what was asked about."""

    kind: Annotated[str, said("Its kind.", "interface")]
    key: Annotated[str, said("Its key.", "IF-001")]
    label: Annotated[str, said("What people call it.", "Results to quality")]
    owner: Annotated[str, said("Who answers for it; empty where nobody said.", "Olga Brandt")]
    criticality: Annotated[str, said("low, medium, high, critical, or empty.", "high")]
    gxp: Annotated[bool, said("Whether it belongs to medicines law.", True)]
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class ImpactFound:
    """What depends on it, as far as the reader may see."""

    graph_hash: Annotated[str, said("SHA-256 over the sorted edges of the dependency graph.", "sha256:1f0c…")]
    highest_criticality: Annotated[str, said("The highest of all that is shown, or empty.", "high")]
    gxp: Annotated[bool, said("Whether any of it belongs to medicines law.", True)]
    owners: Annotated[list[str], said("Everybody who answers for a part of it.", ["Olga Brandt"])]
    hidden: Annotated[int, said("Objects that the reader may not see.", 0)]
    starts: Annotated[list[str], said("What changes, as kind:key and part.")]
    objects: Annotated[list[ReachedObject], said("The nearest first.")]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, and what depends on it."""

    record: Annotated[str, said("Record of the description; empty where there is one.", "Lot")]
    path: Annotated[str, said("Path of the field.", "$.lot.id")]
    to: Annotated[str, said("Path of the field that it may be now; empty where none is suspected.", "")]
    what: Annotated[
        str, said("removed, renamed (a suspicion), type, values, now_required, now_optional or added.", "removed")
    ]
    says: Annotated[str, said("The same as a sentence.", "It was string, and is not described any more.")]
    impact: ImpactFound


@dataclass(frozen=True, slots=True)
class Differences:
    """Every field that differs, the most urgent first within a record."""

    differences: list[Difference]


class ImpactView(ApiView):
    """``GET impact``"""

    @operation(
        "See what depends on an object or on a field of a system",
        answer=ImpactFound,
        query=(SYSTEM, FIELD, DOCUMENT, KIND, KEY),
        refusals=(404,),
        description="Give `system` and `field`, or `kind` and `key`. What you may not see is counted in `hidden`. "
        "A system or an object that is not there is 404. A field that nothing here names is 400, except where nothing "
        "at all is known of the system's fields.",
    )
    def get(self, request: Request) -> Response:
        asked = self.asked
        is_field, is_object = bool(asked["system"] and asked["field"]), bool(asked["kind"] and asked["key"])
        if is_field == is_object:
            rule = "system and field, or kind and key"
            raise NotAsked(f"Give {rule}.", field="field", value=MISSING, rule=rule)
        if is_field:
            check_seen(request.user, "system", asked["system"])
            path = _path(request.user, asked["system"], asked["field"], asked["document"])
            found = impact_of_field(asked["system"], path, document=asked["document"])
        else:
            check_seen(request.user, asked["kind"], asked["key"])
            found = impact_of([(asked["kind"], asked["key"])])
        return Response(asdict(shown(seen(request.user, found, visible))))


class NotAsked(Refused):
    """A query that asks for nothing, or for what is no field."""

    status = 400
    code = "bad_value"


class DescriptionView(ApiView):
    """``POST impact/descriptions``"""

    @operation(
        "Compare API descriptions of a system, and see what depends on each difference",
        answer=Differences,
        body=(Text(name="system", help="Key of the system.", most=160, required=True, example="lims"), DOCUMENT, RECORD,
              NEW, OLD),
        refusals=(404,),
        description="Nothing is stored. References within a description are followed; nothing is fetched.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        given = self.body()
        check_seen(request.user, "system", given["system"])
        for name in ("new", "old"):
            if given[name] is not None:
                reading.check(given[name], name)
        found = compared(**given, user=request.user, visible=visible)
        every = seen_all(request.user, [one.impact for one in found], visible)
        differences = [_difference(one, mine) for one, mine in zip(found, every, strict=True)]
        return Response(asdict(Differences(differences)))


def visible(user: Any, kind: str) -> QuerySet:
    """The projections of a kind that the user may know of; none where the API has no door for the kind."""
    if kind in collections.names():
        return collections.of(kind).visible(user)
    return kinds.get(kind).model._base_manager.none()


def check_seen(user: Any, kind: str, key: str) -> None:
    """NotFound for what is not there as for what the user may not know of."""
    if not visible(user, kind).filter(key=key, is_retired=False).exists():
        raise NotFound(f"There is no {kind.replace('_', ' ')} {key!r}.", field=kind, value=key)


def shown(mine: Seen) -> ImpactFound:
    impact = mine.impact
    return ImpactFound(
        graph_hash=impact.graph_hash,
        highest_criticality=impact.highest_criticality,
        gxp=impact.is_gxp,
        owners=list(impact.owners),
        hidden=impact.hidden,
        starts=[one.node.text for one in impact.starts],
        objects=[_object(mine, one) for one in impact.objects],
    )


def _object(mine: Seen, one: Any) -> ReachedObject:
    facts, (kind, key) = one.facts, one.reference
    parts = [Part(part.node.part, ":".join(part.node.within), part.distance, mine.words(part)) for part in one.parts]
    return ReachedObject(kind, key, facts.label, facts.owner, facts.criticality, facts.is_gxp, parts)


def _difference(one: Consequence, mine: Seen) -> Difference:
    return Difference(one.record, one.path, one.to, one.change.what, one.change.says, shown(mine))


def _path(user: Any, system: str, text: str, document: str) -> fields.Path:
    try:
        path = fields.read(text)
        check_field(user, system, path, document, visible)
        return path
    except Refused as refused:  # a query is refused with 400
        raise NotAsked(refused.sentence, field=refused.field, value=refused.value, rule=refused.rule) from None
