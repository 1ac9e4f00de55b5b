"""Canonical JSON of what is hashed."""

from decimal import Decimal

import pytest

from governance.signing.statement import canonical, digest


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
