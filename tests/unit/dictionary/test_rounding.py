"""Rounding as the standards show it, on the digits that the source wrote."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary.values.rounding import (
    MODES,
    exact_decimal,
    magnitude,
    round_fraction,
    round_to_digits,
    round_to_significant,
)

pytestmark = pytest.mark.req("M2.4")

HALVES = [
    # value, digits, ASTM E29 (half to even), USP (half up)
    ("2.5", 0, "2", "3"),
    ("3.5", 0, "4", "4"),
    ("0.125", 2, "0.12", "0.13"),
    ("0.135", 2, "0.14", "0.14"),
    ("1.25", 1, "1.2", "1.3"),
    ("1.35", 1, "1.4", "1.4"),
    ("1.2501", 1, "1.3", "1.3"),
    ("89.95", 1, "90.0", "90.0"),
    ("-2.5", 0, "-2", "-3"),
    ("-0.5", 0, "0", "-1"),
    ("0.0025", 3, "0.002", "0.003"),
    ("125", -1, "120", "130"),
]
# USP General Notices 7.20 prints this table for a limit of 98.0 %, of 101.5 % and of 0.02 %.
USP_TABLE = [
    ("97.96", 1, "98.0"),
    ("97.92", 1, "97.9"),
    ("97.95", 1, "98.0"),
    ("101.55", 1, "101.6"),
    ("101.46", 1, "101.5"),
    ("101.45", 1, "101.5"),
    ("0.025", 2, "0.03"),
    ("0.015", 2, "0.02"),
    ("0.027", 2, "0.03"),
]


@pytest.mark.parametrize(("value", "digits", "astm", "usp"), HALVES)
def test_the_two_standards_differ_at_the_half(value, digits, astm, usp):
    assert round_to_digits(Decimal(value), digits, "half_even") == Decimal(astm)
    assert round_to_digits(Decimal(value), digits, "half_up") == Decimal(usp)


@pytest.mark.parametrize(("value", "digits", "expected"), USP_TABLE)
def test_the_table_of_usp(value, digits, expected):
    assert str(round_to_digits(Decimal(value), digits, "half_up")) == expected


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("9.96", 2, "10"),
        ("0.0012345", 3, "0.00123"),
        ("123456", 2, "120000"),
        ("99.95", 3, "100"),
        ("0", 3, "0"),
        ("-1.005", 3, "-1.00"),
    ],
)
def test_significant_digits(value, digits, expected):
    assert round_to_significant(Decimal(value), digits) == Decimal(expected)


def test_the_digits_that_were_asked_for_are_written():
    assert str(round_to_digits(Decimal("1.2"), 3)) == "1.200"
    assert str(round_to_digits(Decimal("1249"), -2)) == "1200"


def test_halves_of_the_source_text_are_halves():
    """As binary floats 2.675 and 1.005 lie below the half, and would go down."""
    assert round_to_digits(Decimal("2.675"), 2, "half_up") == Decimal("2.68")
    assert round_to_digits(Decimal("1.005"), 2, "half_up") == Decimal("1.01")


def test_the_rules_part_on_one_value_in_twenty():
    """Four decimals rounded to three: they differ at a last digit of five behind an even one."""
    values = [Decimal(number).scaleb(-4) for number in range(10_000)]
    differing = sum(round_to_digits(one, 3, "half_even") != round_to_digits(one, 3, "half_up") for one in values)
    assert differing == 500


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e30", max_value="1e30", places=12)


@given(DECIMALS, st.integers(0, 12), st.sampled_from(sorted(MODES)))
def test_a_fraction_rounds_as_its_decimal_does(value, digits, mode):
    assert round_fraction(Fraction(value), digits, None, mode) == round_to_digits(value, digits, mode)


@given(DECIMALS, st.integers(1, 20), st.sampled_from(sorted(MODES)))
def test_so_it_does_to_significant_digits(value, digits, mode):
    assert round_fraction(Fraction(value), None, digits, mode) == round_to_significant(value, digits, mode)


@given(DECIMALS, st.integers(0, 8), st.sampled_from(sorted(MODES)))
def test_rounding_twice_is_rounding_once(value, digits, mode):
    once = round_to_digits(value, digits, mode)
    assert round_to_digits(once, digits, mode) == once


@given(DECIMALS)
def test_a_finite_fraction_is_the_decimal_it_came_from(value):
    assert exact_decimal(Fraction(value)) == value


def test_a_third_has_no_decimal():
    assert exact_decimal(Fraction(1, 3)) is None


@given(DECIMALS.filter(bool))
def test_the_magnitude_is_that_of_the_decimal(value):
    assert magnitude(Fraction(value)) == value.adjusted()
