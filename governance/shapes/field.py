"""One field of a form, with everything that a template needs to draw it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

ROOT = "f"  # what the names of all inputs begin with
KEY = "~"  # the input that holds the name of a line in a table of names
VALUE = "="  # the input that holds what stands under that name
HERE = "#"  # says that a row is there, even where nothing in it is filled in


@dataclass(slots=True)
class Field:
    """``path`` is how sentences name it ("routes[0].sink"), ``name`` how its input is called ("f.routes.0.sink").

    ``widget``: text, long, number, flag, choice, lines, value, free, group, table or map; "fixed" is shown only. A
    group has ``children``; a table and a map have ``rows``, each a group or, in a map of texts, one field; the row of
    a map has a ``key``.
    """

    path: str
    name: str
    widget: str
    label: str
    help: str = ""
    text: str = ""
    is_on: bool = False
    is_required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    children: list[Field] = field(default_factory=list)
    rows: list[Field] = field(default_factory=list)
    key: Field | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_filled(self) -> bool:
        """Whether it, or anything in it, says something."""
        own = bool(self.text) or self.is_on or bool(self.rows)
        return own or any(child.is_filled for child in self.children)

    @property
    def is_refused(self) -> bool:
        """Whether a sentence stands beside it, or beside anything in it."""
        return any(one.problems for one in self.walk())

    def walk(self) -> Iterator[Field]:
        """Itself and everything in it."""
        yield self
        for part in (*([self.key] if self.key else ()), *self.children, *self.rows):
            yield from part.walk()

    def child(self, name: str) -> Field | None:
        """The field of that name in a group; None where it has none."""
        return next((one for one in self.children if one.name == f"{self.name}.{name}"), None)

    def at(self, name: str) -> Field:
        """As ``child``. Raises KeyError for a name that the group does not have."""
        found = self.child(name)
        if found is None:
            raise KeyError(name)
        return found
