"""A JSON object whose members are declared: the body of a request, or one item of a list in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.api.protocol.fields import Field, Schema, UnknownField
from governance.errors import MISSING, NOT_SHOWN, Refused


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


def read_query(known: Sequence[Field], given: Any) -> dict[str, Any]:
    """The query's fields, all of which must be known; a ``QueryDict`` in, a value for each declared field out."""
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
    return {one.name: one.read(given[one.name]) if one.name in given else one.absent() for one in known}


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
