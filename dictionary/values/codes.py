"""Codes: ours must be in the code list, a system's must be in its crosswalk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dictionary.specs.code_list import CodeListSpec
from dictionary.values.errors import ValueRefused, shown
from dictionary.values.noted import Noted

Translate = Callable[[Any], Any]


def inbound(codes: CodeListSpec, system: str, field: str) -> Translate:
    """From a system's code to ours by its crosswalk; an unmapped code is refused."""
    crosswalk = codes.crosswalks.get(system, {})

    def translate(raw: Any) -> Any:
        ours = crosswalk.get(raw) if type(raw) is str else crosswalk.get(_text(raw, field))
        if ours is None:
            raise _unmapped(raw, codes, system, field)
        return ours if ours == raw else Noted(ours, (("code '{}' of {} is '{}'", raw, system, ours),))

    return translate


def outbound(codes: CodeListSpec, system: str, field: str) -> Translate:
    """From our code to a system's; refused where the system has none."""
    table = outbound_table(codes, system)

    def translate(ours: Any) -> Any:
        theirs = table.get(ours)
        if theirs is None:
            raise _unmapped(ours, codes, system, field, outward=True)
        return theirs if theirs == ours else Noted(theirs, (("code '{}' is '{}' in {}", ours, theirs, system),))

    return translate


def outbound_table(codes: CodeListSpec, system: str) -> Mapping[str, str]:
    """{our code: their code}: the declared ones, and those that have just one counterpart."""
    back: dict[str, list[str]] = {}
    for theirs, ours in codes.crosswalks.get(system, {}).items():
        back.setdefault(ours, []).append(theirs)
    single = {ours: theirs[0] for ours, theirs in back.items() if len(theirs) == 1}
    return {**single, **codes.outbound.get(system, {})}


def ambiguous_outbound(codes: CodeListSpec, system: str) -> list[str]:
    """Our codes that a system has several words for, with none of them declared as the one to send."""
    mapped = set(codes.crosswalks.get(system, {}).values())
    return sorted(mapped - outbound_table(codes, system).keys())


def own_code(codes: CodeListSpec, field: str) -> Translate:
    """Checks that a value is one of our codes; a retired one is taken and noted."""
    live = {code for code, meaning in codes.codes.items() if not meaning.retired}

    def check(raw: Any) -> Any:
        if type(raw) is str and raw in live:
            return raw
        code = _text(raw, field)
        if code not in codes.codes:
            known = ", ".join(sorted(live)[:12])
            sentence = f"The code {shown(raw)} in field {field} is not in code list '{codes.key}' ({known})."
            raise ValueRefused(field, raw, "code_list", sentence)
        return code if code in live else Noted(code, (f"code {shown(code)} is retired",))

    return check


def _text(raw: Any, field: str) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (str, int)):
        return str(raw)
    raise ValueRefused(field, raw, "code", f"The value {shown(raw)} in field {field} is not a code.")


def _unmapped(raw: Any, codes: CodeListSpec, system: str, field: str, outward: bool = False) -> ValueRefused:
    way = f"to system '{system}'" if outward else f"from system '{system}'"
    sentence = (
        f"The code {shown(raw)} in field {field} is not mapped: code list '{codes.key}' has no entry for it {way}."
    )
    return ValueRefused(field, raw, "codes", sentence)
