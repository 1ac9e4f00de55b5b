"""The parts of verify.py that stand alone: Ed25519, the tree, notes. Compared with others who do the same."""

from __future__ import annotations

import ast
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.ledger import tree, verify
from governance.ledger.checkpoint import Statement, signed
from governance.ledger.keys import _with_names

pytestmark = pytest.mark.req("M6.6")

RFC_8032 = (  # section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)


def unhex(*texts: str) -> tuple[bytes, ...]:
    return tuple(map(bytes.fromhex, texts))


@pytest.mark.parametrize("vector", RFC_8032, ids=range(len(RFC_8032)))
def test_the_signatures_of_the_rfc_hold_and_no_turned_bit_does(vector):
    public, message, signature = unhex(*vector)
    assert verify.is_signed(public, message, signature)
    assert not verify.is_signed(public, message + b"x", signature)
    for place in range(0, 64, 7):
        turned = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
        assert not verify.is_signed(public, message, turned)


def test_a_signature_has_one_spelling():
    """S and S + L are the same number to arithmetic; the second is refused (RFC 8032, section 5.1.7)."""
    public, message, signature = unhex(*RFC_8032[1])
    s = int.from_bytes(signature[32:], "little") + verify.ORDER
    assert not verify.is_signed(public, message, signature[:32] + s.to_bytes(32, "little"))
    assert not verify.is_signed(public, message, signature + b"\x00")
    assert not verify.is_signed(public[:31], message, signature)
    assert not verify.is_signed(b"\xff" * 32, message, signature)


@settings(max_examples=40, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), place=st.integers(0, 63))
def test_it_agrees_with_another_implementation(seed, message, place):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = private.sign(message)
    assert verify.is_signed(public, message, signature)
    turned = signature[:place] + bytes([signature[place] ^ 0x40]) + signature[place + 1 :]
    assert verify.is_signed(public, message, turned) == holds(public, message, turned)


def holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("size", range(66))
def test_its_tree_is_ours(size):
    entries = [f"entry {number}".encode() for number in range(size)]
    grown = verify.Tree()
    for entry in entries:
        grown.append(tree.leaf_hash(entry))
    assert grown.root() == f"sha256:{tree.root(entries).hex()}"


def a_note() -> tuple[verify.Checkpoint, dict[str, bytes]]:
    key = _with_names(Ed25519PrivateKey.generate())
    at = datetime(2026, 11, 22, 1, 2, 3, 4, tzinfo=UTC)
    statement = Statement(
        "production/x", 0, 7, "sha256:" + "0" * 64, at, "none", "sha256:" + "1" * 64 + "/ab", "0.1.0/a/b"
    )
    return signed(statement, key), verify.read_keys(key.public)


def test_a_note_is_read_as_it_was_signed():
    note, keys = a_note()
    assert note.is_signed_by(keys)
    assert (note.size, note.time) == (7, "2026-11-22T01:02:03.000004Z")
    assert not note.is_signed_by({})


def test_a_note_with_any_turned_byte_is_another_or_none():
    note, keys = a_note()
    written = note.note.encode()
    for place in range(len(written)):
        for bit in (1, 32):
            turned = written[:place] + bytes([written[place] ^ bit]) + written[place + 1 :]
            try:
                other = verify.read_note(turned.decode("latin-1"))
            except verify.Broken:
                continue
            assert not other.is_signed_by(keys), f"byte {place}"


@pytest.mark.parametrize("text", ["", "ed25519:00", "rsa:" + "0" * 64, "ed25519:" + "A" * 64])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(verify.Broken, match="is no public key"):
        verify.read_keys(text)


def test_it_imports_nothing_but_the_standard_library():
    parsed = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(parsed) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(parsed) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
