"""Coercion by an element alone, its codes, and its tolerances."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dictionary.specs import ElementSpec
from dictionary.values.codes import ambiguous_outbound, inbound, outbound
from dictionary.values.coercion import coerce
from dictionary.values.compare import agree, difference
from dictionary.values.errors import ValueRefused
from dictionary.values.noted import unwrap

from .example import CODE_LISTS

pytestmark = pytest.mark.req("M2.4")


def element(type: str, **more) -> ElementSpec:
    return ElementSpec.from_content({"key": "x", "label": "X", "definition": "For a test.", "type": type, **more})


TAKEN = [
    (element("text"), "as it is ", "as it is ", ()),
    (element("text"), Decimal("1.50"), "1.50", ("number written as text",)),
    (element("text", pattern="[A-Z]{2}"), "DE", "DE", ()),
    (element("integer"), 5, 5, ()),
    (element("integer"), Decimal("5.0"), 5, ()),
    (element("integer", digits=0), Decimal("2.5"), 2, ("rounded half_even from 2.5 to 2",)),
    (element("integer", digits=0, rounding="half_up"), "2.5", 3, ("rounded half_up from 2.5 to 3",)),
    (element("decimal"), "1.500", Decimal("1.500"), ()),
    (element("decimal", digits=2), " 1.255 ", Decimal("1.26"), ("rounded half_even from 1.255 to 1.26",)),
    (element("boolean"), False, False, ()),
    (element("boolean"), "false", False, ("truth value read from text",)),
]


@pytest.mark.parametrize(("spec", "raw", "value", "notes"), TAKEN)
def test_what_is_taken_and_what_is_noted(spec, raw, value, notes):
    found = coerce(raw, spec)
    assert found == (value, notes)
    assert str(found[0]) == str(value)


REFUSED = [
    (element("decimal"), 1.5, "Binary floating point is never accepted"),
    (element("decimal"), "1,234.5", "not a plain decimal number"),
    (element("decimal"), "٣", "not a plain decimal number"),
    (element("decimal"), "1e999", "outside the range"),
    (element("decimal"), Decimal("NaN"), "outside the range"),
    (element("decimal"), "1_000", "not a plain decimal number"),
    (element("integer"), True, "not a number"),
    (element("text", max_length=3), "four", "has 4 characters; at most 3 are allowed"),
    (element("text", pattern="[A-Z]{2}"), "DEU", r"does not match the pattern '\[A-Z\]\{2\}'"),
    (element("text"), "half \ud800", "half a character"),
    (element("text"), ["a"], "a list of 1 items in field x is not text"),
    (element("decimal", maximum="10"), "10.01", "is above 10"),
]


@pytest.mark.parametrize(("spec", "raw", "words"), REFUSED)
def test_what_is_refused(spec, raw, words):
    with pytest.raises(ValueRefused, match=words):
        coerce(raw, spec)


def test_a_limit_holds_for_the_rounded_value():
    assert coerce("10.004", element("decimal", digits=2, maximum="10"))[0] == Decimal("10.00")


def test_a_hostile_pattern_ends():
    with pytest.raises(ValueRefused):
        coerce("x" * 50_000 + "!", element("text", pattern="(x+x+)+y"))


@pytest.mark.req("M2.3")
def test_codes_go_through_the_crosswalk():
    codes = CODE_LISTS["severity"]
    assert unwrap(inbound(codes, "mes", "sev")("MAJ")) == ("major", ("code 'MAJ' of mes is 'major'",))
    assert unwrap(inbound(codes, "mes", "sev")(2))[0] == "major"
    assert unwrap(outbound(codes, "mes", "sev")("major"))[0] == "MAJ"
    with pytest.raises(ValueRefused, match="The code 'maj' in field sev is not mapped"):
        inbound(codes, "mes", "sev")("maj")


def test_a_code_with_two_words_must_be_told_which_to_send():
    assert ambiguous_outbound(CODE_LISTS["severity"], "old") == ["major"]
    assert ambiguous_outbound(CODE_LISTS["severity"], "mes") == []


SAME = [
    (element("decimal"), Decimal("1.50"), Decimal("1.5")),
    (element("decimal", tolerance_abs="0.05"), Decimal("1.00"), Decimal("1.05")),
    (element("decimal", tolerance_rel="0.01"), Decimal("100"), Decimal("101")),
    (
        element("quantity", unit="mg/dL", tolerance_abs="0.01"),
        {"value": Decimal("5.13"), "unit": "mg/dL"},
        {"value": Decimal("51.255"), "unit": "mg/L"},
    ),
    (element("datetime"), "2025-04-03T10:15:00Z", "2025-04-03T12:15:00+02:00"),
    (element("text"), "Caf\u00e9", "Cafe\u0301"),
    (element("text"), None, None),
]
DIFFERENT = [
    (
        element("decimal"),
        Decimal("1.5"),
        Decimal("1.500001"),
        "X: 1.5 against 1.500001, a difference of 0.000001.",
    ),
    (
        element("decimal", tolerance_abs="0.05"),
        Decimal("1.00"),
        Decimal("1.051"),
        "X: 1.00 against 1.051, a difference of 0.051 where 0.05 absolute is allowed.",
    ),
    (element("text"), "a", "a ", "X: 'a' against 'a '."),
    (element("text"), "a", None, "X: 'a' against null."),
    (element("boolean"), True, 1, "X: true against 1."),
]


@pytest.mark.parametrize(("spec", "left", "right"), SAME)
def test_values_that_agree(spec, left, right):
    assert agree(left, right, spec)
    assert agree(right, left, spec)


@pytest.mark.parametrize(("spec", "left", "right", "sentence"), DIFFERENT)
def test_values_that_differ(spec, left, right, sentence):
    assert difference(left, right, spec) == sentence
