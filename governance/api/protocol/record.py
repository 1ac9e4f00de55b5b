"""What a request is read by: the declared fields of its query, and those of a JSON object, the body or a part of it.

One rule for every operation: what is wrong with a query string is a 400, what is wrong with a body is a 422. Either
names the field, its value and the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.api.protocol.fields import Field, Schema
from governance.errors import MISSING, NOT_SHOWN, Refused


class UnknownField(Refused):
    """A query with a name that means nothing here, or that stands twice."""

    status = 400
    code = "unknown_field"


class BadValue(Refused):
    """A query with a value that its field cannot take, or without one that it needs."""

    status = 400
    code = "bad_value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Field):
    """Exactly these members; ``name`` is what a sentence calls the object."""

    members: tuple[Field, ...]

    def schema(self) -> Schema:
        return object_schema(self.members)

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            sentence = f"The {self.name} must be a JSON object."
            raise Refused(sentence, field=self.name, value=type(value).__name__, rule="a JSON object")
        known = [one.name for one in self.members]
        for name in value:
            if name not in known:
                sentence = f"The field {name!r} cannot be set here."
                raise Refused(sentence, field=name, value=NOT_SHOWN, rule=f"one of {', '.join(known) or 'none'}")
        return {one.name: _member(one, value) for one in self.members}


def read_query(known: Sequence[Field], given: Any, user: Any = None) -> dict[str, Any]:
    """The query's fields, all of which must be known; a ``QueryDict`` in, a value for each declared field out."""
    _check_names(known, given)
    try:
        return {one.name: _asked(one, given, user) for one in known}
    except Refused as refused:
        raise BadValue(refused.sentence, field=refused.field, value=refused.value, rule=refused.rule) from None


def _asked(one: Field, given: Any, user: Any) -> Any:
    found = _member(one, given)
    if one.name in given:
        one.check_known(found, user)
    return found


def _check_names(known: Sequence[Field], given: Any) -> None:
    names = {one.name: one for one in known}
    for name in given:
        if name not in names:
            raise UnknownField(
                f"The filter {name!r} is not known here; known are: {', '.join(names) or 'none'}.",
                field=name,
                value=NOT_SHOWN,  # whoever puts a token here does not find it in the trail
                rule=f"one of {', '.join(names)}" if names else "no filter",
            )
        if len(given.getlist(name)) > 1:
            raise UnknownField(f"The filter {name!r} stands twice.", field=name, value="twice", rule="once")


def object_schema(members: Sequence[Field]) -> Schema:
    """Closed: what is not declared is refused by name."""
    return {
        "type": "object",
        "properties": {one.name: described(one) for one in members},
        "required": [one.name for one in members if one.required],
        "additionalProperties": False,
    }


def described(one: Field) -> Schema:
    """The schema of a member with its sentence."""
    found = {**one.schema(), "description": one.help}
    return {**found, "deprecated": True} if one.deprecated else found


def _member(one: Field, value: Mapping[str, Any]) -> Any:
    if one.name in value:
        return one.read(value[one.name])
    if one.required:
        sentence = f"The field {one.name!r} is missing."
        raise Refused(sentence, field=one.name, value=MISSING, rule="required")
    return one.absent()
