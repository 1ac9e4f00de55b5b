"""The answer to a lean request, as it comes off the socket: head first, then the body piece by piece.

``status`` and ``headers`` are known once ``read1`` has returned.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from httptools import HttpParserError, HttpResponseParser
from urllib3 import HTTPHeaderDict

LARGEST_HEAD = 256 * 1024  # bytes until the head must be complete
WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
NO_BODY = (204, 304)


class Line(Protocol):
    """A socket with a deadline."""

    def send(self, data: bytes) -> None: ...
    def receive(self) -> bytes: ...
    def close(self) -> None: ...


class LeanAnswer:
    """Raises OSError or ValueError where the answer breaks off or is no HTTP: the caller says what that means."""

    def __init__(self, line: Line, keep: Callable[[], Any]) -> None:
        self._line, self._keep = line, keep
        self._parser: Any = HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._has_head = self._is_whole = self._has_length = self._may_go_on = False
        self._unzip: Any = None
        self._head_size = 0
        self.headers: Mapping[str, str] = HTTPHeaderDict()
        self.status = 0

    def ask(self, request: bytes, method: str) -> None:
        """Send; nothing is read yet."""
        self._is_head_only = method == "HEAD"
        try:
            self._line.send(request)
        except BaseException:
            self.close()
            raise

    def read1(self, amount: int, decode_content: bool = True) -> bytes:
        """The next piece of the body, at most ``amount`` bytes once it is decompressed; empty at the end."""
        while True:
            if self._unzip is not None and self._unzip.unconsumed_tail:
                piece = self._unzip.decompress(self._unzip.unconsumed_tail, amount)
            elif self._pieces:
                piece = self._plain(self._pieces.pop(0), amount)
            elif self._is_whole:
                return b""
            else:
                self._take()
                continue
            if piece:
                return piece

    def release_conn(self) -> None:
        """The body was read to its end: the socket may serve the next request, if the other side keeps it."""
        if self._may_go_on:
            self._keep()
        else:
            self.close()

        self._parser = None  # it holds us, and would keep both for the garbage collector

    def close(self) -> None:
        self._line.close()

    def _take(self) -> None:
        data = self._line.receive()
        try:
            if data:
                self._parser.feed_data(data)
            elif self._has_head and not self._has_length:
                self._is_whole = True  # a body without a length ends with the connection
            else:
                raise ConnectionError("The connection ended before the answer did.")
        except HttpParserError:
            raise ValueError("The answer is not HTTP.") from None
        if not self._has_head:
            self._head_size += len(data)
            if self._head_size > LARGEST_HEAD:
                raise ValueError("The head of the answer is too long.")

    def _plain(self, piece: bytes, amount: int) -> bytes:
        if self._unzip is None:
            return piece
        try:
            return self._unzip.decompress(piece, amount)
        except zlib.error:
            raise ValueError("The answer is not compressed as it says.") from None

    # --- called by the parser -----------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self._has_head:
            raise ValueError("A second answer came with the first: whose they are is not certain.")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.add(name.decode("latin-1"), value.decode("latin-1"))  # type: ignore[attr-defined]

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if self.status < 200:
            return
        length, encoding = self.headers.get("Content-Length"), self.headers.get("Content-Encoding", "").lower()
        self._has_length = length is not None or "Transfer-Encoding" in self.headers
        self._has_head = True
        self._is_whole = self._is_head_only or self.status in NO_BODY
        if encoding and encoding != "identity":
            if encoding not in WINDOWS:
                raise ValueError(f"The answer is compressed by {encoding!r}, which was not asked for.")
            self._unzip = zlib.decompressobj(WINDOWS[encoding])

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        if self.status < 200:
            self.headers = HTTPHeaderDict()  # "100 Continue" and its like: the answer is still to come
        else:
            self._is_whole, self._may_go_on = True, self._parser.should_keep_alive()
