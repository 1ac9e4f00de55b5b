"""A connection to one Roundup tracker, as one of its users."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connectors.answer import Answer, default_error
from connectors.auth import Auth, Basic
from connectors.credentials import credential
from connectors.errors import AccessDenied, ConnectorError, Misconfigured, RecordRejected
from connectors.places import MISSING, pick
from connectors.rest import RestConnector

from .sinks import Issues, IssueUpdates
from .streams import IssueStream

_UNKNOWN_FIELD = re.compile(r"Property (\w+) not found in class|(\w+) is not a property", re.IGNORECASE)
_FIELD = re.compile(r"property (\w+): (.*)", re.IGNORECASE | re.DOTALL)
_HEADERS = re.compile(r"Required Header|Referer|Origin|not allowed to use Rest")


@dataclass(frozen=True)
class Settings:
    """Where the tracker is."""

    url: str = field(
        metadata={
            "help": "address of the tracker, exactly as its own configuration has it under 'web'",
            "pattern": "https?://.+",
        }
    )
    page_size: int = field(default=100, metadata={"help": "issues a page", "min": 1, "max": 1000})
    overlap_seconds: int = field(
        default=10, metadata={"help": "how far to read back, for whole-second clocks", "min": 0, "max": 3600}
    )


@dataclass(frozen=True)
class Credentials:
    username: str = credential(help="log-in name of the hub's own user", secret=False)
    password: str = credential(help="its password")


class Roundup(RestConnector):
    """Roundup 2.x. Its guard against forged requests wants to see where a request comes from:
    https://www.roundup-tracker.org/docs/rest.html#csrf-attacks
    """

    key = "roundup"
    label = "Roundup"
    Settings = Settings
    Credentials = Credentials
    streams = (IssueStream,)
    sinks = (Issues, IssueUpdates)

    def base_url(self) -> str:
        return self.settings.url

    def auth(self) -> Auth:
        return Basic(self.credentials.username, self.credentials.password)

    def headers(self) -> Mapping[str, str]:
        parts = urlsplit(self.settings.url)
        return {
            "X-Requested-With": "Interlock",
            "Referer": f"{self.settings.url.rstrip('/')}/",
            "Origin": f"{parts.scheme}://{parts.netloc}",
        }

    def error_for(self, answer: Answer) -> ConnectorError | None:
        """A 400 has many meanings here; its sentence tells them apart."""
        error = default_error(answer)
        if answer.status != 400 or error is None:
            return error
        said = _said(answer)
        if not said:
            return error
        if unknown := _UNKNOWN_FIELD.search(said):
            return Misconfigured(
                f"The tracker's issues have no field {unknown[1] or unknown[2]!r}, which the hub needs."
            )
        if _HEADERS.search(said):
            return Misconfigured(
                f"The tracker does not accept requests for {self.settings.url}: its own configuration must "
                f"name the same address under 'web'. It said: {said}"
            )
        wrong = _FIELD.search(said)
        complaints = {wrong[1]: wrong[2]} if wrong else {}
        return RecordRejected(f"The tracker refused the issue: {said}", field_errors=complaints)

    def identify(self) -> str:
        """An anonymous visitor may be served lists as well: only a user finds itself by name."""
        name = self.credentials.username
        params = {"username:": name, "@fields": "username"}
        found = self.http.read("rest/data/user", params=params).json()["data"]["collection"]
        if [user["username"] for user in found] != [name]:
            raise AccessDenied(f"Access denied: the tracker at {self.settings.url} does not know us as {name!r}.")
        return f"Connected to the tracker {self.settings.url} as {name!r}."

    def issue_url(self, issue_id: str) -> str:
        """The page of an issue for a person."""
        return f"{self.settings.url.rstrip('/')}/issue{issue_id}"


def _said(answer: Answer) -> str:
    """The tracker's own sentence; "" where somebody else (a proxy) answered for it."""
    try:
        said = pick(answer.json(), "error.msg")
    except ConnectorError:
        said = MISSING
    return str(said)[:300] if isinstance(said, str) else ""
