"""The guards on SQLite, as SQL. Pure: from tables to statements.

The triggers ask functions that only the application's own connections have (``governance.guard.connections``): the
``sqlite3`` shell cannot write. A history row is owed through a table whose deferred foreign key can never hold: the
equal history row takes the debt away, or COMMIT fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from governance.guard import sentences
from governance.guard.pending import NEVER, TABLE
from governance.guard.tables import Guarded

PREFIX = "interlock_"
LEDGER = "governance_ledgerentry"
REFUSES = "interlock_refuses_writes_outside_the_application"  # the shell says that it has no such function: a sentence
NOT_LIFTED = f"{REFUSES}() = 1"
NOW = "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')"
LATE = 2  # seconds between the clock of a statement and that of its trigger, at the most
HISTORY_TYPE = {"insert": "+", "update": "~", "delete": "-"}
SUPPORT = (
    f"CREATE TABLE IF NOT EXISTS {NEVER} (id INTEGER PRIMARY KEY CHECK (id IS NULL))",
    f"CREATE TABLE IF NOT EXISTS {TABLE} (table_name TEXT NOT NULL, row_key TEXT NOT NULL, "
    "row_version INTEGER NOT NULL, operation TEXT NOT NULL, content TEXT NOT NULL, "
    f"never INTEGER NOT NULL DEFAULT 1 REFERENCES {NEVER} (id) DEFERRABLE INITIALLY DEFERRED)",
)


def statements(tables: Sequence[Guarded]) -> list[str]:
    """The triggers, in order; the two tables of ``SUPPORT`` stand already."""
    return [statement for one in tables for statement in _of(one)]


def _of(one: Guarded) -> Iterator[str]:
    for operation in ("insert", "update", "delete"):
        if rules := list(_before(one, operation)):
            yield _trigger(one.table, f"before_{operation}", f"BEFORE {operation.upper()}", rules)
        if one.is_in_ledger and not (one.is_append_only and operation != "insert"):
            yield _trigger(one.table, f"after_{operation}", f"AFTER {operation.upper()}", list(_after(one, operation)))
    if one.history:
        yield from _history(one)


def _before(one: Guarded, operation: str) -> Iterator[str]:
    if one.is_append_only and operation != "insert":
        yield _refuse(one.table, sentences.APPEND_ONLY, "1")
        return
    if one.by_migration:
        yield _refuse(one.table, sentences.BY_MIGRATION, "interlock_change() <> 'migration'")
    elif one.needs_change:
        yield _refuse(one.table, sentences.NO_CHANGE, "interlock_change() = ''")
    else:
        yield _refuse(one.table, sentences.NO_WRITER, "interlock_act() = ''")
    if one.is_versioned and operation == "insert":
        yield _refuse(one.table, sentences.FIRST_VERSION, "NEW.row_version <> 1")
    if one.is_versioned and operation == "update":
        changed = f'NEW.row_version <> OLD.row_version + 1 OR NEW."{one.key}" <> OLD."{one.key}"'
        yield _refuse(one.table, sentences.NEXT_VERSION, changed)
    if one.begins and operation == "insert":
        yield _refuse(one.table, sentences.BEGINS, f"NEW.\"{one.status}\" <> '{one.begins}'")
    if one.parent:
        side = "OLD" if operation == "delete" else "NEW"
        yield _refuse(one.table, sentences.FROZEN, f"NOT {one.parent.holds(side)}")
    if one.moves and operation == "update":
        yield _refuse(one.table, sentences.NO_MOVE, _not_a_move(one))
    if one.is_append_only and one.is_in_ledger:
        taken = f'EXISTS (SELECT 1 FROM "{one.table}" t WHERE t."{one.key}" = NEW."{one.key}")'
        yield _refuse(one.table, sentences.TAKEN, taken)
    if one.clock:
        yield _refuse(one.table, sentences.NOT_NOW, _is_not_now(one.clock))


def _after(one: Guarded, operation: str) -> Iterator[str]:
    side = "OLD" if operation == "delete" else "NEW"
    version = f"{side}.row_version" if one.is_versioned else "0"
    old = "NULL" if operation == "insert" else _content(one, "OLD")
    new = "NULL" if operation == "delete" else _content(one, "NEW")
    yield (
        f"INSERT INTO {LEDGER} (kind, table_name, row_key, row_version, operation, old, new, act, recorded_at) "
        f"VALUES ('row', '{one.table}', {side}.\"{one.key}\", {version}, '{operation}', {old}, {new}, "
        f"interlock_act(), {NOW});"
    )
    if one.history:
        yield (
            f"INSERT INTO {TABLE} (table_name, row_key, row_version, operation, content) "
            f"VALUES ('{one.table}', {side}.\"{one.key}\", {version}, '{operation}', {_content(one, side)});"
        )


def _history(one: Guarded) -> Iterator[str]:
    kinds = " ".join(f"WHEN '{sign}' THEN '{operation}'" for operation, sign in HISTORY_TYPE.items())
    owed = (
        f"table_name = '{one.table}' AND row_key = NEW.id AND row_version = NEW.row_version "
        f"AND operation = CASE NEW.history_type {kinds} END AND content = {_content(one, 'NEW')}"
    )
    unasked = f"NOT EXISTS (SELECT 1 FROM {TABLE} WHERE {owed})"
    yield _trigger(
        one.history,
        "before_insert",
        "BEFORE INSERT",
        [
            _refuse(one.history, sentences.UNASKED_HISTORY, unasked),
            _refuse(one.history, sentences.NOT_NOW, _is_not_now("act_recorded_at")),
            _refuse(one.history, sentences.NOT_NOW, _is_not_now("history_date")),
        ],
    )
    paid = [f"DELETE FROM {TABLE} WHERE {owed};"]
    yield _trigger(one.history, "after_insert", "AFTER INSERT", paid)
    for operation in ("update", "delete"):
        refusal = _refuse(one.history, sentences.APPEND_ONLY, "1")
        yield _trigger(one.history, f"before_{operation}", f"BEFORE {operation.upper()}", [refusal])


def _trigger(table: str, name: str, when: str, body: Sequence[str]) -> str:
    return (
        f'CREATE TRIGGER "{PREFIX}{table}_{name}" {when} ON "{table}" FOR EACH ROW WHEN {NOT_LIFTED} '
        f"BEGIN {' '.join(body)} END"
    )


def _refuse(table: str, sentence: str, condition: str) -> str:
    return f"SELECT RAISE(ABORT, '{sentence.format(table=table)}') WHERE {condition};"


def _content(one: Guarded, side: str) -> str:
    pairs = (f"'{column}', {_value(one, side, column)}" for column in one.told)
    return f"json_object({', '.join(pairs)})"


def _value(one: Guarded, side: str, column: str) -> str:
    value = f'{side}."{column}"'
    return f"hex({value})" if column in one.binary else value


def _is_not_now(column: str) -> str:
    return f"ABS(JULIANDAY(NEW.{column}) - JULIANDAY({NOW})) * 86400 > {LATE}"


def _not_a_move(one: Guarded) -> str:
    allowed = ", ".join(f"'{old}>{new}'" for old, new in one.moves)
    old, new = f'OLD."{one.status}"', f'NEW."{one.status}"'
    return f"{old} <> {new} AND ({old} || '>' || {new}) NOT IN ({allowed})"
