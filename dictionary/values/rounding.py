"""Rounding on Decimal, by the rule that an element names.

half_even  ASTM E29, rounding method: an exact half goes to the even digit (2.5 → 2, 3.5 → 4).
half_up    USP General Notices 7.20, Rounding Rules: an exact half goes up in magnitude (2.5 → 3, -2.5 → -3).
down, up   towards and away from zero.

A value is rounded once, from the text that the source wrote, never in steps (both standards).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction
from functools import cache

MODES = {"half_even": ROUND_HALF_EVEN, "half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}

# Wider than anything a quality record holds, so that quantize never runs out of room.
_WIDE = Context(prec=7000, Emin=-20000, Emax=20000)

Round = Callable[[Decimal], Decimal]


def round_to_digits(value: Decimal, digits: int, mode: str = "half_even") -> Decimal:
    """`value` with exactly `digits` decimal places; negative digits round to tens, hundreds, …"""
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=MODES[mode], context=_WIDE)
    return rounded if digits >= 0 else rounded.quantize(Decimal(1), context=_WIDE)


def round_to_significant(value: Decimal, digits: int, mode: str = "half_even") -> Decimal:
    """`value` with at most `digits` significant digits; 9.96 to two becomes 10.

    A value with fewer digits stays as it is: zeros that nobody measured would claim a precision.
    """
    if value.is_zero() or len(value.as_tuple().digits) <= digits:
        return value
    places = digits - 1 - value.adjusted()
    rounded = round_to_digits(value, places, mode)
    return rounded if rounded.adjusted() == value.adjusted() else round_to_digits(value, places - 1, mode)


@cache
def rounder(digits: int | None, significant: int | None, mode: str) -> Round | None:
    """The rounding that an element or a rule declares, or None where it declares none."""
    if significant is not None:
        return lambda value: round_to_significant(value, significant, mode)
    if digits is None:
        return None
    if digits < 0:
        return lambda value: round_to_digits(value, digits, mode)
    step, how = Decimal(1).scaleb(-digits), MODES[mode]
    return lambda value: value.quantize(step, how, _WIDE)


def round_fraction(value: Fraction, digits: int | None, significant: int | None, mode: str) -> Decimal:
    """An exact fraction rounded once; without declared digits, 28 significant ones, half to even."""
    if digits is not None and significant is None:
        return _fraction_to_digits(value, digits, mode)
    return _fraction_to_significant(value, significant or 28, mode if significant else "half_even")


def exact_decimal(value: Fraction) -> Decimal | None:
    """The decimal that equals the fraction, or None where its decimals never end (a third)."""
    rest = value.denominator
    twos = (rest & -rest).bit_length() - 1
    rest >>= twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return None
    places = max(twos, fives)
    return Decimal(value.numerator * 10**places // value.denominator).scaleb(-places, _WIDE)


def _fraction_to_digits(value: Fraction, digits: int, mode: str) -> Decimal:
    scaled = value * Fraction(10) ** digits
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    if _away_from_zero(whole, rest, scaled.denominator, mode):
        whole += 1
    signed = Decimal(-whole if scaled < 0 else whole).scaleb(-digits, _WIDE)
    return signed if digits >= 0 else signed.quantize(Decimal(1), context=_WIDE)


def _away_from_zero(whole: int, rest: int, denominator: int, mode: str) -> bool:
    if mode == "down" or rest == 0:
        return False
    if mode == "up":
        return True
    twice = 2 * rest
    return twice > denominator or (twice == denominator and (mode == "half_up" or whole % 2 == 1))


def _fraction_to_significant(value: Fraction, significant: int, mode: str) -> Decimal:
    if value == 0:
        return Decimal(0)
    exact = exact_decimal(value)
    if exact is not None and len(exact.as_tuple().digits) <= significant:
        return exact
    places = significant - 1 - magnitude(value)
    rounded = _fraction_to_digits(value, places, mode)
    return rounded if rounded.adjusted() == magnitude(value) else _fraction_to_digits(value, places - 1, mode)


def magnitude(value: Fraction) -> int:
    """The power of ten of the first digit: 0 for 9.9, 1 for 10, -3 for 0.001."""
    numerator = abs(value.numerator)
    guess = len(str(numerator)) - len(str(value.denominator))
    return guess if Fraction(10) ** guess <= abs(value) else guess - 1
