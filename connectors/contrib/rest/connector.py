"""A REST system from its settings: streams and sinks are classes made from what was declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from connectors.auth import ApiKey, Auth, Basic, Bearer, ClientCredentials
from connectors.base import Capability, Sink, Stream
from connectors.errors import Misconfigured
from connectors.rest import RestConnector, RestSink, RestStream
from connectors.transport import Timeouts, Tls

from .settings import Credentials, Settings, SinkSettings, StreamSettings

_NEEDS = {
    "none": (),
    "api_key": ("api_key",),
    "basic": ("username", "password"),
    "bearer": ("token",),
    "client_credentials": ("client_id", "client_secret"),
}


class GenericRest(RestConnector):
    """Speaks plain JSON over a bare pool: no cookies, no session state."""

    key = "rest"
    label = "REST system"
    Settings = Settings
    Credentials = Credentials
    lean = True

    @classmethod
    def capabilities(cls) -> frozenset[Capability]:
        """What settings can declare; what one connection declared is ``offers()``."""
        return frozenset(Capability) - {Capability.WEBHOOK}

    @cached_property
    def declared_streams(self) -> tuple[type[Stream], ...]:
        return tuple(stream_class(declared) for declared in self.settings.streams)

    @cached_property
    def declared_sinks(self) -> tuple[type[Sink], ...]:
        return tuple(sink_class(declared) for declared in self.settings.sinks)

    def offered_streams(self) -> Sequence[type[Stream]]:
        return self.declared_streams

    def offered_sinks(self) -> Sequence[type[Sink]]:
        return self.declared_sinks

    @property
    def whoami(self) -> str:  # type: ignore[override]
        return self.settings.whoami

    def headers(self) -> Mapping[str, str]:
        return self.settings.headers

    def timeouts(self) -> Timeouts:
        read = self.settings.read_timeout
        return Timeouts(connect=self.settings.connect_timeout, read=read, total=2 * read)

    def tls(self) -> Tls:
        return Tls(self.settings.ca_file, self.settings.cert_file, self.settings.key_file)

    def auth(self) -> Auth:
        login, given = self.settings.login, self.credentials
        for name in _NEEDS[login.kind]:
            if not getattr(given, name, ""):
                raise Misconfigured(f"The login {login.kind!r} needs the credential {name!r}, which is missing.")
        match login.kind:
            case "api_key":
                return ApiKey(given.api_key, login.name, login.place, login.prefix)
            case "basic":
                return Basic(given.username, given.password)
            case "bearer":
                return Bearer(given.token)
            case "client_credentials":
                return ClientCredentials(
                    login.token_url,
                    given.client_id,
                    given.client_secret,
                    scope=login.scope,
                    style=login.style,
                )
        return Auth()


def stream_class(declared: StreamSettings) -> type[RestStream]:
    attributes = {
        "name": declared.name,
        "path": declared.path,
        "records_at": declared.records_at,
        "identity": declared.identity,
        "params": declared.params,
        "cursor": declared.cursor or None,
        "cursor_param": declared.cursor_param,
        "cursor_format": declared.cursor_format,
        "ordered": declared.ordered,
        "overlap": declared.overlap,
        "paginator": declared.paging.paginator(),
    }
    return type("DeclaredStream", (RestStream,), attributes)


def sink_class(declared: SinkSettings) -> type[RestSink]:
    """The guarantee follows: a key header makes it native, a way to ask makes it probe."""
    attributes = {
        "name": declared.name,
        "path": declared.path,
        "method": declared.method,
        "id_at": declared.id_at,
        "version_at": declared.version_at,
        "url_template": declared.url_template,
        "idempotency_header": declared.idempotency_header,
        "key_field": declared.key_field,
        "settles_in": declared.settles_in,
        "at_once": declared.at_once,
    }
    if declared.find:
        attributes |= {
            "find_path": declared.find.path,
            "find_params": declared.find.params,
            "find_at": declared.find.records_at,
            "find_match": declared.find.match,
        }
    return type("DeclaredSink", (RestSink,), attributes)
