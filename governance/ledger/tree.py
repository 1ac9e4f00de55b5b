"""Merkle tree hash of a list of entries: RFC 6962, section 2.1. Pure.

Leaves are hashed behind 0x00 and nodes behind 0x01, so that a node can never be passed off as a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """The tree's hash; of no entries it is the hash of the empty string."""
    if not entries:
        return hashlib.sha256(b"").digest()
    return _joined([leaf_hash(entry) for entry in entries])


def inclusion(entries: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of entry ``index`` (section 2.1.1): siblings from the leaf to the root."""
    level = [leaf_hash(entry) for entry in entries]
    path = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _up(level), index // 2
    return path


def is_included(entry: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether ``path`` leads from ``entry`` at ``index`` of ``size`` to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf_hash(entry)
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and found == expected


def consistency(entries: Sequence[bytes], first: int) -> list[bytes]:
    """Proof that the tree of the ``first`` entries is the beginning of this one (section 2.1.2)."""
    return _subproof([leaf_hash(entry) for entry in entries], first, is_whole=True)


def is_consistent(first: int, second: int, old: bytes, new: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` leads from the root ``old`` of ``first`` entries to ``new`` of ``second`` (RFC 9162)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return old == new and not path
    steps = [old, *path] if first & (first - 1) == 0 else list(path)
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    if not steps:
        return False
    older = newer = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and older == old and newer == new


class CompactRange:
    """What is needed of a tree to go on with it: the roots of its perfect subtrees, the largest first.

    A tree of ``size`` leaves has one for each bit that is set in ``size``.
    """

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        if len(roots) != size.bit_count():
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} perfect subtrees, not {len(roots)}.")
        self.size, self.roots = size, list(roots)

    def append(self, hashed: bytes) -> None:
        """Add the hash of the next leaf."""
        full = self.size
        while full & 1:
            hashed, full = node_hash(self.roots.pop(), hashed), full >> 1
        self.roots.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """The tree's hash."""
        if not self.roots:
            return root([])
        found = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            found = node_hash(left, found)
        return found


def _subproof(level: list[bytes], first: int, *, is_whole: bool) -> list[bytes]:
    """``is_whole``: the verifier holds the root of these first leaves, so that it need not be told."""
    if first == len(level):
        return [] if is_whole else [_joined(level)]
    split = 1 << (len(level) - 1).bit_length() - 1
    if first <= split:
        return [*_subproof(level[:split], first, is_whole=is_whole), _joined(level[split:])]
    return [*_subproof(level[split:], first - split, is_whole=False), _joined(level[:split])]


def _joined(level: list[bytes]) -> bytes:
    while len(level) > 1:
        level = _up(level)
    return level[0]


def _up(level: list[bytes]) -> list[bytes]:
    """One level up: pairs are joined, a last odd one rises as it is."""
    pairs = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return pairs + level[-1:] if len(level) % 2 else pairs
