"""Fields of a query or a body, declared once: the declaration reads what came, and it is what OpenAPI shows.

A field refuses what breaks its rule, naming field, value and rule. Whether that is a 400 or a 422 is not its own to
say: ``record.py`` makes every refusal of a query a 400, and every refusal of a body is a 422.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from governance.api.protocol.deprecation import Deprecation
from governance.errors import Refused

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One name of a query or a body. ``help`` is a sentence for the reader of the documentation."""

    name: str
    help: str
    required: bool = False
    example: Any = None
    deprecated: Deprecation | None = None

    def schema(self) -> Schema:
        """JSON Schema of the value."""
        raise NotImplementedError

    def read(self, value: Any) -> Any:
        """What a view works with. Raises Refused that names field, value and rule."""
        raise NotImplementedError

    def check_known(self, value: Any, user: Any) -> None:
        """Refuses a value that names something which is not there for this user. Most fields name nothing."""

    def absent(self) -> Any:
        """What an optional field is where it was not given."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """Text of ``least`` to ``most`` characters; blanks alone are none."""

    least: int = 0
    most: int = 2000

    def schema(self) -> Schema:
        least = {"minLength": self.least, "pattern": r"\S"} if self.least else {}
        return {"type": "string", "maxLength": self.most, **least}

    def read(self, value: Any) -> str:
        text = typed(self.name, value, str, "text")
        if len(text.strip()) < self.least:
            sentence = f"The field {self.name!r} is empty."
            raise Refused(sentence, field=self.name, value="empty", rule=f"at least {self.least} characters")
        if len(text) > self.most:
            sentence = f"The field {self.name!r} has {len(text)} characters; at most {self.most} are taken."
            raise Refused(sentence, field=self.name, value=f"{text[:60]} …", rule=f"at most {self.most} characters")
        return text

    def absent(self) -> str:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key(Text):
    """The key of something of which there is a list; ``visible`` gives the rows that a user may know of.

    What is somebody else's is answered like what is not there.
    """

    most: int = 160
    visible: Callable[[Any], Any]

    def check_known(self, value: Any, user: Any) -> None:
        if not self.visible(user).filter(key=value).exists():
            sentence = f"{self.name} is {value[:80]!r}; there is none of that key."
            raise Refused(sentence, field=self.name, value=value[:80] or "empty", rule="the key of one that is yours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of a few words; a function where they are known only once everything is loaded."""

    choices: tuple[str, ...] | Callable[[], Iterable[str]]

    @property
    def words(self) -> list[str]:
        return list(self.choices() if callable(self.choices) else self.choices)

    def schema(self) -> Schema:
        return {"type": "string", "enum": self.words}

    def read(self, value: Any) -> str:
        if typed(self.name, value, str, "text") in self.words:
            return value
        known = ", ".join(self.words)
        sentence = f"The field {self.name!r} is {value[:80]!r}; it takes one of: {known}."
        raise Refused(sentence, field=self.name, value=value[:80] or "empty", rule=f"one of {known}")

    def absent(self) -> str:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Field):
    """A time with its offset, RFC 3339; read as UTC."""

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}

    def read(self, value: Any) -> datetime:
        try:
            found = parse_datetime(value.replace(" ", "+"))  # a plus that nobody encoded arrives as a blank
            found = found.astimezone(UTC) if found and found.tzinfo else None
        except (ValueError, OverflowError):  # a time at the ends of the calendar may have no UTC
            found = None
        if found is None:
            sentence = f"{self.name} is {value[:80]!r}; it takes a time with offset."
            raise Refused(sentence, field=self.name, value=value[:80] or "empty", rule="RFC 3339")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Field):
    """A UUID."""

    def schema(self) -> Schema:
        return {"type": "string", "format": "uuid"}

    def read(self, value: Any) -> UUID:
        try:
            return UUID(value)
        except (ValueError, AttributeError, TypeError):
            shown = str(value)[:80]
            sentence = f"The field {self.name!r} is {shown!r}, which is no id."
            raise Refused(sentence, field=self.name, value=shown or "empty", rule="UUID") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A whole number of a query, within bounds."""

    least: int
    most: int
    default: int

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most, "default": self.default}

    def read(self, value: Any) -> int:
        if re.fullmatch(r"[0-9]{1,9}", value) and self.least <= int(value) <= self.most:
            return int(value)
        rule = f"{self.least} to {self.most}"
        sentence = f"{self.name} is {value[:80]!r}; it takes {rule}."
        raise Refused(sentence, field=self.name, value=value[:80] or "empty", rule=rule)

    def absent(self) -> int:
        return self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(Field):
    """One of a few whole numbers of a body."""

    numbers: tuple[int, ...]

    def schema(self) -> Schema:
        return {"type": "integer", "enum": list(self.numbers)}

    def read(self, value: Any) -> int:
        if type(value) is int and value in self.numbers:
            return value
        rule = f"one of {', '.join(map(str, self.numbers))}"
        sentence = f"The field {self.name!r} is {str(value)[:80]!r}; it takes {rule}."
        raise Refused(sentence, field=self.name, value=str(value)[:80] or "empty", rule=rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Object(Field):
    """A JSON object whose inside the service checks; ``shape`` documents it, where that is known."""

    shape: Schema | None = None

    def schema(self) -> Schema:
        return self.shape or {"type": "object"}

    def read(self, value: Any) -> dict[str, Any]:
        return typed(self.name, value, dict, "a JSON object")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Field):
    """A JSON array; each item is read by ``item``."""

    item: Field
    least: int = 1
    most: int = 10_000

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema(), "minItems": self.least, "maxItems": self.most}

    def read(self, value: Any) -> list[Any]:
        given = typed(self.name, value, list, "a JSON array")
        if not self.least <= len(given) <= self.most:
            rule = f"{self.least} to {self.most} items"
            sentence = f"The field {self.name!r} has {len(given)} items; it takes {rule}."
            raise Refused(sentence, field=self.name, value=str(len(given)), rule=rule)
        return [self.item.read(one) for one in given]


def typed(name: str, value: Any, kind: type, called: str) -> Any:
    """The value, which must be of that JSON type."""
    if isinstance(value, kind):
        return value
    sentence = f"The field {name!r} must be {called}."
    raise Refused(sentence, field=name, value=repr(value)[:80], rule=called)
