"""What somebody probably meant by a text that is not a UCUM unit."""

from __future__ import annotations

import re
from functools import cache

from dictionary.values import ucum

# Words seen on instruments and in records, and UCUM's code for them.
_WORDS = {
    "mcg": "ug",
    "mcl": "uL",
    "cc": "mL",
    "sec": "s",
    "hr": "h",
    "hrs": "h",
    "mins": "min",
    "days": "d",
    "day": "d",
    "degc": "Cel",
    "°c": "Cel",
    "c°": "Cel",
    "celsius": "Cel",
    "degf": "[degF]",
    "°f": "[degF]",
    "fahrenheit": "[degF]",
    "iu": "[IU]",
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "lb": "[lb_av]",
    "lbs": "[lb_av]",
    "oz": "[oz_av]",
    "in": "[in_i]",
    "inch": "[in_i]",
    "ft": "[ft_i]",
    "psi": "[psi]",
    "mmhg": "mm[Hg]",
    "rpm": "{rev}/min",
    "cfu": "[CFU]",
    "ph": "[pH]",
    "gal": "[gal_us]",
    "cell": "{cells}",
    "cells": "{cells}",
    "pcs": "{pieces}",
    "ea": "{each}",
    "each": "{each}",
    "percent": "%",
    "pct": "%",
    "molar": "mol/L",
    "ohm": "Ohm",
    "ω": "Ohm",
    "å": "Ao",
    "°": "deg",
    "(unitless)": "1",
    "unitless": "1",
}
_SPLIT = re.compile(r"([./])")


def suggestion(text: str) -> str | None:
    """A valid UCUM code near `text`, or None: each part by its usual word, then without regard to case."""
    if not text or len(text) > 60:
        return None
    tidy = _tidied(text)
    parts = [part if part in "./" else _part(part) for part in _SPLIT.split(tidy)]
    guess = None if None in parts else "".join(part for part in parts if part)
    for candidate in (tidy, guess):
        if candidate and candidate != text and ucum.is_valid(candidate):
            return candidate
    return None


def _tidied(text: str) -> str:
    tidy = re.sub(r"\s*\bper\b\s*", "/", ucum.normalised(text.strip()))
    tidy = re.sub(r"10\^(-?\d+)\s*", r"10*\1.", tidy).replace("·", ".")
    tidy = tidy.replace("²", "2").replace("³", "3").replace("^", "")
    return re.sub(r"\s+", "", tidy).removesuffix(".")


def _part(part: str) -> str | None:
    if ucum.is_valid(part):
        return part
    return _WORDS.get(part.lower()) or _by_letters().get(part.lower())


@cache
def _by_letters() -> dict[str, str]:
    """Codes by their lower-case letters, with usual prefixes; the plain atom wins over a prefixed one."""
    table = ucum.table()
    metric = [atom for atom in table.atoms if table.is_metric(atom)]
    prefixed = {(prefix + atom).lower(): prefix + atom for prefix in ("n", "u", "m", "c", "d", "k") for atom in metric}
    common = {
        (prefix + atom).lower(): prefix + atom
        for prefix in ("n", "u", "m", "c", "d", "k")
        for atom in ("g", "m", "L", "mol", "s", "Pa")
    }
    return (
        prefixed
        | common
        | {atom.lower(): atom for atom in table.atoms}
        | {"l": "L", "ml": "mL", "dl": "dL", "ul": "uL"}
    )
