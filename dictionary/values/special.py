"""The special units of UCUM §21-22: their values are not proportional to what they measure.

A scale turns the number on the unit into a multiple of its reference, and back. Temperatures are exact
fractions; logarithms are worked out to 50 digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction

_PRECISE = Context(prec=50)
_LARGEST_POWER = 400


@dataclass(frozen=True, slots=True)
class Scale:
    undo: Callable[[Fraction], Fraction]
    apply: Callable[[Fraction], Fraction]


def offset(zero: str) -> Scale:
    """A temperature: the reference is counted from `zero` of its own steps below."""
    shift = Fraction(zero)
    return Scale(lambda value: value + shift, lambda value: value - shift)


def logarithm(base: Fraction | Decimal, times: int) -> Scale:
    """value = times · log_base(multiple of the reference); `times` is -1 for pH, 2 for field levels."""
    ln_base = _decimal(base).ln(_PRECISE)

    def undo(value: Fraction) -> Fraction:
        exponent = _PRECISE.multiply(_decimal(value / times), ln_base)
        if abs(exponent) > _LARGEST_POWER:
            raise InvalidOperation("the level is too large to convert")
        return Fraction(exponent.exp(_PRECISE))

    def apply(multiple: Fraction) -> Fraction:
        if multiple <= 0:
            raise InvalidOperation("only a positive quantity has a level")
        return Fraction(_PRECISE.divide(_decimal(multiple).ln(_PRECISE), ln_base)) * times

    return Scale(undo, apply)


def _decimal(value: Fraction | Decimal) -> Decimal:
    if isinstance(value, Decimal):
        return value
    return _PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


def _square_root(value: Fraction) -> Fraction:
    return Fraction(_decimal(value).sqrt(_PRECISE))


def _not_offered(value: Fraction) -> Fraction:
    raise InvalidOperation("a slope in percent is not converted")


_TEN = Fraction(10)
SCALES = {
    "Cel": offset("273.15"),
    "degF": offset("459.67"),
    "degRe": offset("218.52"),  # 273.15 K in steps of 5/4 K
    "pH": logarithm(_TEN, -1),
    "ln": logarithm(Decimal(1).exp(_PRECISE), 1),
    "lg": logarithm(_TEN, 1),
    "lgTimes2": logarithm(_TEN, 2),
    "ld": logarithm(Fraction(2), 1),
    "hpX": logarithm(_TEN, -1),
    "hpC": logarithm(Fraction(100), -1),
    "hpM": logarithm(Fraction(1000), -1),
    "hpQ": logarithm(Fraction(50000), -1),
    "sqrt": Scale(lambda value: value * value, _square_root),
    "tanTimes100": Scale(_not_offered, _not_offered),
    "100tan": Scale(_not_offered, _not_offered),
}
