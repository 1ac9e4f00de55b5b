"""An impact as a piece of evidence of a change request: what was asked, what was found, JSON-able and ready to hash.

    evidence.attach(request, attachment(impact, about={"system": "crm", "field": "$.Subject"}), phase, by)

The whole impact is kept, not what one reader may see of it, so a door shows it through ``seen`` again:
``Impact.from_content(facts["impact"])``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from governance.changes import kinds
from governance.changes.impact.described import Consequence
from governance.changes.impact.reached import Impact
from governance.changes.kinds import Reference
from governance.changes.weighing.evidence import Piece
from governance.signing.statement import plain

IMPACT, DIFFERENCES = "impact", "api_differences"
OF_NAME = {"system": "system", "document": "icd"}  # names in ``about`` that stand for an object


def attachment(impact: Impact, *, about: Mapping[str, str]) -> Piece:
    """What depends on what was asked about, such as {"system": …, "field": …} or {"kind": …, "key": …}.

    A title is read by everybody who sees the change and stands in what is signed: it names nothing, ``about`` does.
    """
    facts = plain({"about": dict(about), "impact": impact.content()})
    return Piece(IMPACT, nameless_title(IMPACT, facts), None, facts)


def attachment_of_differences(found: Sequence[Consequence], *, about: Mapping[str, str]) -> Piece:
    """Every difference of an API description, each with its impact."""
    lines = [
        {
            "record": one.record,
            "path": one.path,
            "to": one.to,
            "what": one.change.what,
            "says": one.change.says,
            "impact": one.impact.content(),
        }
        for one in found
    ]
    facts = plain({"about": dict(about), "differences": lines})
    return Piece(DIFFERENCES, nameless_title(DIFFERENCES, facts), None, facts)


def nameless_title(kind: str, facts: Mapping[str, Any]) -> str:
    """What such a piece is called for everybody: how much it holds, and no name."""
    if kind == DIFFERENCES:
        return f"API description compared: {_counted(len(facts['differences']), 'difference')}"
    return f"Impact found: {_counted(len(Impact.from_content(facts['impact']).objects), 'object')}"


def asked_about(about: Mapping[str, str]) -> tuple[str, set[Reference]]:
    """What was asked about in words, such as "system crm, field $.Subject", and the objects that this names."""
    pairs = {name: value for name, value in about.items() if value}
    named = {(OF_NAME[name], value) for name, value in pairs.items() if name in OF_NAME}
    words = [f"{name} {value}" for name, value in pairs.items() if name not in ("kind", "key")]
    if "kind" in pairs:
        named.add((pairs["kind"], pairs.get("key", "")))
        words.insert(0, f"{kinds.noun(pairs['kind'])} {pairs.get('key', '')}")
    return ", ".join(words), named


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
