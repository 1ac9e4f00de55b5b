"""Differences of two texts stay readable, and stay cheap for texts that are made to be dear."""

from __future__ import annotations

import pytest

from governance.console.differences import MOST_ROWS, difference


def test_words_are_marked_and_unchanged_lines_folded():
    old = "\n".join(["same"] * 20 + ["the owner is quality"])
    new = "\n".join(["same"] * 20 + ["the owner is laboratory"])
    found = difference("before", old, "after", new)
    assert [row.folded for row in found.rows if row.folded] == [16]
    assert [piece.text for piece in found.rows[-1].new if piece.is_marked] == ["laboratory"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- x\n" * 40_000, "- x\n- y\n" * 20_000),
        ("a " * 200_000, "a b " * 100_000),
        ("- x\n" * 2000, "- x\n- y\n" * 1000),
        (("a " * 900 + "\n") * 100, ("a b " * 450 + "\n") * 100),
    ],
    ids=["many equal lines", "one endless line", "as many lines as are compared exactly", "long lines of few words"],
)
def test_a_text_made_to_be_dear_is_compared_all_the_same(old, new):
    found = difference("before", old, "after", new)
    assert not found.is_empty
    assert len(found.rows) <= MOST_ROWS
