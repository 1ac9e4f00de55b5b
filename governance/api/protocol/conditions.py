"""Entity tags: a reader is spared what it has, and a writer cannot write over what it has not seen.

RFC 9110, sections 8.8.3 (ETag), 13.1 (If-Match, If-None-Match), 15.5.13 (412); RFC 6585, section 3 (428).
"""

from __future__ import annotations

import re

from rest_framework.request import Request

from governance.api.protocol.fields import Text
from governance.errors import MISSING, Refused

IF_MATCH = Text(name="If-Match", help="The ETag of what you read and mean to change.", example='"sha256:1f0c77ab"')
IF_NONE_MATCH = Text(name="If-None-Match", help="`*` for what must not exist yet.", example="*")
IF_CHANGED = Text(name="If-None-Match", help="An ETag that you have: 304 where nothing changed since.")

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


class Stale(Refused):
    """It is not what the writer read any more."""

    status = 412
    code = "stale"


class NoCondition(Refused):
    """A write must say what it was made from."""

    status = 428
    code = "condition_required"


def tag_of(digest: str) -> str:
    """A strong entity tag."""
    return f'"{digest}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the reader has it already: weak comparison, as the RFC wants for reading."""
    given = request.headers.get("If-None-Match", "")
    return given.strip() == "*" or tag in {one.removeprefix("W/") for one in _TAG.findall(given)}


def check_write(request: Request, tag: str) -> None:
    """``tag`` of what is in force, "" where there is nothing. Raises NoCondition, or Stale where it moved on."""
    wanted, unwanted = request.headers.get("If-Match", ""), request.headers.get("If-None-Match", "")
    if not wanted and unwanted.strip() != "*":
        raise NoCondition(
            "Say what your change was made from: If-Match with the ETag that you read, or If-None-Match: * for what"
            " is new.",
            field="If-Match",
            value=MISSING,
            rule="If-Match, or If-None-Match: *",
        )
    if wanted:
        check_match(request, tag)
    elif tag:
        raise Stale("It exists already.", field="If-None-Match", value="*", rule="it does not exist yet")


def check_match(request: Request, tag: str) -> None:
    """Where the request has If-Match, it must name this tag. Strong comparison: a weak tag never matches."""
    given = request.headers.get("If-Match", "").strip()
    if not given or (given == "*" and tag) or (tag and tag in _TAG.findall(given)):
        return
    raise Stale(
        "It is not any more what you read. Load it again and repeat your change.",
        field="If-Match",
        value=given[:120],
        rule=f"the ETag in force, {tag}" if tag else "it exists",
    )
