"""Rows whose history is still due: SQLite's COMMIT would fail with a sentence that names nothing."""

from __future__ import annotations

from django.db import connection

from governance.errors import UngovernedWrite

TABLE = "governance_guardpending"
NEVER = "governance_guardnever"
FIRST_DUE = f"SELECT table_name, row_key, operation FROM {TABLE} LIMIT 1"


def check_none_is_due() -> None:
    """Every row written in this transaction has its equal history row. PostgreSQL says it itself at COMMIT."""
    if connection.vendor != "sqlite" or connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        cursor.execute(FIRST_DUE)
        due = cursor.fetchone()
    if due:
        raise UngovernedWrite(f"{due[0]}: the {due[2]} of row {due[1]} left no equal history row.")
