"""A connection to one Tryton database, as one of its users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from connectors.answer import Answer, default_error
from connectors.credentials import credential
from connectors.errors import ConnectorError, Misconfigured, OutcomeUnknown, Unreachable
from connectors.http import HttpClient
from connectors.rest import RestConnector

from .rpc import SessionAuth, refusal, typed, untyped
from .sinks import AlertReferences, Quarantine
from .streams import Inspections, Lots, Parties, QualityAlerts


@dataclass(frozen=True)
class Settings:
    """Where Tryton is, and how the company calls its places."""

    url: str = field(metadata={"help": "address of the server, without the database", "pattern": "https?://.+"})
    database: str = field(metadata={"help": "name of the database"})
    storage_location: str = field(
        default="STO", metadata={"help": "code of the location that lots are quarantined from"}
    )
    quarantine_location: str = field(
        default="QUA", metadata={"help": "code of the location that quarantined lots are moved to"}
    )
    record_url: str = field(
        default="{url}/#{database}/model/{model}/{id}",
        metadata={"help": "a link that opens a record for a person (default: Tryton's web client)"},
    )
    page_size: int = field(default=100, metadata={"help": "records a page", "min": 1, "max": 1000})
    overlap_seconds: int = field(
        default=30,
        metadata={
            "help": "how far to read back, for changes that were committed late",
            "min": 0,
            "max": 3600,
        },
    )


@dataclass(frozen=True)
class Credentials:
    username: str = credential(help="log-in name of the hub's own user", secret=False)
    password: str = credential(help="its password")


class Tryton(RestConnector):
    """JSON-RPC: everything is a POST, so that whether a call writes is said by us and not by the method."""

    key = "tryton"
    label = "Tryton"
    Settings = Settings
    Credentials = Credentials
    streams = (QualityAlerts, Inspections, Lots, Parties)
    sinks = (Quarantine, AlertReferences)

    def base_url(self) -> str:
        return f"{self.settings.url.rstrip('/')}/{self.settings.database}"

    def auth(self) -> SessionAuth:
        return SessionAuth(self.credentials.username, self._log_in)

    def error_for(self, answer: Answer) -> ConnectorError | None:
        """A 503 may come from a proxy, or from a commit that broke: it stays "perhaps applied" on a write."""
        if answer.status == 404:
            return Misconfigured(f"Tryton at {self.settings.url} has no database {self.settings.database!r}.")
        return default_error(answer)

    def identify(self) -> str:
        company = self.context.get("company.rec_name") or self.context["company"]
        return f"Connected to Tryton's database {self.settings.database!r} as {self._who} of {company}."

    @property
    def _who(self) -> str:
        return repr(self.credentials.username)

    @cached_property
    def context(self) -> Mapping[str, Any]:
        """The user's company and groups, which Tryton expects with each call. English: we read its words."""
        found = self._post("res.user", "get_preferences", [True], {}, writing=False)
        if not found.get("company"):
            raise Misconfigured(f"Tryton's user {self._who} belongs to no company; nothing can be read or moved.")
        return {**found, "language": "en"}

    def ask(self, model: str, method: str, *args: Any, **context: Any) -> Any:
        """Call a method that changes nothing."""
        return self._post(model, method, args, {**self.context, **context}, writing=False)

    def tell(self, model: str, method: str, *args: Any) -> Any:
        """Call a method that changes something."""
        return self._post(model, method, args, self.context, writing=True)

    def rows(
        self,
        model: str,
        domain: Sequence,
        fields: Sequence[str],
        *,
        order: Sequence = (("id", "ASC"),),
        limit: int | None = None,
        **context: Any,
    ) -> list[dict[str, Any]]:
        return self.ask(model, "search_read", domain, 0, limit, order, fields, **context)

    def link(self, model: str, record_id: int) -> str:
        settings = self.settings
        return settings.record_url.format(
            url=settings.url.rstrip("/"), database=settings.database, model=model, id=record_id
        )

    def _post(self, model: str, method: str, args: Sequence, context: Mapping, *, writing: bool) -> Any:
        call = {"id": 0, "method": f"model.{model}.{method}", "params": typed([*args, context])}
        send = self.http.write if writing else self.http.read
        return _result(send("rpc/", method="POST", json=call))

    def _log_in(self) -> tuple[int, str]:
        """By a client of its own, which nobody taps: the answer is the session's token."""
        door = HttpClient(self.base_url(), network=self.network, error_for=self.error_for)
        try:
            parameters = [self.credentials.username, {"password": self.credentials.password}, "en"]
            call = {"id": 0, "method": "common.db.login", "params": parameters}
            uid, token, *_ = _result(door.read("rpc/", method="POST", json=call))
        finally:
            door.close()
        return uid, token


def _result(answer: Answer) -> Any:
    content = answer.json()
    if isinstance(content, Mapping) and "error" in content:
        raise refusal(content["error"])
    if not isinstance(content, Mapping) or "result" not in content:
        kind = OutcomeUnknown if answer.writing else Unreachable
        raise kind(f"{answer.url} answered with something that is not Tryton's.")
    return untyped(content["result"])
