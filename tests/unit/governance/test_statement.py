"""Canonical JSON of what is hashed."""

import unicodedata
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from governance.signing.statement import canonical, digest, plain

TEXTS = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS | st.text(st.characters(max_codepoint=127))
)
CONTENTS = st.recursive(LEAVES, lambda one: st.lists(one) | st.dictionaries(TEXTS, one), max_leaves=12)


@given(CONTENTS)
def test_it_is_what_the_standard_says(content):
    """The quick way, for content in ASCII, and the long one write the same bytes."""
    assert canonical(content) == rfc8785.dumps(plain(content))


def test_names_beyond_the_first_plane_sort_as_the_standard_says():
    """By UTF-16 code units: an emoji before a private-use letter, although its code point is higher."""
    assert canonical({"\ue000": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ue000":1}'.encode()


def test_names_are_sorted_and_decimals_are_text():
    assert canonical({"b": Decimal("1.50"), "a": [True, None]}) == b'{"a":[true,null],"b":"1.50"}'


def test_equal_content_has_one_digest_and_other_content_another():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (0.1, "binary float"),
        (2**53, "2^53-1"),
        ("e\u0301", "normalisation form C"),
        ({1, 2}, "no place in JSON"),
    ],
)
def test_what_would_not_come_back_the_same_is_refused(content, why):
    with pytest.raises(ValueError, match=why.replace("^", r"\^")):
        canonical({"value": content})
