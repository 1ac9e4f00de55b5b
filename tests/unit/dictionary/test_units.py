"""Units: exact conversion, and refusals that a quality manager can act on."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary.values import ucum
from dictionary.values.errors import ValueRefused
from dictionary.values.units import convert, factor, is_unit

pytestmark = pytest.mark.req("M2.3")

EXACT = [
    ("5.0", "[in_i]", "cm", "12.700"),
    ("1", "[lb_av]", "kg", "0.45359237"),
    ("51.255", "mg/L", "mg/dL", "5.1255"),
    ("37.0", "Cel", "[degF]", "98.6"),
    ("-40", "[degF]", "Cel", "-40"),
    ("0", "Cel", "K", "273.15"),
    ("1", "10*6.{cells}/mL", "/uL", "1000"),
    ("2", "[IU]/mL", "k[IU]/L", "2"),
    ("0.1", "g", "mg", "100"),
    ("20", "dB[V]", "V", "10"),
    ("7", "[pH]", "umol/L", "0.1"),
]


@pytest.mark.parametrize(("value", "source", "target", "expected"), EXACT)
def test_conversions_are_exact(value, source, target, expected):
    assert convert(Decimal(value), source, target) == Decimal(expected)


def test_both_micro_signs_are_the_same_unit():
    assert convert(Decimal("3"), "ng/\u00b5L", "ng/\u03bcL") == 3
    assert factor("\u00b5m", "nm") == factor("\u03bcm", "nm") == factor("um", "nm") == 1000


def test_it_rounds_once_after_the_conversion():
    """12.449999 mg/L is 1.2449999 mg/dL: rounded in steps it would become 1.25 and then 1.3."""
    assert convert(Decimal("12.449999"), "mg/L", "mg/dL", digits=1) == Decimal("1.2")


def test_an_endless_result_gets_28_digits():
    assert convert(Decimal(1), "s", "min") == Decimal("0.01666666666666666666666666667")


@pytest.mark.parametrize(
    ("unit", "hint"),
    [
        ("mg/DL", "'mg/dL'"),
        ("mcg/mL", "'ug/mL'"),
        ("°C", "'Cel'"),
        ("10^6 cells/mL", "'10*6.{cells}/mL'"),
        ("lb", "'[lb_av]'"),
        ("mmHg", "'mm[Hg]'"),
    ],
)
def test_an_unknown_unit_is_refused_with_the_likely_one(unit, hint):
    with pytest.raises(ValueRefused) as refused:
        convert(Decimal(1), unit, "g", field="result.unit")
    assert refused.value.sentence == f"The unit '{unit}' in field result.unit is not a UCUM unit; did you mean {hint}?"
    assert (refused.value.field, refused.value.value, refused.value.rule) == ("result.unit", unit, "unit")


def test_a_unit_without_a_likely_correction_is_refused_plainly():
    with pytest.raises(ValueRefused, match=r"'smidgen' in field dose is not a UCUM unit\.$"):
        convert(Decimal(1), "smidgen", "g", field="dose")


@pytest.mark.parametrize(
    ("source", "target", "left", "right"),
    [
        ("mmol/L", "mg/dL", "length⁻³·amount", "mass·length⁻³"),
        ("[IU]/mL", "mg/mL", "[iU]·length⁻³", "mass·length⁻³"),
        ("Cel", "Pa", "temperature", "mass·length⁻¹·time⁻²"),
    ],
)
def test_units_of_other_dimensions_are_refused_naming_both(source, target, left, right):
    with pytest.raises(ValueRefused) as refused:
        convert(Decimal(1), source, target, field="glucose")
    words = refused.value.sentence
    assert all(set(part.split("·")) for part in (left, right))
    assert all(
        part in words for part in (f"'{source}'", f"'{target}'", "field glucose", *left.split("·"), *right.split("·"))
    )


def test_a_special_unit_cannot_be_part_of_another():
    with pytest.raises(ValueRefused, match="mixes a special unit"):
        convert(Decimal(1), "W/(m.Cel)", "W/(m.K)")


def test_a_level_of_nothing_is_refused():
    with pytest.raises(ValueRefused, match="only a positive quantity has a level"):
        convert(Decimal(0), "V", "dB[V]", field="signal")


def test_an_absurd_level_is_refused_before_it_is_computed():
    with pytest.raises(ValueRefused, match="too large to convert"):
        convert(Decimal(10) ** 9, "dB[V]", "V", field="signal")


def test_what_is_no_unit():
    assert not any(is_unit(text) for text in ("", "m/", "10+3/ul", "mAU", "kg.", " m"))


@pytest.mark.parametrize("text", ["km100", "km999999999", "m-1000000", "10^999"])
def test_an_exponent_of_no_world_is_refused_before_it_is_worked_out(text):
    """1000 to the power of a billion would fill the memory."""
    assert is_unit("km99")
    assert not is_unit(text)
    with pytest.raises(ValueError, match="too large"):
        ucum.read(text)


AMOUNTS = st.decimals(min_value="-1e12", max_value="1e12", places=6)
PAIRS = st.sampled_from(
    [
        ("mg/dL", "g/L"),
        ("[in_i]", "mm"),
        ("[degF]", "Cel"),
        ("[lb_av]", "g"),
        ("min", "s"),
        ("[gal_us]", "mL"),
        ("K", "[degRe]"),
    ]
)


@given(AMOUNTS, PAIRS)
def test_there_and_back_is_the_same_value(amount, pair):
    there = convert(amount, *pair)
    back = convert(there, pair[1], pair[0])
    assert abs(back - amount) <= abs(amount) * Decimal("1e-24") + Decimal("1e-24")


@given(AMOUNTS)
def test_a_finite_factor_gives_the_very_same_digits_back(amount):
    assert convert(convert(amount, "mg/dL", "g/L"), "g/L", "mg/dL") == amount
