"""The guards on PostgreSQL, as SQL. Pure: from tables to statements.

What every row is asked costs no function call: rules stand in the triggers' WHEN. All triggers are ENABLE ALWAYS, so
that ``session_replication_role`` does not silence them. Tables are named with their schema: a temporary table of the
same name would otherwise come first.

Lines about rows are written as the owner of the ledger, by one function that serves the guarded tables and no other:
whoever has only the application's role can hang it on no table of their own, and has no trigger that may write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from governance.guard import sentences
from governance.guard.tables import Guarded, Parent

PREFIX = "interlock_"
LEDGER = "governance_ledgerentry"
LIFTED = "(current_database() LIKE 'test\\_%' AND coalesce(current_setting('interlock.lifted', true), '') = 'yes')"
NO_CHANGE = "coalesce(current_setting('interlock.change', true), '') = ''"
BY_MIGRATION = "coalesce(current_setting('interlock.change', true), '') <> 'migration'"
NO_WRITER = "coalesce(current_setting('interlock.act', true), '') = ''"
ANY_WRITE = "INSERT OR UPDATE OR DELETE"
AS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"


def statements(tables: Sequence[Guarded], schema: str = "public") -> list[str]:
    """Everything that installs the guards, in order; ``schema`` is where the tables are."""
    made = [*_shared(schema), _ledger(schema, [one.table for one in tables if one.is_in_ledger]), _line(schema)]
    for one in tables:
        made += _of(one, schema)
    return made


def _shared(schema: str) -> Iterator[str]:
    yield _function(
        schema,
        "refuse",
        f"""
BEGIN
  IF {LIFTED} THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
END""",
    )
    yield _function(schema, "clock", "BEGIN NEW.recorded_at := clock_timestamp(); RETURN NEW; END")


def _ledger(schema: str, guarded: Sequence[str]) -> str:
    """Writes old and new of a row; on a table that is none of ours it refuses."""
    names = ", ".join(f"'{table}'" for table in guarded)
    return _function(
        schema,
        "ledger",
        f"""
DECLARE
  before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  found jsonb := coalesce(after, before);
BEGIN
  IF TG_TABLE_SCHEMA <> '{schema}' OR TG_TABLE_NAME::text NOT IN ({names}) THEN
    RAISE EXCEPTION USING MESSAGE = format('{sentences.NOT_OURS}', TG_TABLE_SCHEMA, TG_TABLE_NAME),
      ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO {schema}.{LEDGER} (kind, table_name, row_key, row_version, operation, old, new, act, recorded_at)
  VALUES ('row', TG_TABLE_NAME, found ->> TG_ARGV[0], coalesce((found ->> 'row_version')::int, 0), lower(TG_OP),
          (before - TG_ARGV[1:])::text, (after - TG_ARGV[1:])::text,
          current_setting('interlock.act', true), clock_timestamp());
  RETURN NULL;
END""",
        rights=AS_OWNER,
    )


def _line(schema: str) -> str:
    """Who may empty the ledger owns it: only so are lines about rows (by triggers) and about guards written."""
    return _function(
        schema,
        "line",
        """
BEGIN
  IF NEW.kind IN ('row', 'guard') AND (NOT has_table_privilege(TG_RELID, 'TRUNCATE')
      OR NEW.kind = 'row' AND pg_trigger_depth() < 2) THEN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[CASE NEW.kind WHEN 'row' THEN 0 ELSE 1 END],
      ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.xid := pg_current_xact_id()::text::bigint;
  NEW.recorded_at := clock_timestamp();
  NEW.session := session_user || '@' || coalesce(host(inet_client_addr()), 'socket');
  RETURN NEW;
END""",
    )


UNCOVERED = f"""
SELECT part.relname FROM pg_inherits i
JOIN pg_class part ON part.oid = i.inhrelid JOIN pg_class whole ON whole.oid = i.inhparent
WHERE whole.relname = ANY(%s) AND whole.relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = part.oid AND t.tgname = '{PREFIX}emptied')
"""


def of_partition(table: str, schema: str = "public") -> list[str]:
    """What a partition does not take from its table: PostgreSQL clones the triggers of rows, not those of TRUNCATE."""
    return list(_no_truncate(table, schema))


def _of(one: Guarded, schema: str) -> Iterator[str]:
    if one.table == LEDGER:
        yield from _trigger(one, schema, "line", "BEFORE INSERT", "line", [sentences.BY_TRIGGER, sentences.BY_OWNER])
    yield from _refusal(one, schema, "context", f"BEFORE {ANY_WRITE}", *_context(one))
    if one.is_append_only:
        yield from _append_only(one.table, schema)
    if one.is_versioned:
        changed = f'NEW.row_version <> OLD.row_version + 1 OR NEW."{one.key}" <> OLD."{one.key}"'
        yield from _refusal(one, schema, "first", "BEFORE INSERT", "NEW.row_version <> 1", sentences.FIRST_VERSION)
        yield from _refusal(one, schema, "next", "BEFORE UPDATE", changed, sentences.NEXT_VERSION)
    if one.begins:
        wrong = f"NEW.\"{one.status}\" <> '{one.begins}'"
        yield from _refusal(one, schema, "begins", "BEFORE INSERT", wrong, sentences.BEGINS)
    if one.parent:
        yield from _frozen(one, one.parent, schema)
    if one.moves:
        yield from _refusal(one, schema, "moves", "BEFORE UPDATE", _not_a_move(one), sentences.NO_MOVE)
    if one.clock and one.table != LEDGER:
        yield from _trigger(one, schema, "clock", "BEFORE INSERT", "clock", [])
    if one.is_in_ledger:
        yield from _trigger(one, schema, "ledger", f"AFTER {ANY_WRITE}", "ledger", [one.key, *one.hidden])
    if one.history:
        yield from _history(one, schema)
    if not one.is_append_only:
        yield from _no_truncate(one.table, schema)


def _context(one: Guarded) -> tuple[str, str]:
    """What a transaction must not lack, and the sentence where it does."""
    if one.by_migration:
        return BY_MIGRATION, sentences.BY_MIGRATION
    return (NO_CHANGE, sentences.NO_CHANGE) if one.needs_change else (NO_WRITER, sentences.NO_WRITER)


def _history(one: Guarded, schema: str) -> Iterator[str]:
    due, asked = f"due_{one.table}", f"asked_{one.table}"
    hidden = "".join(f" - '{column}'" for column in one.hidden)
    yield _function(
        schema,
        due,
        f"""
DECLARE
  found {schema}.{one.table} := coalesce(NEW, OLD);
BEGIN
  IF NOT {LIFTED} AND 1 <> (SELECT count(*) FROM {schema}.{one.history} h
           WHERE h.id = found.id AND h.row_version = found.row_version
           AND h.history_type = CASE TG_OP WHEN 'INSERT' THEN '+' WHEN 'UPDATE' THEN '~' ELSE '-' END
           AND to_jsonb(h) @> (to_jsonb(found){hidden})) THEN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END""",
    )
    yield _function(
        schema,
        asked,
        f"""
DECLARE
  line {schema}.{LEDGER};
BEGIN
  SELECT * INTO line FROM {schema}.{LEDGER} WHERE table_name = '{one.table}' AND row_key = NEW.id::text
    AND row_version = NEW.row_version AND xid = pg_current_xact_id()::text::bigint
    AND operation = CASE NEW.history_type WHEN '+' THEN 'insert' WHEN '~' THEN 'update' ELSE 'delete' END
    ORDER BY number DESC LIMIT 1;
  IF line.number IS NULL OR NOT to_jsonb(NEW) @> coalesce(line.new, line.old)::jsonb THEN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.act_recorded_at := clock_timestamp();
  NEW.history_date := clock_timestamp();
  RETURN NEW;
END""",
    )
    said = sentences.NO_HISTORY.format(table=one.table)
    yield (
        f"CREATE CONSTRAINT TRIGGER {PREFIX}due AFTER {ANY_WRITE} ON {schema}.{one.table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {schema}.{PREFIX}{due}('{said}')"
    )
    yield f"ALTER TABLE {schema}.{one.table} ENABLE ALWAYS TRIGGER {PREFIX}due"
    yield from _trigger_on(one.history, schema, "asked", "BEFORE INSERT", asked, [sentences.UNASKED_HISTORY])
    yield from _append_only(one.history, schema)


def _frozen(one: Guarded, parent: Parent, schema: str) -> Iterator[str]:
    name = f"frozen_{one.table}"
    yield _function(
        schema,
        name,
        f"""
DECLARE
  found {schema}.{one.table} := coalesce(NEW, OLD);
BEGIN
  IF NOT {LIFTED} AND NOT {replace(parent, table=f"{schema}.{parent.table}").holds("found")} THEN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN found;
END""",
    )
    yield from _trigger(one, schema, "frozen", f"BEFORE {ANY_WRITE}", name, [sentences.FROZEN])


def _append_only(table: str, schema: str) -> Iterator[str]:
    yield from _trigger_on(table, schema, "once", "BEFORE UPDATE OR DELETE", "refuse", [sentences.APPEND_ONLY])
    yield from _no_truncate(table, schema)


def _no_truncate(table: str, schema: str) -> Iterator[str]:
    yield from _trigger_on(table, schema, "emptied", "BEFORE TRUNCATE", "refuse", [sentences.EMPTIED], each="STATEMENT")


def _refusal(one: Guarded, schema: str, name: str, when: str, condition: str, sentence: str) -> Iterator[str]:
    yield from _trigger_on(one.table, schema, name, when, "refuse", [sentence], condition=condition)


def _trigger(one: Guarded, schema: str, name: str, when: str, function: str, arguments: Sequence[str]) -> Iterator[str]:
    yield from _trigger_on(one.table, schema, name, when, function, arguments)


def _trigger_on(
    table: str,
    schema: str,
    name: str,
    when: str,
    function: str,
    arguments: Sequence[str],
    *,
    condition: str = "",
    each: str = "ROW",
) -> Iterator[str]:
    told = ", ".join(f"'{text.format(table=table)}'" for text in arguments)
    asked = f"WHEN ({condition}) " if condition else ""
    yield (
        f"CREATE TRIGGER {PREFIX}{name} {when} ON {schema}.{table} FOR EACH {each} {asked}"
        f"EXECUTE FUNCTION {schema}.{PREFIX}{function}({told})"
    )
    yield f"ALTER TABLE {schema}.{table} ENABLE ALWAYS TRIGGER {PREFIX}{name}"


def _not_a_move(one: Guarded) -> str:
    allowed = ", ".join(f"'{old}>{new}'" for old, new in one.moves)
    old, new = f'OLD."{one.status}"', f'NEW."{one.status}"'
    return f"{old} <> {new} AND ({old} || '>' || {new}) NOT IN ({allowed})"


def _function(schema: str, name: str, body: str, *, rights: str = "") -> str:
    begin = f"CREATE FUNCTION {schema}.{PREFIX}{name}() RETURNS trigger LANGUAGE plpgsql"
    return f"{begin} {rights} AS $guard${body}\n$guard$"


def _each_function(statement: str, condition: str = "true") -> str:
    """Run ``statement`` for each function of the guards that meets ``condition``; ``%I.%I`` stands for its name."""
    return f"""
DO $each$
DECLARE one record;
BEGIN
  FOR one IN SELECT proname FROM pg_proc
             WHERE proname LIKE '{PREFIX}%' AND pronamespace = current_schema()::regnamespace
             AND {condition} LOOP
    EXECUTE format('{statement}', current_schema(), one.proname);
  END LOOP;
END
$each$
"""


DROP = _each_function("DROP FUNCTION %I.%I() CASCADE")
CLOSE = _each_function(  # nobody makes a trigger of their own with one; what is closed is not touched: its mark stays
    "REVOKE EXECUTE ON FUNCTION %I.%I() FROM PUBLIC", "has_function_privilege('public', oid, 'EXECUTE')"
)
HAS_TEMPORARY = "SELECT has_database_privilege(%s, current_database(), 'TEMPORARY')"
