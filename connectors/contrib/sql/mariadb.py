"""MariaDB and MySQL through PyMySQL."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import certifi

from connectors.errors import AccessDenied, ConnectorError, Misconfigured, RecordRejected, Unreachable
from connectors.fence import FileFence
from connectors.network import NetworkPolicy

from .engine import Engine, Judgement

# https://mariadb.com/kb/en/mariadb-error-code-reference/
CODES: dict[type[ConnectorError], frozenset[int]] = {
    AccessDenied: frozenset({1044, 1045, 1142, 1143, 1227, 1370, 1698}),
    Unreachable: frozenset(
        # full, locked, deadlocked, shutting down, killed, too slow, lost
        {1021, 1040, 1041, 1047, 1053, 1129, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226}
        | {1290, 1317, 1927, 1969, 2002, 2003, 2006, 2013, 3024}
    ),
    RecordRejected: frozenset(
        # empty, twice, wrong reference, too long, out of range, not of the type, a check, a trigger
        {1048, 1062, 1216, 1217, 1264, 1265, 1292, 1364, 1366, 1406, 1411, 1451, 1452, 1586, 1644} | {1690, 3819, 4025}
    ),
}
LOST = frozenset({0, 1053, 1158, 1159, 1160, 1161, 1317, 1927, 2006, 2013})
DUPLICATE = 1062
TIMESTAMP, DATETIME, FLOAT, DOUBLE, CLIENT_FOUND_ROWS = 7, 12, 4, 5, 2
COLUMN = re.compile(r"column [`']?(?:[^`']*[`']\.[`'])*([^`']+)[`']", re.IGNORECASE)
STRICT = "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"


class MariaDB(Engine):
    """Strict mode always: without it the server cuts a long value short and says nothing."""

    label, package, module = "MariaDB", "PyMySQL", "pymysql"
    quote_mark = "`"
    begin_read = "START TRANSACTION READ ONLY"
    who = "SELECT current_user(), version()"

    def connect(self, settings: Any, credentials: Any, network: NetworkPolicy, files: FileFence) -> Any:
        connection = self.driver.connect(
            host=settings.host,
            port=settings.port or 3306,
            database=settings.database,
            user=credentials.user,
            password=credentials.password.encode(),  # as text it would have to be Latin-1
            charset="utf8mb4",
            autocommit=True,
            sql_mode=STRICT,
            client_flag=CLIENT_FOUND_ROWS,
            conv=self._conversions(),
            connect_timeout=settings.timeout,
            read_timeout=settings.timeout + 1,  # after the server's own, so that its answer is heard
            write_timeout=settings.timeout + 1,
            defer_connect=True,
            **_transport(settings),
        )
        at_once = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect(network.connect(settings.host, connection.port, timeout=settings.timeout, options=[at_once]))
        with connection.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00', innodb_lock_wait_timeout = %s", (settings.timeout,))
        return connection

    def judge(self, error: Exception) -> Judgement:
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        said = str(error.args[1] if len(error.args) > 1 else error).rstrip(".")
        named = COLUMN.search(said)
        kind = next((kind for kind, codes in CODES.items() if code in codes), Misconfigured)
        if code == 0:
            kind, said = Unreachable, "the connection was lost"
        return Judgement(kind, said, str(code), (named[1],) if named else (), lost=code in LOST)

    def clocks(self, description: Sequence[Any]) -> dict[str, str]:
        kinds = {TIMESTAMP: "aware", DATETIME: "naive"}
        return {name: kinds[code] for name, code, *_ in description if code in kinds}

    def upsert(self, cursor: Any, table: str, keys: Sequence[str], row: Mapping[str, Any]) -> None:
        """Update, else insert, else update: ON DUPLICATE KEY would also overwrite a row of another key."""
        self._require_unique(cursor, table, keys)
        if self._update(cursor, table, keys, row):
            return
        try:
            cursor.execute(self.insert(table, row), tuple(row.values()))
        except self.driver.IntegrityError as error:
            if error.args[0] != DUPLICATE or not self._update(cursor, table, keys, row):
                raise

    def _update(self, cursor: Any, table: str, keys: Sequence[str], row: Mapping[str, Any]) -> bool:
        changes = ", ".join(f"{self.quoted(column)} = %s" for column in row)
        statement = f"UPDATE {self.quoted(table)} SET {changes} WHERE {self.where(keys)}"  # noqa: S608
        return cursor.execute(statement, (*row.values(), *(row[key] for key in keys))) > 0

    def _require_unique(self, cursor: Any, table: str, keys: Sequence[str]) -> None:
        """The other two refuse an upsert without a unique index; here we have to look."""
        schema, _, name = table.rpartition(".")
        cursor.execute(
            "SELECT index_name FROM information_schema.statistics WHERE table_name = %s"
            " AND table_schema = coalesce(nullif(%s, ''), database()) AND non_unique = 0"
            " GROUP BY index_name HAVING group_concat(column_name ORDER BY column_name) = %s",
            (name, schema, ",".join(sorted(keys))),
        )
        if not cursor.fetchone():
            raise Misconfigured(
                f"The table {table!r} has no unique index on {', '.join(keys)}: an upsert could write twice."
            )

    def _conversions(self) -> dict[Any, Any]:
        from pymysql.converters import conversions, convert_datetime

        def stamped(text: str) -> Any:
            value = convert_datetime(text)
            return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value

        return {**conversions, FLOAT: Decimal, DOUBLE: Decimal, TIMESTAMP: stamped}


def _transport(settings: Any) -> dict[str, Any]:
    if not settings.tls:
        return {"ssl_disabled": True}
    return {"ssl": ssl.create_default_context(cafile=settings.ca_file or certifi.where())}
