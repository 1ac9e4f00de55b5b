"""How a list goes on: five habits of HTTP interfaces, each a pure function of the last answer.

A short page never means the end: servers cap page sizes as they like. The end is what the interface says
it is (no link, no token, a total), or an empty page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .answer import Answer
from .errors import Misconfigured
from .places import MISSING, pick


@dataclass(frozen=True)
class Ask:
    """One request of a list: a path or an absolute "next" address, parameters and headers."""

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_params(self, **params: Any) -> Ask:
        return replace(self, params={**self.params, **params})


class Paginator:
    """One page and no more; the base of the others."""

    empty_at = frozenset[int]()  # statuses of the first page that mean "nothing here" instead of an error
    ends_at = frozenset[int]()  # the same for later pages

    def first(self, ask: Ask) -> Ask:
        """The first request, with whatever parameters paging needs."""
        return ask

    def next(self, ask: Ask, answer: Answer, found: Sequence) -> Ask | None:
        """The request after ``ask`` whose ``answer`` held the records ``found``; ``None`` at the end."""
        return None


@dataclass(frozen=True)
class NextLink(Paginator):
    """The address of the next page: in the body at ``at`` ("links.next"), else in the header ``Link``."""

    at: str = ""
    size_param: str = ""
    size: int = 0

    def first(self, ask: Ask) -> Ask:
        return ask.with_params(**{self.size_param: self.size}) if self.size_param else ask

    def next(self, ask: Ask, answer: Answer, found: Sequence) -> Ask | None:
        link = pick(answer.json(), self.at) if self.at else _link(answer.headers.get("Link") or "")
        return _moved(ask, Ask(link, {}, ask.headers)) if isinstance(link, str) and link else None


@dataclass(frozen=True)
class PageNumber(Paginator):
    """``?page=2``; it ends with an empty page, or when ``total_at`` (pages) says so."""

    param: str = "page"
    first_page: int = 1
    size_param: str = ""
    size: int = 0
    total_at: str = ""
    ends_at = frozenset({404})

    def first(self, ask: Ask) -> Ask:
        size = {self.size_param: self.size} if self.size_param else {}
        return ask.with_params(**{self.param: self.first_page}, **size)

    def next(self, ask: Ask, answer: Answer, found: Sequence) -> Ask | None:
        page = int(ask.params[self.param])
        total = _total(answer, self.total_at)
        if not found or (total is not None and page + 1 >= self.first_page + total):
            return None
        return ask.with_params(**{self.param: page + 1})


@dataclass(frozen=True)
class Offset(Paginator):
    """``?offset=100&limit=100``; it moves by what came, not by what was asked for."""

    param: str = "offset"
    limit_param: str = "limit"
    limit: int = 100
    total_at: str = ""

    def first(self, ask: Ask) -> Ask:
        limit = {self.limit_param: self.limit} if self.limit_param else {}
        return ask.with_params(**{self.param: 0}, **limit)

    def next(self, ask: Ask, answer: Answer, found: Sequence) -> Ask | None:
        offset = int(ask.params[self.param]) + len(found)
        total = _total(answer, self.total_at)
        if not found or (total is not None and offset >= total):
            return None
        return ask.with_params(**{self.param: offset})


@dataclass(frozen=True)
class CursorToken(Paginator):
    """A token in the body at ``at``, sent back as ``param``; it ends where there is none."""

    at: str = "next_cursor"
    param: str = "cursor"
    size_param: str = ""
    size: int = 0

    def first(self, ask: Ask) -> Ask:
        return ask.with_params(**{self.size_param: self.size}) if self.size_param else ask

    def next(self, ask: Ask, answer: Answer, found: Sequence) -> Ask | None:
        token = pick(answer.json(), self.at)
        if token is MISSING or token is None or token in ("", False):
            return None
        return _moved(ask, ask.with_params(**{self.param: token}))


@dataclass(frozen=True)
class RangeHeader(Paginator):
    """``Range: items=0-99`` and ``Content-Range: items 0-99/250``; 416 is the end."""

    unit: str = "items"
    size: int = 100
    empty_at = ends_at = frozenset({416})

    def first(self, ask: Ask) -> Ask:
        return self._from(ask, 0)

    def next(self, ask: Ask, answer: Answer, found: Sequence) -> Ask | None:
        start = int(ask.headers["Range"].partition("=")[2].partition("-")[0]) + len(found)
        total = re.search(r"/(\d+)\s*$", answer.headers.get("Content-Range") or "")
        if not found or (total and start >= int(total[1])):
            return None
        return self._from(ask, start)

    def _from(self, ask: Ask, start: int) -> Ask:
        span = f"{self.unit}={start}-{start + self.size - 1}"
        return replace(ask, headers={**ask.headers, "Range": span})


def _moved(before: Ask, after: Ask) -> Ask:
    """A server that names the same page as the next would keep us forever."""
    if after == before:
        raise Misconfigured(
            f"The list at {before.path.partition('?')[0]!r} names the page just read as the next one; "
            "reading it would never end."
        )
    return after


def _total(answer: Answer, at: str) -> int | None:
    found = pick(answer.json(), at) if at else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _link(header: str) -> str:
    """The ``rel="next"`` of a Link header (RFC 8288)."""
    for address, parameters in re.findall(r"<([^>]*)>([^<]*)", header):
        if re.search(r';\s*rel\s*=\s*"?(?:[^";]*\s)?next(?=[\s";,]|$)', parameters, re.IGNORECASE):
            return address
    return ""
