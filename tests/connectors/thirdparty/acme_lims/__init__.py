"""ACME LIMS for Interlock: a connector in a package of its own."""

from dataclasses import dataclass, field

from connectors.auth import ApiKey
from connectors.credentials import credential
from connectors.paging import NextLink
from connectors.rest import RestConnector, RestSink, RestStream


@dataclass(frozen=True)
class Settings:
    base_url: str = field(metadata={"help": "Address of the LIMS", "pattern": r"https?://\S+"})


@dataclass(frozen=True)
class Credentials:
    api_key: str = credential(help="Key of the service user")


class Capas(RestStream):
    name, path, records_at = "capas", "/capas", "data"
    cursor, cursor_param, ordered = "modified_at", "modified_since", True
    paginator = NextLink("links.next")


class NewCapas(RestSink):
    name, path = "capas", "/capas"
    idempotency_header = "Idempotency-Key"
    url_template = "https://lims.example/capas/{id}"


class AcmeLims(RestConnector):
    key, label = "acme_lims", "ACME LIMS"
    Settings, Credentials = Settings, Credentials
    streams, sinks = (Capas,), (NewCapas,)
    whoami = "/whoami"

    def auth(self) -> ApiKey:
        return ApiKey(self.credentials.api_key)
