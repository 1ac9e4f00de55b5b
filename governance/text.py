"""What text may hold that people sign: one spelling (Unicode NFC), and nothing that hides or turns around what is read.

Pure. Direction controls make a sentence look like another one (CVE-2021-42574); line breaks and tabs are fine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from governance.errors import Refused

MISLEADING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
LAYOUT = "\n\r\t"
RULE = "NFC, without control characters"


def problem_of(text: str, *, is_prose: bool = True) -> str:
    """What is wrong with it, to follow a name: "holds U+202E …"; "" where nothing is.

    Prose has no control characters either; data may, since a file's separator can be one.
    """
    for one in text:
        if one in MISLEADING or (is_prose and unicodedata.category(one) in ("Cc", "Cs") and one not in LAYOUT):
            named = unicodedata.name(one, "a control character")
            return f"holds U+{ord(one):04X} ({named}), which hides or turns around what is read."
    return "" if unicodedata.is_normalized("NFC", text) else "is not in Unicode normalisation form C."


def check_text(text: str, field: str) -> None:
    """Raises Refused that names the field; the text itself is shown in ASCII."""
    if problem := problem_of(text):
        label = field.replace("_", " ")
        raise Refused(f"The {label} {problem}", field=field, value=ascii(text[:60]), rule=RULE)


def problems_within(content: Any, at: str = "") -> Iterator[str]:
    """A sentence for each name and text in JSON-able content that could be misread."""
    if isinstance(content, str):
        if problem := problem_of(content, is_prose=False):
            yield f"The text at {at or 'the top'} {problem}"
    elif isinstance(content, dict):
        for name, value in content.items():
            shown = str(name).encode("ascii", "backslashreplace").decode()
            if problem := problem_of(str(name)):
                yield f"The name {shown} {problem}"
            yield from problems_within(value, f"{at}.{shown}" if at else shown)
    elif isinstance(content, list | tuple):
        for number, value in enumerate(content):
            yield from problems_within(value, f"{at}[{number}]")
