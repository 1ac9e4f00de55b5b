#!/usr/bin/env python3
"""Verify a signed record of Interlock, offline and without the hub: this file, and verify.py beside it.

    python3 verify_package.py RECORD.signed.zip --key KID=PUBLIC … [--seal-key seal_key.pub]

Python 3.11's standard library is all it needs. ``--key`` is a signing key and ``--seal-key`` the file of the sealer's
public keys, as you were given them, apart from the package: without them it vouches for itself. Exit status: 0 all of
it holds, 1 something was found, 2 it could not be verified, for want of a key too. The hub itself checks packages with
this program, too.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

try:
    from governance.ledger import verify
except ImportError:  # alone, with verify.py in the same folder
    import verify  # type: ignore[import-not-found,no-redef]

FORMAT = "interlock/package/1"
STATEMENT, WITHDRAWAL = "interlock/signature/2", "interlock/signature-withdrawal/1"
HEADER = {"alg": "Ed25519", "typ": "interlock-signature+jws"}
TABLES = {"signatures": "governance_signature", "withdrawals": "governance_signaturewithdrawal"}
NEEDED = ("manifest.json", "manifest.jws", "record.json", "history.json", "keys.json")
PROOFS, SEAL_KEYS, ENCLOSED = "proofs.json", "seal-keys.txt", "enclosed/"
LARGEST = 50_000_000  # bytes, packed or not
MOST_FILES = 10_000
LARGEST_INTEGER = 2**53 - 1  # I-JSON, RFC 7493 section 2.2
UNREADABLE = (verify.Broken, KeyError, TypeError, ValueError, AttributeError, RecursionError)


@dataclass
class Report:
    """What a package says, and everything that is wrong with it, in sentences. ``proven``: tokens in the sealed log;
    ``left_out``: what the record names by its digest and the package does not hold.
    """

    manifest: dict[str, Any] = field(default_factory=dict)
    statements: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_pinned: bool = False
    is_seal_pinned: bool = False

    @property
    def is_sound(self) -> bool:
        return not self.problems

    @property
    def lacks(self) -> list[str]:
        """Keys without which the package vouches for itself; that of the sealer, where it holds proofs."""
        asked = (("--key", not self.is_pinned), ("--seal-key", self.proven and not self.is_seal_pinned))
        return [name for name, is_lacking in asked if is_lacking]


def check(
    package: bytes, pinned: Mapping[str, str] | None = None, seal_keys: Mapping[str, bytes] | None = None
) -> Report:
    """``pinned``: kid → signing key; ``seal_keys``: key id → key of the sealer; public ones, as the reader has them."""
    found = Report(is_pinned=bool(pinned), is_seal_pinned=bool(seal_keys))
    try:
        _check(read(package), pinned or {}, seal_keys or {}, found)
    except UNREADABLE as error:
        said = str(error) if isinstance(error, verify.Broken) else f"a file in it is damaged ({type(error).__name__})"
        found.problems.append(said)
    return found


# --- the file --------------------------------------------------------------------------------------------------------


def read(package: bytes) -> dict[str, bytes]:
    """Name → content of every file. Raises Broken for what is no package, or would be too large."""
    if len(package) > LARGEST:
        raise verify.Broken(f"The file is larger than {LARGEST:,} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as held:
            listed = held.infolist()
            names = [one.filename for one in listed]
            if len(names) > MOST_FILES or sum(one.file_size for one in listed) > LARGEST:
                raise verify.Broken("What is packed in it is too large.")
            if len(set(names)) != len(names):
                raise verify.Broken("A name stands twice in it.")
            return {name: held.read(name) for name in names}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        raise verify.Broken("The file is no package: it is not a ZIP, or it is damaged.") from None


def canonical(content: Any) -> bytes:
    """RFC 8785, of what has no fractions."""
    return json.dumps(_ordered(content), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _ordered(content: Any) -> Any:
    """Names in the order of their UTF-16 code units (section 3.2.3)."""
    if isinstance(content, dict):
        names = sorted(content, key=lambda name: name.encode("utf-16-be"))
        return {name: _ordered(content[name]) for name in names}
    return [_ordered(one) for one in content] if isinstance(content, list) else content


def strict(data: bytes) -> Any:
    """JSON in the one spelling that it may have: no name twice, no fraction, no NaN, NFC. Raises Broken."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise verify.Broken("A name stands twice in one object.")
        return dict(pairs)

    def no_number(text: str) -> NoReturn:
        raise verify.Broken(f"It holds {text[:20]}, which is no number of a signed statement.")

    def whole(text: str) -> int:
        return int(text) if len(text) < 18 and abs(int(text)) <= LARGEST_INTEGER else no_number(text)

    try:
        found = json.loads(
            data, object_pairs_hook=unique, parse_int=whole, parse_float=no_number, parse_constant=no_number
        )
        is_canonical = canonical(found) == data and unicodedata.is_normalized("NFC", data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise verify.Broken("It is no JSON.") from None
    if not is_canonical:
        raise verify.Broken("What is signed is not canonical JSON (RFC 8785).")
    return found


# --- tokens ----------------------------------------------------------------------------------------------------------


def said_by(token: bytes, known: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """(key id, statement) of a compact JWS that one of the known keys signed. Raises Broken."""
    parts = token.split(b".")
    if len(parts) != 3:
        raise verify.Broken("It is no compact JWS of three parts.")
    header, payload, signature = map(_bytes, parts)
    told = json.loads(header, object_pairs_hook=list)  # pairs: no name may stand twice
    kid = str(dict(told).get("kid"))
    if len(told) != 3 or dict(told) != {**HEADER, "kid": kid}:
        raise verify.Broken("It is not signed with Ed25519, or its header says more than algorithm, key and type.")
    if kid not in known:
        raise verify.Broken("It names a key that is not known here.")
    if not verify.is_signed(_bytes(known[kid].encode()), parts[0] + b"." + parts[1], signature):
        raise verify.Broken("The signature does not fit what is signed: one of the two was altered.")
    return kid, strict(payload)


def _bytes(part: bytes) -> bytes:
    """base64url in its one spelling (RFC 7515, section 2)."""
    is_possible = re.fullmatch(rb"[A-Za-z0-9_-]*", part) and len(part) % 4 != 1
    found = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) if is_possible else b""
    if base64.urlsafe_b64encode(found).rstrip(b"=") != part:
        raise verify.Broken("It is not base64url.")
    return found


def thumbprint(public: str) -> str:
    """The name that a key carries (RFC 7638)."""
    said = canonical({"crv": "Ed25519", "kty": "OKP", "x": public})
    return base64.urlsafe_b64encode(hashlib.sha256(said).digest()).rstrip(b"=").decode()


# --- the checks ------------------------------------------------------------------------------------------------------


def _check(
    files: Mapping[str, bytes], pinned: Mapping[str, str], seal_keys: Mapping[str, bytes], found: Report
) -> None:
    if missing := [name for name in NEEDED if name not in files]:
        raise verify.Broken(f"It holds no {missing[0]}: it is no package, or a part was cut off.")
    keys = {one["kid"]: one for one in strict(files["keys.json"])}
    known = {kid: one["public"] for kid, one in keys.items()}
    _check_pinned(known, pinned, found)
    found.manifest = said_by(files["manifest.jws"], known)[1]
    if files["manifest.json"] != canonical(found.manifest) or found.manifest["type"] != FORMAT:
        found.problems.append("The manifest is not the one that was signed.")
    _check_files(files, found)
    record = strict(files["record.json"])
    _check_enclosed(files, record["content"], found)
    for name in _within("signatures/", files):
        _named(found, name, lambda name=name: _check_signature(files[name], record, keys, found))
    if not found.tokens:
        found.problems.append("It holds no signature.")
    elif (found.statements[-1]["subject"]["version"], found.statements[-1]["subject"]["digest"]) != (
        record["version"],
        verify.digest(canonical(record["content"])),
    ):  # earlier rounds signed earlier content
        found.problems.append(f"{_within('signatures/', files)[-1]}: The content is not what was signed.")
    for name in _within("withdrawals/", files):
        _named(found, name, lambda name=name: _check_withdrawal(files[name], known, found))
    _check_proofs(files, seal_keys, found)


def _within(folder: str, files: Mapping[str, bytes]) -> list[str]:
    return sorted(name for name in files if name.startswith(folder))


def _named(found: Report, name: str, judge: Any) -> None:
    """What is wrong with one file is said with its name."""
    try:
        judge()
    except UNREADABLE as error:
        said = str(error) if isinstance(error, verify.Broken) else f"It does not say what it should ({error!r})."
        found.problems.append(f"{name}: {said}")


def _check_pinned(known: Mapping[str, str], pinned: Mapping[str, str], found: Report) -> None:
    for kid, public in known.items():
        if thumbprint(public) != kid:
            found.problems.append(f"The key {kid} does not carry its own name.")
        if pinned and pinned.get(kid) != public:
            found.problems.append(f"The key {kid} is not one of the pinned keys.")


def _check_files(files: Mapping[str, bytes], found: Report) -> None:
    """Exactly the files that the manifest lists, each as it was."""
    listed: dict[str, str] = found.manifest["files"]
    held = set(files) - {"manifest.json", "manifest.jws"}
    found.problems += [f"{name} is missing." for name in sorted(set(listed) - held)]
    found.problems += [f"{name} does not belong to it." for name in sorted(held - set(listed))]
    altered = [name for name in sorted(held & set(listed)) if verify.digest(files[name]) != listed[name]]
    found.problems += [f"{name} was altered." for name in altered]


def _check_enclosed(files: Mapping[str, bytes], content: dict[str, Any], found: Report) -> None:
    """What is signed by its digest is what was signed; whoever exported may have had no right to take it along."""
    named = {f"{ENCLOSED}{name}.json": told for name, told in content.get("enclosed", {}).items()}
    found.left_out = sorted(set(named) - set(files))
    for name in _within(ENCLOSED, files):
        if named.get(name) != verify.digest(files[name]):
            found.problems.append(f"{name} is not what the record names.")


def _check_signature(token: bytes, record: dict[str, Any], keys: Mapping[str, dict[str, Any]], found: Report) -> None:
    kid, said = said_by(token, {kid: one["public"] for kid, one in keys.items()})
    before = verify.digest(found.tokens[-1].encode()) if found.tokens else ""
    found.statements.append(said)
    found.tokens.append(token.decode("ascii"))
    subject, manifest = said["subject"], found.manifest
    rules = {
        f"It is not a signature that this program reads, {STATEMENT}.": said["type"] == STATEMENT,
        "It does not say which human being signed.": bool(said["signer"]["human"]),
        "It was made at another installation.": (said["instance"], said["environment"])
        == (manifest["instance"], manifest["environment"]),
        "It signs another record.": (subject["type"], subject["id"]) == (record["type"], record["id"]),
        "The signature before it is not the one that it names.": said["previous"] == before
        and said["sequence"]["position"] == len(found.tokens),
        "Its key was not in use at the time that it states.": _in_use(keys[kid], said),
    }
    if wrong := [sentence for sentence, holds in rules.items() if not holds]:
        raise verify.Broken(" ".join(wrong))


def _check_withdrawal(token: bytes, known: Mapping[str, str], found: Report) -> None:
    said = said_by(token, known)[1]
    digests = (verify.digest(one.encode()) for one in found.tokens)
    signers = dict(zip(digests, (one["signer"]["id"] for one in found.statements), strict=True))
    if said["type"] != WITHDRAWAL or said["signature"] not in signers:
        raise verify.Broken("It withdraws no signature of this record.")
    if said["signer"]["id"] != signers[said["signature"]]:
        raise verify.Broken("It withdraws a signature of somebody else.")
    found.withdrawn.append(said["signature"])


def _in_use(key: dict[str, Any], said: dict[str, Any]) -> bool:
    at = datetime.fromisoformat(said["time"]["utc"])
    until = key["valid_until"]
    return datetime.fromisoformat(key["valid_from"]) <= at and (until is None or at <= datetime.fromisoformat(until))


# --- the sealed log --------------------------------------------------------------------------------------------------


def _check_proofs(files: Mapping[str, bytes], seal_keys: Mapping[str, bytes], found: Report) -> None:
    """That tokens stand in the sealed log of the installation: who has only the signing key cannot put them there."""
    proofs = strict(files.get(PROOFS, b"{}"))
    own = files.get(SEAL_KEYS, b"").decode("ascii").strip()
    keys = seal_keys or (verify.read_keys(own) if own else {})
    for name, proof in proofs.items():
        _named(found, name, lambda name=name, proof=proof: _check_proof(name, files, proof, keys, found))


def _check_proof(
    name: str, files: Mapping[str, bytes], proof: dict[str, Any], keys: Mapping[str, bytes], found: Report
) -> None:
    note, leaf = verify.read_note(proof["checkpoint"]), proof["leaf"].encode("ascii")
    if not note.is_signed_by(dict(keys)):
        raise verify.Broken("The checkpoint of its proof is not signed with a key of the sealer that is trusted.")
    path = [bytes.fromhex(one) for one in proof["path"]]
    if verify.root_of(leaf, proof["index"], note.size, path) != note.root:
        raise verify.Broken("Its proof does not lead to the checkpoint: it does not stand in the sealed log so.")
    said = json.loads(leaf)
    row = verify.loads(said["new"] or "{}")
    expected = (TABLES.get(name.partition("/")[0]), "insert", files[name].decode("ascii"))
    if (said["table_name"], said["operation"], row.get("jws")) != expected:
        raise verify.Broken("Its proof is of something else.")
    found.proven.append(name)


# --- the command -----------------------------------------------------------------------------------------------------


def shown(report: Report) -> str:
    lines = [f"{one['time']['utc']}  {one['meaning']['code']}  {one['signer']['name']}" for one in report.statements]
    lines.append(f"{len(report.proven)} of {len(report.tokens) + len(report.withdrawn)} stand in the sealed log.")
    lines += [f"{name} is not in the package; the record holds its digest." for name in report.left_out]
    lines += [f"FOUND: {sentence}" for sentence in report.problems]
    return "\n".join([*map(verify.printable, lines), _verdict(report)])


def _verdict(report: Report) -> str:
    if report.problems:
        return f"NOT VERIFIED: {len(report.problems)} finding(s)."
    return f"COULD NOT VERIFY: {want_of_keys(report.lacks)}" if report.lacks else "VERIFIED: all of it holds."


def want_of_keys(names: list[str]) -> str:
    return f"without {' and '.join(names)} the package vouches for itself. Give keys that did not come with it."


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--key", action="append", default=[], metavar="KID=PUBLIC", help="a signing key that you trust")
    parser.add_argument("--seal-key", type=Path, help="file of the sealer's public keys that you trust")
    given = parser.parse_args(arguments)
    try:
        pinned = dict(one.partition("=")[::2] for one in given.key)
        seal_keys = verify.read_keys(given.seal_key.read_text(encoding="ascii")) if given.seal_key else {}
        package = given.package.read_bytes()
    except (verify.Broken, OSError, UnicodeDecodeError) as error:
        print(f"COULD NOT VERIFY: {verify.printable(str(error))}")
        return 2
    report = check(package, pinned, seal_keys)
    print(shown(report))
    return 1 if report.problems else 2 if report.lacks else 0


if __name__ == "__main__":
    sys.exit(main())
