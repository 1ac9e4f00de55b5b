"""Python runs this at the start of each process of a hub whose pictures are taken: its clock begins at HUB_TEST_NOW."""

import os
import sqlite3
import sqlite3.dbapi2
from datetime import UTC, datetime

import time_machine


def strftime(form: str, when: str) -> str:
    """SQLite's own clock, by which rows say when they came, goes with Python's; "now" is all that is asked of it."""
    now = datetime.now(UTC)
    return now.strftime(form.replace("%f", f"%S.{now.microsecond // 1000:03d}"))


def in_time(opened: sqlite3.Connection) -> sqlite3.Connection:
    opened.create_function("strftime", 2, strftime)
    return opened


if wanted := os.environ.get("HUB_TEST_NOW"):
    time_machine.travel(datetime.fromisoformat(wanted), tick=True).start()
    _connect = sqlite3.connect
    sqlite3.connect = lambda *arguments, **named: in_time(_connect(*arguments, **named))
    sqlite3.dbapi2.connect = sqlite3.connect  # by which Django opens it
