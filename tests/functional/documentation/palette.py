"""Makes a PNG of a page small: 256 colours instead of 16 million. The rarest take the nearest that is kept."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from itertools import chain
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS, CERTAIN, CLOSE = 256, 40, 200  # how many; kept whatever they are like; the square of a distance
CHANNELS = {2: 3, 6: 4}  # RGB, and RGB with an alpha that is left out
Colour = tuple[int, ...]


def shrink(place: Path) -> None:
    """Rewrite a picture of 8-bit RGB or RGBA, as Chromium makes them, with a palette."""
    width, height, channels, data = _read(place.read_bytes())
    rows = _unfilter(data, width * channels, channels)
    pixels = [list(zip(*(row[i::channels] for i in range(3)), strict=True)) for row in rows]
    counts = Counter(chain.from_iterable(pixels))
    palette = _chosen([colour for colour, _ in counts.most_common()])
    index = {colour: _nearest(colour, palette) for colour in counts}
    lines = b"".join(b"\0" + bytes(index[one] for one in row) for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", bytes(chain(*palette))), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    place.write_bytes(SIGNATURE + b"".join(_chunk(*part) for part in parts))


def _read(png: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, channels, and the filtered rows."""
    at, data = len(SIGNATURE), b""
    width = height = kind = 0
    while at < len(png):
        (size,), name = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + size]
        if name == b"IHDR":
            width, height, _, kind = struct.unpack(">IIBB", body[:10])
        data += body if name == b"IDAT" else b""
        at += size + 12
    return width, height, CHANNELS[kind], zlib.decompress(data)


def _unfilter(data: bytes, size: int, channels: int) -> list[bytearray]:
    """Each row as it looks; PNG stores what differs from the left and from above."""
    rows: list[bytearray] = []
    above = bytearray(size)
    for start in range(0, len(data), size + 1):
        row = bytearray(data[start + 1 : start + 1 + size])
        guess = GUESSES[data[start]]
        for i in range(size) if data[start] else ():
            left, corner = (row[i - channels], above[i - channels]) if i >= channels else (0, 0)
            row[i] = (row[i] + guess(left, above[i], corner)) & 255
        rows.append(row)
        above = row
    return rows


def _paeth(left: int, up: int, corner: int) -> int:
    """Of the three neighbours the one that is nearest to left + up - corner."""
    wanted = left + up - corner
    return min((left, up, corner), key=lambda one: abs(wanted - one))


GUESSES = (
    lambda left, up, corner: 0,
    lambda left, up, corner: left,
    lambda left, up, corner: up,
    lambda left, up, corner: (left + up) // 2,
    _paeth,
)


def _chosen(colours: list[Colour]) -> list[Colour]:
    """The frequent first; one that is close to another leaves its place to a rare colour that is like none."""
    chosen = colours[:CERTAIN]
    for colour in colours[CERTAIN:]:
        if len(chosen) < COLOURS and all(_distance(colour, one) > CLOSE for one in chosen):
            chosen.append(colour)
    return chosen


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    return min(range(len(palette)), key=lambda i: _distance(colour, palette[i]))


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
