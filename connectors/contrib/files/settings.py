"""What a connection to a place of files declares."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from connectors.credentials import credential

MIB = 1024 * 1024
PREFIX = re.compile(r"(?![.])[\w.-]{0,60}")


@dataclass(frozen=True)
class Credentials:
    """The account at the SFTP server: a password or a private key; a folder asks for none."""

    user: str = credential(default="", secret=False)
    password: str = credential(default="")
    private_key: str = credential(default="", help="In OpenSSH or PEM format")
    passphrase: str = credential(default="")


@dataclass(frozen=True)
class Source:
    """A stream: which files are taken, how they are read, and where they go afterwards."""

    format: Literal["csv", "json", "jsonl", "xml"] = field(metadata={"help": "How files are read"})
    identity: tuple[str, ...] = field(metadata={"help": "Fields that tell records apart; never empty"})
    folder: str = field(default=".", metadata={"help": "Where they arrive, below the base folder"})
    pattern: str = field(default="*", metadata={"help": "Names to take, such as lots_*.csv"})
    order: Literal["name", "mtime"] = field(default="name", metadata={"help": "Which file comes first"})
    unfinished: tuple[str, ...] = field(
        default=(".part", ".tmp", ".filepart"), metadata={"help": "Endings of files still being written"}
    )
    settle: int = field(
        default=5,  # a writer may pause between two writes, and what comes after the move would be lost
        metadata={
            "help": "Seconds that a file must rest before it is taken; 0 for files renamed when finished",
            "min": 0,
        },
    )
    done: str = field(default="done", metadata={"help": "Where files go that the hub has stored"})
    rejected: str = field(default="rejected", metadata={"help": "Where files go that cannot be read"})
    encoding: str = field(default="utf-8", metadata={"help": "Strict; XML files declare their own"})
    delimiter: str = field(default=",", metadata={"help": "CSV: between two columns"})
    records_at: str = field(default="", metadata={"help": "JSON: path to the list; XML: name of the element"})
    page_size: int = field(default=500, metadata={"help": "Records a page", "min": 1, "max": 10_000})
    max_bytes: int = field(
        default=64 * MIB,
        metadata={"help": "Largest file, also after decompression", "min": 1, "max": 1024 * MIB},
    )
    max_ratio: int = field(default=100, metadata={"help": "Largest decompressed to compressed size", "min": 1})

    def __post_init__(self) -> None:
        _require_encoding(self.encoding)
        if len({_inside(name) for name in (self.folder, self.done, self.rejected)}) != 3:
            raise ValueError("have three different folders: 'folder', 'done' and 'rejected'")
        if not self.identity:
            raise ValueError("have an 'identity': the fields that tell its records apart")
        if self.format == "xml" and not self.records_at:
            raise ValueError("name in 'records_at' the XML element of one record")
        _require_delimiter(self.delimiter)


@dataclass(frozen=True)
class Target:
    """A sink: one file a record, named by its idempotency key."""

    folder: str = field(metadata={"help": "Where the files are put, below the base folder"})
    format: Literal["json", "csv"] = field(default="json", metadata={"help": "How files are written"})
    prefix: str = field(default="", metadata={"help": "What file names begin with"})
    columns: tuple[str, ...] = field(default=(), metadata={"help": "CSV: columns in order; none means all"})
    delimiter: str = field(default=",", metadata={"help": "CSV: between two columns"})
    encoding: str = field(default="utf-8", metadata={"help": "CSV: strict; JSON is always UTF-8"})

    def __post_init__(self) -> None:
        _inside(self.folder)
        _require_encoding(self.encoding)
        _require_delimiter(self.delimiter)
        if not PREFIX.fullmatch(self.prefix):
            raise ValueError("have a 'prefix' of at most 60 letters, digits and _ . - that does not begin with a dot")


@dataclass(frozen=True)
class Settings:
    """One base folder, here or at an SFTP server, and what is read and written below it."""

    folder: str = field(metadata={"help": "Base folder, absolute; everything happens below it"})
    place: Literal["folder", "sftp"] = field(default="folder", metadata={"help": "Where it is"})
    roots: tuple[str, ...] = field(default=(), metadata={"help": "Local folders that the base must lie in"})
    host: str = field(default="", metadata={"help": "SFTP: name or address of the server"})
    port: int = field(default=22, metadata={"help": "SFTP: port", "min": 1, "max": 65535})
    host_key: str = field(default="", metadata={"help": "SFTP: the server's key, 'ssh-ed25519 AAAA…'"})
    timeout: int = field(
        default=20, metadata={"help": "SFTP: seconds for connecting and for each step", "min": 1, "max": 600}
    )
    streams: Mapping[str, Source] = field(default_factory=dict, metadata={"help": "What is read"})
    sinks: Mapping[str, Target] = field(default_factory=dict, metadata={"help": "What is written"})

    def __post_init__(self) -> None:
        if not self.folder.startswith("/") or ".." in PurePosixPath(self.folder).parts:
            raise ValueError("have as 'folder' an absolute path without '..'")
        if self.place == "sftp" and not self.host:
            raise ValueError("name the 'host' of the SFTP server")


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or not {"\\", "\0"}.isdisjoint(name):
        raise ValueError(f"name folders below the base folder, which {name!r} is not")
    return str(path)


def _require_delimiter(delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter in '\r\n"':
        raise ValueError("have a 'delimiter' of one character that is no quote and no line end")


def _require_encoding(name: str) -> None:
    try:
        text = codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        text = False
    if not text:
        raise ValueError(f"have an 'encoding' that is known, which {name!r} is not")
