"""RFC 6962 trees, for every size from 1 to 65 and every index."""

import hashlib

import pytest

from governance.ledger.tree import inclusion, is_included, root

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
