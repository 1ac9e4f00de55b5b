"""RFC 6962 trees, for every size from 1 to 65 and every index."""

import hashlib

import pytest

from governance.ledger.tree import CompactRange, consistency, inclusion, is_consistent, is_included, leaf_hash, root

pytestmark = pytest.mark.req("M6.6")


def entries(size: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(size)]


def by_the_book(leaves: list[bytes]) -> bytes:
    """The recursive definition of section 2.1, as an oracle."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_the_book(leaves[:split]) + by_the_book(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(66))
def test_the_root_is_the_recursive_definition(size):
    assert root(entries(size)) == by_the_book(entries(size))


@pytest.mark.parametrize("size", range(1, 66))
def test_every_entry_is_proven_and_no_other(size):
    leaves = entries(size)
    for index in range(size):
        path = inclusion(leaves, index)
        assert is_included(leaves[index], index, size, path, root(leaves))
        assert not is_included(b"something else", index, size, path, root(leaves))
        assert not is_included(leaves[index], index, size, [*path, b"\x00" * 32], root(leaves))


@pytest.mark.parametrize("size", range(66))
def test_a_range_that_grows_leaf_by_leaf_has_the_root_of_the_whole(size):
    grown = CompactRange()
    for entry in entries(size):
        grown.append(leaf_hash(entry))
    assert (grown.size, grown.root()) == (size, root(entries(size)))
    assert CompactRange(size, grown.roots).root() == grown.root()


def test_a_range_of_another_size_is_refused():
    with pytest.raises(ValueError, match="perfect subtrees"):
        CompactRange(3, [b"\x00" * 32])


@pytest.mark.parametrize("size", range(1, 66))
def test_every_beginning_is_proven_and_no_other(size):
    leaves = entries(size)
    new = root(leaves)
    for first in range(1, size + 1):
        old, path = root(leaves[:first]), consistency(leaves, first)
        assert is_consistent(first, size, old, new, path)
        assert not is_consistent(first, size, root([*leaves[: first - 1], b"something else"]), new, path)
        assert not is_consistent(first, size, old, b"\x00" * 32, path)
        assert not is_consistent(first, size, old, new, [*path, b"\x00" * 32])
        for place in range(len(path)):
            assert not is_consistent(first, size, old, new, [*path[:place], b"\x00" * 32, *path[place + 1 :]])
        if path:
            assert not is_consistent(first, size, old, new, path[:-1])


def test_nothing_and_more_than_all_are_no_beginnings():
    leaves = entries(5)
    assert not is_consistent(0, 5, root([]), root(leaves), [])
    assert not is_consistent(6, 5, root(entries(6)), root(leaves), [])
