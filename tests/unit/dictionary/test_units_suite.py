"""The functional suite that the authors of UCUM publish."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from fractions import Fraction

import pytest

from dictionary.values import ucum, units
from dictionary.values.errors import ValueRefused
from dictionary.values.rounding import round_fraction

from .public_data import public

pytestmark = pytest.mark.req("M2.3")


@pytest.fixture(scope="module")
def suite() -> ElementTree.Element:
    return ElementTree.parse(public("units", "UcumFunctionalTests.xml")).getroot()


def test_validations(suite):
    cases = suite.findall("validation/case")
    wrong = [one.get("id") for one in cases if units.is_unit(one.get("unit")) != (one.get("valid") == "true")]
    assert len(cases) == 529
    assert wrong == []


def test_conversions(suite):
    cases = suite.findall("conversion/case")
    wrong = [one.get("id") for one in cases if not _converts(one)]
    assert len(cases) == 30
    assert wrong == []


def _converts(case: ElementTree.Element) -> bool:
    """The suite writes its outcomes rounded ("25" for 25.2): as many significant digits as it gives are
    compared."""
    expected = Decimal(case.get("outcome"))
    try:
        factor = units.factor(case.get("srcUnit"), case.get("dstUnit"))
    except ValueRefused:
        return False
    result = Fraction(case.get("value")) * factor
    return round_fraction(result, None, len(expected.as_tuple().digits), "half_even") == expected


def test_multiplication_and_division(suite):
    for case in (*suite.findall("multiplication/case"), *suite.findall("division/case")):
        power = 1 if case in suite.findall("multiplication/case") else -1
        unit = ucum.read(case.get("u1")) * ucum.read(case.get("u2")) ** power
        value = Fraction(case.get("v1")) * Fraction(case.get("v2")) ** power * unit.factor
        expected = Decimal(case.get("vRes"))
        target = ucum.read(case.get("uRes") or "1")
        digits = len(expected.as_tuple().digits)
        assert unit.dimension == target.dimension
        assert round_fraction(value / target.factor, None, digits, "half_even") == expected, case.attrib


def test_every_atom_of_the_published_table_is_known():
    """Every unit of the published essence reads, and its table is the one that we carry."""
    root = ElementTree.parse(public("units", "ucum-essence.xml")).getroot()
    codes = [one.get("Code") for one in root.findall("{*}unit")]
    assert len(codes) > 300
    assert [code for code in codes if not units.is_unit(code)] == []


def test_the_factors_agree_with_an_independent_library():
    """Pint, with ucumvert's definitions, is another reading of the same standard, in floating point."""
    from ucumvert import PintUcumRegistry

    registry = PintUcumRegistry()
    for source, target in [
        ("[lb_av]", "kg"),
        ("[gal_us]", "L"),
        ("mm[Hg]", "Pa"),
        ("U/L", "kat/m3"),
        ("[ft_i]/min", "m/s"),
    ]:
        theirs = registry.from_ucum(source).to(registry.from_ucum(target).units)
        ours = units.factor(source, target) * Fraction(1)
        assert float(ours) == pytest.approx(theirs.magnitude / registry.from_ucum(target).magnitude, rel=1e-5)
