"""PostgreSQL through psycopg 3."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import certifi

from connectors.errors import AccessDenied, ConnectorError, Misconfigured, RecordRejected, Unreachable
from connectors.fence import FileFence
from connectors.network import NetworkPolicy

from .engine import Engine, Judgement
from .values import exact_json

# The longest prefix of the SQLSTATE decides: https://www.postgresql.org/docs/current/errcodes-appendix.html
STATES: dict[str, type[ConnectorError]] = {
    "08": Unreachable,  # connection exception
    "22": RecordRejected,  # the value does not fit its type
    "23": RecordRejected,  # a constraint says no
    "P0001": RecordRejected,  # a trigger of theirs says no
    "28": AccessDenied,  # authentication
    "42501": AccessDenied,  # privilege
    "40": Unreachable,  # serialisation failure, deadlock: rolled back
    "53": Unreachable,  # out of connections, memory or disk
    "55": Unreachable,  # lock not available
    "57": Unreachable,  # cancelled, shutting down, starting up
    "58": Unreachable,  # input or output error
}
LOST = ("08", "57P")
CLOCKS = {1114: "naive", 1184: "aware"}
PARAMETER = re.compile(r"portal parameter \$(\d+)")


class PostgreSQL(Engine):
    """Times come back in UTC, numbers as ``Decimal``, JSON with exact numbers."""

    label, package, module = "PostgreSQL", "psycopg[binary]", "psycopg"
    begin_read = "BEGIN READ ONLY"
    who = "SELECT current_user::text, version()"

    def connect(self, settings: Any, credentials: Any, network: NetworkPolicy, files: FileFence) -> Any:
        """Nothing comes from the environment or from ~/.pgpass: what is not said here is not used."""
        port = settings.port or 5432
        addresses = network.check_host(settings.host, port)
        connection = self.driver.connect(
            host=",".join([settings.host] * len(addresses)),
            hostaddr=",".join(addresses),
            port=",".join([str(port)] * len(addresses)),
            dbname=settings.database,
            user=credentials.user,
            password=credentials.password or None,
            passfile="/nonexistent/pgpass",
            gssencmode="disable",
            connect_timeout=settings.timeout,
            autocommit=True,
            prepare_threshold=None,  # a pooler may hand the next statement to another session
            **_transport(settings),
        )
        _read_exactly(connection)
        patience = f"{settings.timeout}s"
        connection.execute(
            "SELECT set_config('TimeZone', 'UTC', false), set_config('statement_timeout', %s, false),"
            " set_config('lock_timeout', %s, false)",
            (patience, patience),
        )
        return connection

    def judge(self, error: Exception) -> Judgement:
        """A failed connection has no SQLSTATE: the server's sentence is all that libpq hands on."""
        state = getattr(error, "sqlstate", None)
        if isinstance(error, self.driver.DataError) and not state:
            return Judgement(RecordRejected, str(error).rstrip("."))
        if not state:
            return _judged_by_sentence(str(error))
        matches = [prefix for prefix in STATES if state.startswith(prefix)]
        kind = STATES[max(matches, key=len)] if matches else Misconfigured
        diag = error.diag  # type: ignore[attr-defined]
        columns = (diag.column_name,) if diag.column_name else _parameter(diag.context)
        said = (diag.message_primary or "").rstrip(".")
        return Judgement(kind, said, state, columns, lost=state.startswith(LOST))

    def clocks(self, description: Sequence[Any]) -> dict[str, str]:
        return {column.name: CLOCKS[column.type_code] for column in description if column.type_code in CLOCKS}

    def bound(self, value: Any) -> Any:
        """As text, whose type the column decides: the number 12 fits a text column, "12" a number column."""
        if isinstance(value, bool):
            return "true" if value else "false"
        return None if value is None else str(value)


def _transport(settings: Any) -> dict[str, Any]:
    if not settings.tls:
        return {"sslmode": "disable"}
    return {"sslmode": "verify-full", "sslrootcert": settings.ca_file or certifi.where()}


def _read_exactly(connection: Any) -> None:
    """No float anywhere, and a date beyond Python's calendar (infinity, year 20000) as its own text."""
    from psycopg.types import datetime as times
    from psycopg.types import numeric
    from psycopg.types.json import set_json_loads

    for name in ("float4", "float8"):
        connection.adapters.register_loader(name, numeric.NumericLoader)
    for name, loader in {
        "date": times.DateLoader,
        "timestamp": times.TimestampLoader,
        "timestamptz": times.TimestamptzLoader,
    }.items():
        connection.adapters.register_loader(name, _lenient(loader))
    set_json_loads(exact_json, connection)


def _lenient(loader: Any) -> Any:
    def load(self: Any, data: Any) -> Any:
        try:
            return loader.load(self, data)
        except Exception:
            return bytes(data).decode("ascii")

    return type(f"Lenient{loader.__name__}", (loader,), {"load": load})


def _judged_by_sentence(text: str) -> Judgement:
    said = text.strip().splitlines()[-1].rstrip(".") if text.strip() else "the connection was lost"
    if re.search(r"authentication failed|no password supplied|pg_hba\.conf|role .* does not exist", text):
        return Judgement(AccessDenied, said)
    if re.search(r"database .* does not exist|server does not support SSL|certificate", text):
        return Judgement(Misconfigured, said)
    return Judgement(Unreachable, said, lost=True)


def _parameter(context: str | None) -> tuple[str, ...]:
    """``$3`` where PostgreSQL names the parameter that it could not read; the sink knows its column."""
    found = PARAMETER.search(context or "")
    return (f"${found[1]}",) if found else ()
