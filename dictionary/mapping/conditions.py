"""Conditions in CEL (Common Expression Language): they see the document, change nothing and always end.

An expression names top-level fields of the document (an absent one is null), `doc` for the whole document
and, inside `each`, the fields of the item and `item`. Decimals are compared as CEL doubles; a condition
chooses a rule, it makes no value, so nothing that is stored passes through them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dictionary.values.errors import ValueRefused

Condition = Callable[[Any, Any], bool]

_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_CHAIN = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*(?!\w*\s*\())*)")


class BadCondition(ValueError):
    """The expression does not compile."""


def compile_condition(expression: str, field: str) -> Condition:
    """(document, root document) → whether the rule applies; ValueRefused where the expression fails on a
    document."""
    import cel  # a compiled extension, wanted only where a mapping has conditions

    try:
        program = cel.compile(expression)
        names = tuple(program.variables())
    except ValueError as error:
        raise BadCondition(f"the condition '{expression}' is not CEL: {_first_line(error)}") from None

    def condition(document: Any, root: Any) -> bool:
        try:
            verdict = program.execute(_variables(names, document, root))
        except (KeyError, TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise _failed(expression, field, _first_line(error)) from None
        if not isinstance(verdict, bool):
            raise _failed(expression, field, f"it gives {verdict!r}, neither true nor false")
        return verdict

    return condition


def paths_in(expression: str) -> list[tuple[str, ...]]:
    """The field chains that an expression names: `a.b == "x"` names ("a", "b")."""
    bare = _TEXT.sub("''", expression)
    chains = (tuple(re.split(r"\s*\.\s*", found)) for found in _CHAIN.findall(bare))
    stripped = (chain[1:] if chain[0] in ("doc", "item") else chain for chain in chains)
    return [chain for chain in stripped if chain]


def _variables(names: tuple[str, ...], document: Any, root: Any) -> dict[str, Any]:
    fields = document if isinstance(document, dict) else {}
    values = {name: fields.get(name) for name in names}
    if "doc" in values:
        values["doc"] = root
    if "item" in values:
        values["item"] = document
    return values


def _failed(expression: str, field: str, reason: str) -> ValueRefused:
    sentence = f"The condition '{expression}' for field {field} cannot be decided: {reason}."
    return ValueRefused(field, expression, "when", sentence)


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
