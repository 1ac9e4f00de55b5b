"""``.gz`` and ``.zip`` without ever holding more than was agreed."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from .unreadable import Unreadable

MAX_MEMBERS = 1000
CHUNK = 64 * 1024
FLOOR = 1024 * 1024  # below this a high ratio is a small text of many blanks, not an attack
BROKEN = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError, OSError)


def members(name: str, content: bytes, max_bytes: int, max_ratio: int) -> Iterator[tuple[str, bytes]]:
    """The files inside: itself, the one of a ``.gz``, or all of a ``.zip`` in the order of their names."""
    budget = Budget(name, min(max_bytes, max(len(content) * max_ratio, FLOOR)), max_bytes)
    try:
        if name.lower().endswith(".gz"):
            yield name[:-3], budget.read(gzip.GzipFile(fileobj=io.BytesIO(content)))
        elif name.lower().endswith(".zip"):
            yield from _zipped(name, content, budget)
        else:
            yield name, content
    except BROKEN as error:
        raise Unreadable(f"The archive {name} is damaged: {error}.") from None
    except (RuntimeError, NotImplementedError):
        raise Unreadable(f"The archive {name} is encrypted or packed in a way that cannot be opened.") from None


class Budget:
    """Bytes that an archive may still unpack, over all of its members; headers are not believed."""

    def __init__(self, name: str, left: int, max_bytes: int) -> None:
        self.name, self.left, self.allowed, self.max_bytes = name, left, left, max_bytes

    def read(self, packed: IO[bytes] | gzip.GzipFile) -> bytes:
        content = bytearray()
        while piece := packed.read(CHUNK):
            self.left -= len(piece)
            if self.left < 0:
                raise Unreadable(self._sentence())
            content += piece
        return bytes(content)

    def _sentence(self) -> str:
        which = "'max_bytes'" if self.allowed == self.max_bytes else "'max_ratio'"
        return f"The archive {self.name} unpacks to more than {self.allowed} bytes, the limit set by {which}."


def _zipped(name: str, content: bytes, budget: Budget) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda i: i.filename)
        if len(infos) > MAX_MEMBERS:
            raise Unreadable(f"The archive {name} has {len(infos)} members; at most {MAX_MEMBERS} are read.")
        for info in infos:
            with archive.open(info) as packed:
                yield f"{name}!{info.filename}", budget.read(packed)
