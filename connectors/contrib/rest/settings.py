"""What a REST system looks like, as its administrator describes it in a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.credentials import credential
from connectors.cursors import CursorFormat
from connectors.paging import CursorToken, NextLink, Offset, PageNumber, Paginator, RangeHeader


def _help(text: str, **limits: Any) -> dict[str, Any]:
    return {"help": text, **limits}


_NAME = _help("Short name, as routes use it", pattern=r"[a-z][a-z0-9_]*", rule="be lower case, like 'capas'")


@dataclass(frozen=True)
class Login:
    """How we prove who we are. The values themselves are credentials."""

    kind: Literal["none", "api_key", "basic", "bearer", "client_credentials"] = "none"
    name: str = field(default="X-API-Key", metadata=_help("Header or parameter of an API key"))
    place: Literal["header", "query"] = "header"
    prefix: str = field(default="", metadata=_help("Text before the key, such as 'Token '"))
    token_url: str = field(default="", metadata=_help("Address of the token service"))
    scope: str = ""
    style: Literal["header", "body"] = field(
        default="header", metadata=_help("Where the token service expects the client's secret")
    )

    def __post_init__(self) -> None:
        if self.kind == "client_credentials" and not self.token_url:
            raise ValueError("name a 'token_url' for client credentials")


@dataclass(frozen=True)
class Paging:
    """How a list goes on. Fields that the kind does not use are ignored."""

    kind: Literal["none", "next_link", "page_number", "offset", "cursor_token", "range_header"] = "none"
    at: str = field(default="", metadata=_help("Place of the next link or token in the answer"))
    param: str = field(default="", metadata=_help("Parameter of the page, offset or token"))
    first_page: int = 1
    size_param: str = field(default="", metadata=_help("Parameter of the page size"))
    size: int = field(default=100, metadata=_help("Records a page", min=1, max=10_000))
    total_at: str = field(default="", metadata=_help("Place of the total in the answer"))
    unit: str = field(default="items", metadata=_help("Unit of the Range header"))

    def paginator(self) -> Paginator:
        param = {"param": self.param} if self.param else {}
        match self.kind:
            case "next_link":
                return NextLink(self.at, self.size_param, self.size)
            case "page_number":
                return PageNumber(
                    first_page=self.first_page,
                    size_param=self.size_param,
                    size=self.size,
                    total_at=self.total_at,
                    **param,
                )
            case "offset":
                return Offset(limit_param=self.size_param or "limit", limit=self.size, total_at=self.total_at, **param)
            case "cursor_token":
                at = {"at": self.at} if self.at else {}
                return CursorToken(size_param=self.size_param, size=self.size, **at, **param)
            case "range_header":
                return RangeHeader(self.unit, self.size)
        return Paginator()


@dataclass(frozen=True)
class StreamSettings:
    """A list that we read."""

    name: str = field(metadata=_NAME)
    path: str
    records_at: str = field(default="", metadata=_help("Place of the list in the answer, such as 'data.items'"))
    identity: tuple[str, ...] = field(default=("id",), metadata=_help("Fields that identify a record"))
    params: dict[str, str] = field(default_factory=dict, metadata=_help("Parameters sent with each request"))
    cursor: str = field(default="", metadata=_help("Field that says when a record last changed"))
    cursor_param: str = field(default="", metadata=_help("Parameter that asks for changes from then on"))
    cursor_format: CursorFormat = "iso"
    ordered: bool = field(default=False, metadata=_help("Does the system sort by the cursor, oldest first?"))
    overlap: float = field(default=0.0, metadata=_help("Seconds to go back, where it means 'after'", min=0))
    paging: Paging = field(default_factory=Paging)

    def __post_init__(self) -> None:
        if not self.identity:
            raise ValueError("name at least one identity field")
        if self.cursor_param and not self.cursor:
            raise ValueError("name the 'cursor' field that 'cursor_param' filters by")


@dataclass(frozen=True)
class Find:
    """How to ask whether a record is there: needed where the system ignores our idempotency key."""

    path: str
    match: dict[str, str] = field(
        metadata=_help("What proves that an object is ours: field of the answer → template, such as '{key}'")
    )
    params: dict[str, str] = field(default_factory=dict, metadata=_help("Parameters, such as ref = '{key}'"))
    records_at: str = ""

    def __post_init__(self) -> None:
        if not self.match:
            raise ValueError("say in 'match' which field proves that an object is ours")


@dataclass(frozen=True)
class SinkSettings:
    """A place that we write to. Templates know {key}, {identity.0}, {data.field}; ``url_template`` {id}."""

    name: str = field(metadata=_NAME)
    path: str
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    id_at: str = field(default="id", metadata=_help("Place of the new object's id in the answer"))
    version_at: str = ""
    url_template: str = field(default="", metadata=_help("Link for a person, such as https://host/capas/{id}"))
    idempotency_header: str = field(
        default="", metadata=_help("Header of our key, if the system promises to honour it")
    )
    key_field: str = field(default="", metadata=_help("Field of the record that carries our key"))
    settles_in: float = field(default=0.0, metadata=_help("Seconds until 'not found' can be believed", min=0))
    at_once: int = field(
        default=1,
        metadata=_help(
            "Requests under way at once, each of another key; the system must serve them side by side", min=1, max=32
        ),
    )
    find: Find | None = None


@dataclass(frozen=True)
class Settings:
    base_url: str = field(metadata=_help("Address that every path is under", pattern=r"https?://\S+"))
    login: Login = field(default_factory=Login)
    whoami: str = field(default="", metadata=_help("Path that only a known user may read, for the check"))
    headers: dict[str, str] = field(default_factory=dict, metadata=_help("Headers without secrets"))
    streams: tuple[StreamSettings, ...] = ()
    sinks: tuple[SinkSettings, ...] = ()
    connect_timeout: float = field(default=5.0, metadata=_help("Seconds", min=0.1, max=60))
    read_timeout: float = field(default=20.0, metadata=_help("Seconds", min=0.1, max=300))
    ca_file: str = field(default="", metadata=_help("PEM file of the authority that the server's certificate needs"))
    cert_file: str = field(default="", metadata=_help("PEM file of our certificate, for mutual TLS"))
    key_file: str = field(default="", metadata=_help("PEM file of its key"))

    def __post_init__(self) -> None:
        for what, parts in (("streams", self.streams), ("sinks", self.sinks)):
            names = [part.name for part in parts]  # type: ignore[attr-defined]
            if len(set(names)) < len(names):
                raise ValueError(f"name its {what} differently")


@dataclass(frozen=True)
class Credentials:
    api_key: str = credential(default="", help="For the login 'api_key'")
    username: str = credential(default="", help="For the login 'basic'", secret=False)
    password: str = credential(default="", help="For the login 'basic'")
    token: str = credential(default="", help="For the login 'bearer'")
    client_id: str = credential(default="", help="For the login 'client_credentials'", secret=False)
    client_secret: str = credential(default="", help="For the login 'client_credentials'")
