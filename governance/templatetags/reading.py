"""Template tags of the reading room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

CELL = re.compile(r"(<t[dh])(.*)", re.DOTALL)


@register.filter
def labelled(cells: Sequence[SafeString], heads: Sequence[Mapping[str, Any]]) -> Iterator[SafeString]:
    """Each cell of a row, as the admin drew it, with the name of its column: a card has no heads above it."""
    for cell, head in zip(cells, heads, strict=True):
        if found := CELL.fullmatch(cell):
            name = escape(capfirst(str(head["text"])))
            yield mark_safe(f'{found[1]} data-label="{name}"{found[2]}')  # noqa: S308 - the admin escaped the cell
        else:
            yield cell
