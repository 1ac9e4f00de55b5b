"""Words for units: names and properties as UCUM's own table gives them, and a search over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dictionary.values import ucum
from dictionary.values.ucum import NotUcum

PREFIXED = ("k", "d", "c", "m", "u", "n", "p")
# Compounds that laboratories and lines write every day; UCUM's table holds atoms only.
USUAL = (
    *("mg/dL", "g/L", "g/dL", "mg/L", "ug/mL", "mg/mL", "ng/mL", "mmol/L", "umol/L", "mol/L", "mg/kg", "ug/L", "g/mL"),
    *("kg/m3", "m/s", "m3/h", "L/h", "L/min", "mL/min", "mS/cm", "uS/cm", "[IU]/L", "[IU]/mL", "10*6/L", "10*9/L"),
    *("{cells}/uL", "[CFU]/mL", "[CFU]/m3", "1", "%", "[ppm]", "[ppb]", "[pH]", "Cel", "[degF]", "K", "kPa", "mbar"),
    *("mm2", "cm2", "m2", "mm3", "cm3", "m3", "kg/h", "g/min", "W/m2", "N.m", "J/kg"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """``name`` is UCUM's ("milligram" is put together), ``measures`` the dimension in words."""

    code: str
    name: str
    quantity: str
    measures: str


def described(code: str) -> Words | None:
    """What a UCUM code means; None where it is none."""
    try:
        measures = ucum.read(code).measures
    except NotUcum:
        return None
    name, quantity = _names().get(ucum.normalised(code), ("", ""))
    return Words(code, name or _spelled(code), quantity, measures)


def found(text: str, *, like: str = "", most: int = 20) -> list[Words]:
    """Units whose code or name holds all words, the shortest code first; ``like`` keeps to that unit's dimension.

    A text that is a unit itself comes first, whatever it is put together from.
    """
    words = text.lower().split()
    own = [text.strip()] if text.strip() and ucum.is_valid(text.strip()) else []
    hits = [code for code in _candidates() if all(word in _searched(code) for word in words)]
    ordered = dict.fromkeys(
        [*own, *sorted(hits, key=lambda code: (not code.lower().startswith(text.lower()), len(code), code))]
    )
    fitting = (one for code in ordered if (one := described(code)) and _fits(code, like))
    return [one for one, _ in zip(fitting, range(most), strict=False)]


def _fits(code: str, like: str) -> bool:
    if not like:
        return True
    try:
        return ucum.read(code).dimension == ucum.read(like).dimension
    except NotUcum:
        return False


@cache
def _names() -> dict[str, tuple[str, str]]:
    """Code → (name, what it measures) of UCUM's base units and units."""
    from ucumvert import xml_util

    found = {}
    for kind in ("base-unit", "unit"):
        for one in xml_util.root.findall(f"{{*}}{kind}"):
            name, quantity = one.find("{*}name"), one.find("{*}property")
            found[one.attrib["Code"]] = (_text(name), _text(quantity))
    return found


@cache
def _candidates() -> tuple[str, ...]:
    """Everything that the search offers: atoms, usual compounds, and usual prefixes of metric atoms."""
    return tuple(dict.fromkeys([*USUAL, *ucum.table().atoms, *_prefixed()]))


def _prefixed() -> Iterator[str]:
    table = ucum.table()
    for atom in table.atoms:
        if table.is_metric(atom) and not atom.startswith("["):
            yield from (f"{prefix}{atom}" for prefix in PREFIXED)


@cache
def _searched(code: str) -> str:
    name, quantity = _names().get(code, ("", ""))
    return f"{code} {name or _spelled(code)} {quantity}".lower()


def _spelled(code: str) -> str:
    """A name for what the table does not name: prefix and atom in words, compounds part by part."""
    for sign, word in (("/", " per "), (".", " times ")):
        if sign in code and not code.startswith(("[", "{")):
            return word.join(_spelled(part) for part in code.split(sign))
    names = _names()
    if code in names:
        return names[code][0]
    prefix, atom = code[:1], code[1:]
    return f"{_PREFIX_WORDS[prefix]}{names[atom][0]}" if prefix in _PREFIX_WORDS and atom in names else code


def _text(node: object) -> str:
    return (getattr(node, "text", "") or "").strip()


_PREFIX_WORDS = {"k": "kilo", "d": "deci", "c": "centi", "m": "milli", "u": "micro", "n": "nano", "p": "pico"}
