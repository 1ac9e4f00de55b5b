"""Declared date formats, read by a regular expression made once; strptime itself takes ten times as long.

Only the purely numeric directives are read this way; a format with names of months or an offset is left to
strptime.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache

_FIELDS = {
    "Y": ("year", r"\d{4}"),
    "m": ("month", r"\d{1,2}"),
    "d": ("day", r"\d{1,2}"),
    "H": ("hour", r"\d{1,2}"),
    "M": ("minute", r"\d{1,2}"),
    "S": ("second", r"\d{1,2}"),
    "f": ("microsecond", r"\d{1,6}"),
}
_DIRECTIVE = re.compile(r"%(.)")


@cache
def format_reader(format: str) -> Callable[[str], datetime]:
    """A function from text to a datetime without zone (or with, by %z); it raises ValueError or TypeError."""
    directives = _DIRECTIVE.findall(format)
    if len(set(directives)) < len(directives) or not set(directives) <= _FIELDS.keys():
        return lambda text: datetime.strptime(text, format)  # noqa: DTZ007 - the caller puts the zone on
    return _numeric(format, [_FIELDS[one][0] for one in directives])


def _numeric(format: str, names: list[str]) -> Callable[[str], datetime]:
    match = re.compile(_pattern(format), re.ASCII).fullmatch

    def read(text: str) -> datetime:
        found = match(text)
        if found is None:
            raise ValueError(text)
        values = {name: int(digits) for name, digits in zip(names, found.groups(), strict=True)}
        if "microsecond" in values:
            values["microsecond"] = int(found[names.index("microsecond") + 1].ljust(6, "0"))
        return datetime(**values)  # type: ignore[arg-type]  # noqa: DTZ001 - the caller puts the zone on

    return read


def _pattern(format: str) -> str:
    pieces = _DIRECTIVE.split(format)
    return "".join(
        re.escape(piece) if index % 2 == 0 else f"({_FIELDS[piece][1]})" for index, piece in enumerate(pieces)
    )
