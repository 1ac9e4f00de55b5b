"""What the systems hold to begin with: about two hundred records, some of them wrong on purpose."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from hub.demonstration import records, sources
from hub.demonstration.content import text
from hub.demonstration.places import Places
from hub.demonstration.records import Row

NCRS, RESULTS, CERTIFICATES, EVENTS = 48, 70, 12, 16
NCRS_A_FILE = 12
FIRST_FEED = 1001  # numbers of the feeder, behind those of the history


def fill(places: Places, now: datetime) -> bool:
    """Make what is missing; False where everything is there."""
    if places.counter.exists():
        return False
    places.make()
    _database(places.database("erp"), "erp.sql", lambda database: _fill_erp(database, now))
    _database(places.database("lims"), "lims.sql", lambda database: _fill_lims(database, now))
    _database(places.database("qms"), "qms.sql", lambda database: None)
    _database(places.database("monitoring"), "monitoring.sql", lambda database: None)
    _database(places.database("hr"), "hr.sql", lambda database: _fill_hr(database, now))
    _database(places.database("plm"), "plm.sql", lambda database: _fill_plm(database, now))
    _fill_mes(places, now)
    _fill_metrology(places, now)
    places.counter.write_text(str(FIRST_FEED), encoding="ascii")
    return True


def events(now: datetime) -> list[Row]:
    """What the contract laboratory sends when it is connected, mistakes included."""
    sound = [records.event(number, _ago(now, EVENTS - number), records.sound_lot(number)) for number in _to(EVENTS)]
    return [*sound, *_wrong_events(now, sound[0])]


def _wrong_events(now: datetime, first: Row) -> list[Row]:
    found = []
    for index, mistake in enumerate(records.mistakes("partner")):
        number = EVENTS + 1 + index
        made = records.event(number, now, records.problem_lot(index))
        spoilt = {**made, "data": records.spoilt(made["data"], mistake, number)}
        found.append(first if mistake.get("repeat") else spoilt)
    return found


def ncrs(now: datetime) -> tuple[list[Row], list[Row], list[Row]]:
    """Lines of the MES: sound ones, wrong ones with those that wait behind them, and broken ones."""
    sound = [records.ncr(number, _ago(now, NCRS - number), records.sound_lot(number)) for number in _to(NCRS)]
    wrong: list[Row] = []
    broken: list[Row] = []
    number = NCRS
    for index, mistake in enumerate(records.mistakes("mes")):
        number += 1
        lot = records.problem_lot(index)
        row = sound[0] if mistake.get("repeat") else records.spoilt(records.ncr(number, now, lot), mistake, number)
        (broken if mistake.get("broken") else wrong).append(row)
        for _ in range(mistake.get("followed_by", 0)):
            number += 1
            wrong.append(records.ncr(number, now, lot))
    return sound, wrong, broken


def _fill_mes(places: Places, now: datetime) -> None:
    """The MES was updated on the way: its later files have a column that nobody has mapped."""
    sound, wrong, broken = ncrs(now)
    files = [sound[start : start + NCRS_A_FILE] for start in range(0, NCRS, NCRS_A_FILE)]
    for number, rows in enumerate(files, start=1):
        later = number > len(files) // 2
        sources.drop_ncrs(places, number, [row | {"SCHICHT": "Früh"} for row in rows] if later else rows)
    sources.drop_ncrs(places, len(files) + 1, wrong, broken=broken)


def _fill_metrology(places: Places, now: datetime) -> None:
    rows = [records.certificate(number, _ago(now, CERTIFICATES - number)) for number in _to(CERTIFICATES)]
    for number, mistake in enumerate(records.mistakes("metrology"), start=CERTIFICATES + 1):
        rows.append(records.spoilt(records.certificate(number, now), mistake, number))
    sources.drop_certificates(places, 1, rows)


def _fill_erp(database: sqlite3.Connection, now: datetime) -> None:
    suppliers = [records.supplier(number, _ago(now, 90 - number)) for number in range(len(records.words("suppliers")))]
    lots = [records.lot(index, _ago(now, 60 - index)) for index in range(records.LOTS)]
    sources.insert(database, "supplier", suppliers + _wrong(records.supplier, "supplier", len(suppliers), now))
    sources.insert(database, "lot", lots + _wrong(records.lot, "lot", len(lots), now))


def _wrong(make: Callable[[int, datetime], Row], source: str, first: int, now: datetime) -> list[Row]:
    return [
        records.spoilt(make(first + index, _ago(now, 1) + timedelta(minutes=index)), mistake, first + index)
        for index, mistake in enumerate(records.mistakes(source))
    ]


def _fill_hr(database: sqlite3.Connection, now: datetime) -> None:
    persons = [records.employee(number, _ago(now, 30 - number)) for number in range(len(records.words("employees")))]
    sources.insert(database, "employee", persons)


def _fill_plm(database: sqlite3.Connection, now: datetime) -> None:
    products = [records.product(number, _ago(now, 20 - number)) for number in range(len(records.words("products")))]
    sources.insert(database, "product", products)


def _fill_lims(database: sqlite3.Connection, now: datetime) -> None:
    rows = [records.result(number, _ago(now, RESULTS - number), records.sound_lot(number)) for number in _to(RESULTS)]
    for index, mistake in enumerate(records.mistakes("lims")):
        number = RESULTS + 1 + index
        made = records.result(number, now + timedelta(milliseconds=index), records.problem_lot(index))
        rows.append(records.spoilt(made, mistake, number))
    sources.insert(database, "ergebnis", rows)


def _database(path: Path, schema: str, fill: Callable[[sqlite3.Connection], None]) -> None:
    """A database appears whole: made under another name, then renamed."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as database, database:
        database.executescript(text(schema))
        fill(database)
    draft.replace(path)


def _ago(now: datetime, steps: int) -> datetime:
    """Records lie two hours apart, the last of them two hours ago."""
    return now - timedelta(hours=2 * (steps + 1))


def _to(count: int) -> range:
    return range(1, count + 1)
