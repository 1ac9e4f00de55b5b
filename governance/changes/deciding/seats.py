"""Whether every signature that is still to be given finds a human being of its own, each signing once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def unfilled(seats: Sequence[Collection[str]]) -> list[int]:
    """Numbers of the seats that stay empty however they are shared out; ``seats`` name who may take each.

    As many as can be are filled, the earlier ones first.
    """
    taken: dict[str, int] = {}
    return [number for number in range(len(seats)) if not _seat(number, seats, taken, set())]


def _seat(number: int, seats: Sequence[Collection[str]], taken: dict[str, int], asked: set[str]) -> bool:
    """Find somebody for this seat, asking those who sit elsewhere to move (an augmenting path)."""
    for one in sorted(seats[number]):
        if one in asked:
            continue
        asked.add(one)
        if one not in taken or _seat(taken[one], seats, taken, asked):
            taken[one] = number
            return True
    return False
