"""REST in ten attribute lines a stream: bases that a vendor fills in.

class Capas(RestStream):
    name, path, records_at = "capas", "/capas", "data"
    cursor, cursor_param, ordered = "modified_at", "modified_since", True
    paginator = NextLink("links.next")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from .answer import Answer, default_error
from .auth import Auth
from .base import Connector, Stream
from .credentials import secret_values
from .cursors import CursorFormat, earlier
from .errors import ConnectorError, Misconfigured
from .http import HttpClient
from .paging import Ask, Paginator
from .places import pick
from .reading import Reader
from .records import Checkpoint, Health, Page
from .transport import Timeouts, Tls
from .writing import RestSink

__all__ = ["RestConnector", "RestSink", "RestStream"]


class RestConnector(Connector):
    """A system behind one base address: ``settings.base_url``, unless ``base_url()`` is overridden."""

    whoami: ClassVar[str] = ""  # a path that only a known user may read: what makes a check mean something
    lean: ClassVar[bool] = False  # the bare pool: no cookies, half the CPU
    http: HttpClient

    def base_url(self) -> str:
        return self.settings.base_url

    def auth(self) -> Auth:
        """How requests prove who we are, from ``self.credentials``."""
        return Auth()

    def tls(self) -> Tls | None:
        return None

    def timeouts(self) -> Timeouts:
        return Timeouts()

    @property
    def patience(self) -> float:  # type: ignore[override]
        """Log in, write, log in anew, write again: each ends with the total time-out."""
        return 4 * self.timeouts().total

    def headers(self) -> Mapping[str, str]:
        return {}

    def error_for(self, answer: Answer) -> ConnectorError | None:
        """What an answer means. Override for the vendor's judgement calls, with a link for each."""
        return default_error(answer)

    def open(self) -> None:
        self.http = HttpClient(
            self.base_url(),
            auth=self.auth(),
            network=self.network,
            tap=self.tap,
            timeouts=self.timeouts(),
            tls=self.tls(),
            secrets=secret_values(self.credentials),
            headers=self.headers(),
            error_for=self.error_for,
            lean=self.lean,
        )

    def close(self) -> None:
        if client := self.__dict__.pop("http", None):
            client.close()

    def __getattr__(self, name: str) -> Any:
        if name == "http":
            raise Misconfigured(f"The connection to {self.label} is not open; use it inside a with block.")
        raise AttributeError(name)

    def check(self) -> Health:
        """Ask who we are; a wrong key is often served an empty 200, so a bare address proves little."""
        opened = "http" not in self.__dict__
        try:
            if opened:
                self.open()
            return Health(True, self.identify())
        except ConnectorError as error:
            return Health(False, error.message)
        finally:
            if opened:
                self.close()

    def identify(self) -> str:
        """A sentence about whom we are connected as; raises where we are nobody."""
        self.http.read(self.whoami)
        return f"Connected to {self.label}."


class RestStream(Stream):
    """Reads a list. ``records_at`` is the place of the list in the answer, "" for the whole answer."""

    connector: RestConnector
    path: ClassVar[str]
    params: ClassVar[Mapping[str, Any]] = {}
    records_at: ClassVar[str] = ""
    paginator: ClassVar[Paginator] = Paginator()
    cursor_param: ClassVar[str] = ""  # the parameter that asks for changes since the checkpoint
    cursor_format: ClassVar[CursorFormat] = "iso"
    ordered: ClassVar[bool] = False  # the source sorts by the cursor: the checkpoint may move with each page
    overlap: ClassVar[float] = 0.0  # seconds to go back, where the source means "after" and not "from"

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        """Pages; a source that does not sort moves its checkpoint with the last page only."""
        start = since.cursor if since else None
        reader, answers = Reader(self, start), self._answers(start)
        if self.ordered:
            yield from (reader.page(rows, last=False) for rows in answers)
            return
        held = next(answers)
        for rows in answers:
            yield reader.page(held, last=False)
            held = rows
        yield reader.page(held, last=True)

    def ask(self, start: Any) -> Ask:
        """The first request, before paging. Override where a filter is more than a parameter."""
        params = dict(self.params)
        if start is not None and self.cursor_param:
            params[self.cursor_param] = earlier(start, self.cursor_format, self.overlap)
        return Ask(self.path, params)

    def records_of(self, answer: Answer) -> list:
        """The raw records of an answer. A place that is missing is an error, never an empty list."""
        found = pick(answer.json(), self.records_at)
        if found is None:
            return []
        if not isinstance(found, list):
            where = f"at {self.records_at!r}" if self.records_at else "as its whole"
            raise Misconfigured(f"The answer of {answer.url} has no list {where}, where records are expected.")
        return found

    def _answers(self, start: Any) -> Iterator[list]:
        ask: Ask | None = self.paginator.first(self.ask(start))
        empty_at = self.paginator.empty_at
        while ask:
            answer = self.connector.http.read(ask.path, params=ask.params, headers=ask.headers, accept=empty_at)
            found = [] if answer.status in empty_at else self.records_of(answer)
            yield found
            ask = None if answer.status in empty_at else self.paginator.next(ask, answer, found)
            empty_at = self.paginator.ends_at
