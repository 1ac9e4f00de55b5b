"""Conversion between UCUM units, exact until one rounding at the end.

A value is a Decimal from the source text, a factor is a fraction from UCUM's own table, so 5 [in_i] in cm is
12.70 and not 12.699999999999999. Factors and converters are worked out once a pair of units and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from dictionary.values import ucum
from dictionary.values.errors import ValueRefused, shown
from dictionary.values.rounding import exact_decimal, round_fraction, rounder
from dictionary.values.suggestions import suggestion
from dictionary.values.ucum import NotUcum, Unit

_EXACT = Context(prec=7000, Emin=-20000, Emax=20000)

Convert = Callable[[Decimal], Decimal]


def is_unit(code: str) -> bool:
    return isinstance(code, str) and ucum.is_valid(code)


def unit(code: str, field: str = "unit") -> Unit:
    """The unit behind a UCUM code; an unknown one is refused, with the likely correction."""
    try:
        return ucum.read(code)
    except NotUcum:
        if ucum.is_valid(code):
            sentence = (
                f"The unit {shown(code)} in field {field} mixes a special unit "
                "such as Cel with others, which UCUM forbids."
            )
            raise ValueRefused(field, code, "unit", sentence) from None
        raise ValueRefused(field, code, "unit", _unknown(code, field)) from None


def _unknown(code: str, field: str) -> str:
    better = suggestion(code)
    ending = f"; did you mean '{better}'?" if better else "."
    return f"The unit {shown(code)} in field {field} is not a UCUM unit{ending}"


def same_unit(left: str, right: str) -> bool:
    return ucum.normalised(left) == ucum.normalised(right)


def factor(source: str, target: str, field: str = "unit") -> Fraction:
    """How many `target` one `source` is; refuses units of different dimension and special units."""
    left, right = _comparable(source, target, field)
    if left.scale or right.scale:
        sentence = (
            f"The units {shown(source)} and {shown(target)} in field {field} are not proportional: there is no factor."
        )
        raise ValueRefused(field, source, "unit", sentence)
    return left.factor / right.factor


def convert(
    value: Decimal,
    source: str,
    target: str,
    *,
    field: str = "unit",
    digits: int | None = None,
    significant: int | None = None,
    rounding: str = "half_even",
) -> Decimal:
    """`value` in `source` as a number of `target`, rounded once by the digits declared.

    Without digits an exact result stays exact, and one whose decimals never end gets 28 significant digits.
    """
    return converter(source, target, field, digits, significant, rounding)(value)


@lru_cache(maxsize=4096)
def converter(
    source: str,
    target: str,
    field: str = "unit",
    digits: int | None = None,
    significant: int | None = None,
    rounding: str = "half_even",
) -> Convert:
    """`convert` with everything but the value fixed; kept per combination."""
    rounded = rounder(digits, significant, rounding) or _as_it_is
    left, right = _comparable(source, target, field)
    if same_unit(source, target):
        return rounded
    if left.scale or right.scale:
        return _scaled(left, right, source, target, field, (digits, significant, rounding))
    ratio = left.factor / right.factor
    exact = exact_decimal(ratio)
    if exact is not None:
        return lambda value: rounded(_EXACT.multiply(value, exact))
    return lambda value: round_fraction(Fraction(value) * ratio, digits, significant, rounding)


def _as_it_is(value: Decimal) -> Decimal:
    return value


def _scaled(
    left: Unit, right: Unit, source: str, target: str, field: str, how: tuple[int | None, int | None, str]
) -> Convert:
    def convert_scaled(value: Decimal) -> Decimal:
        try:
            result = _onto(right, _off(left, Fraction(value)))
        except (InvalidOperation, OverflowError) as error:
            sentence = f"The value {value} {source} in field {field} cannot be converted to {target}: {error}."
            raise ValueRefused(field, str(value), "unit", sentence) from error
        return _finished(result, how)

    return convert_scaled


def _off(unit: Unit, value: Fraction) -> Fraction:
    return unit.factor * (unit.scale.undo(value * unit.step) if unit.scale else value)


def _onto(unit: Unit, value: Fraction) -> Fraction:
    return unit.scale.apply(value / unit.factor) / unit.step if unit.scale else value / unit.factor


def _finished(result: Fraction, how: tuple[int | None, int | None, str]) -> Decimal:
    digits, significant, _ = how
    exact = exact_decimal(result) if digits is None and significant is None else None
    if exact is not None and len(exact.as_tuple().digits) <= 28:
        return exact
    return round_fraction(result, *how)


def _comparable(source: str, target: str, field: str) -> tuple[Unit, Unit]:
    left, right = unit(source, field), unit(target, field)
    if left.dimension != right.dimension:
        sentence = (
            f"The unit {shown(source)} in field {field} measures {left.measures} and cannot be converted to "
            f"{shown(target)}, which measures {right.measures}."
        )
        raise ValueRefused(field, source, "unit", sentence)
    return left, right
