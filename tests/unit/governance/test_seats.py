"""Seats and who may take them: each human being sits once."""

from __future__ import annotations

import pytest

from governance.changes.deciding.seats import unfilled


@pytest.mark.parametrize(
    ("seats", "empty"),
    [
        ([], []),
        ([{"rick"}, {"quinn"}], []),
        ([{"rick"}, set()], [1]),
        ([{"rick"}, {"rick"}], [1]),
        ([{"rick", "quinn"}, {"rick"}], []),  # who sits first moves for who can sit nowhere else
        ([{"olga", "rick", "quinn"}, {"olga", "rick", "quinn"}, {"rick"}, {"quinn"}], [3]),
        ([{"olga", "rick", "rena"}, {"olga", "rick", "rena", "quinn"}, {"rick", "rena"}, {"quinn"}], []),
    ],
)
def test_a_seat_is_empty_only_where_nobody_can_move(seats, empty):
    assert unfilled(seats) == empty
