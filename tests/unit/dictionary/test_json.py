"""JSON without loss, and without what RFC 8259 leaves open."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary.values.json import JsonRefused, dumps, loads

pytestmark = pytest.mark.req("M2.4")


def test_digits_survive():
    raw = b'{"a":1.50,"b":0.1000,"c":12345678901234567890,"d":1E+5,"e":[0.30000000000000004,-0.0]}'
    assert dumps(loads(raw)) == raw


def test_names_are_sorted_and_text_is_utf8():
    assert dumps({"b": "µ", "a": None}) == '{"a":null,"b":"µ"}'.encode()


def test_a_byte_order_mark_is_passed_over():
    assert loads(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


REFUSED = [
    (b"", "ends too early, after 0 bytes", 0),
    (b'{"a":1', "ends too early", 6),
    (rb'{"a":"\ud800"}', "half of a surrogate pair", 6),
    (b'{"a":NaN}', "byte 5", 5),
    (b'{"a":-Infinity}', "byte", 6),
    (b'{"a":1,"a":2}', "'a' stands twice in one object of the document, again at byte 7", 7),
    (b'{"x":[{"k" :1,"k":1}]}', "'k' stands twice", None),
    (b'{"a\\u0062":1,"ab":2}', "'ab' stands twice", None),
    (b'{"a":"\xff"}', "not UTF-8: byte 6 is 0xFF", 6),
    (b'{"a":1e999999}', "outside the range", None),
    (b'{"a":' + b"9" * 5000 + b"}", "outside the range", None),
    (b'{"a":0.' + b"9" * 5000 + b"}", "outside the range", None),
    (b"[" * 100_000, "nested too deeply", None),
    (b'{"a":1} {"b":2}', "trailing characters", 9),
    (b'{"a":01}', "byte", None),
    (b"{'a':1}", "byte 1", 1),
    (b'"\\ud800"', "", None),
]


@pytest.mark.parametrize(("raw", "words", "position"), REFUSED)
def test_what_cannot_be_trusted_is_refused_with_its_place(raw, words, position):
    with pytest.raises(JsonRefused) as refused:
        loads(raw)
    assert words in refused.value.sentence
    if position is not None:
        assert refused.value.position == position


def test_text_that_looks_like_a_repeated_name_is_no_harm():
    assert loads(b'{"a":"\\"a\\":1","b":"x\\":"}') == {"a": '"a":1', "b": 'x":'}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_no_number_that_is_none_goes_out(number):
    with pytest.raises(JsonRefused, match="cannot be written as JSON"):
        dumps({"a": [number]})


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text(max_size=20)
    | st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e30", max_value="1e30")
)
DOCUMENTS = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=12,
    ),
    max_size=8,
)


@given(DOCUMENTS)
def test_out_and_in_is_the_same_document(document):
    assert loads(dumps(document)) == document
    assert dumps(loads(dumps(document))) == dumps(document)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw):
    with suppress(JsonRefused):
        loads(raw)
