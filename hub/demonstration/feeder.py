"""New records every few seconds, so that the pages of a demonstration live. Runs in the embedded hub only.

Each record goes to its source (a file, a row, an event over HTTP); the hub fetches or receives it as in
earnest. Every thirteenth is wrong. It stops by itself after ``MOST`` records, so that a forgotten hub does
not fill its disk.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from django.conf import settings
from django.utils import timezone

from hub.demonstration import history, records, sources
from hub.demonstration.places import Places
from hub.demonstration.records import Row

log = structlog.get_logger(__name__)

EVERY_SECONDS = 4.0
MOST = 2000  # a start
WRONG_EVERY = 13  # has no factor in common with the cycle, so that every source has its turn
KEEP_FILES = 200
CYCLE = (
    "lims",
    "mes",
    "partner",
    "lims",
    "mes",
    "metrology",
    "lims",
    "partner",
    "mes",
    "lot",
    "lims",
    "supplier",
)
EVENT, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"

Post = Callable[[bytes, str], int]  # body and media type → status


class Feeder:
    """Makes the next record of the cycle and puts it where its source keeps it."""

    def __init__(self, places: Places, post: Post) -> None:
        self.places = places
        self.post = post

    def send_backlog(self) -> None:
        """What the contract laboratory has collected before it was connected: once, as one batch."""
        if self._number() == history.FIRST_FEED:
            body = json.dumps(history.events(timezone.now())).encode()
            self._check(self.post(body, BATCH))
            self._advance()

    def feed(self) -> None:
        """One record. Raises OSError where the hub does not answer yet; the same one is then tried again."""
        number = self._number()
        source = CYCLE[number % len(CYCLE)]
        mistake = self._mistake(number, source)
        lot = records.problem_lot(number) if mistake else records.sound_lot(number)
        getattr(self, f"_{source}")(number, timezone.now(), lot, mistake)
        self._advance()

    def _mistake(self, number: int, source: str) -> Row:
        """What is wrong with this record; the mistakes of a source take turns."""
        if number % WRONG_EVERY or source in ("lot", "supplier"):
            return {}
        wrong = records.mistakes(source)
        return wrong[(number + number // (WRONG_EVERY * len(CYCLE))) % len(wrong)]

    def tidy(self) -> None:
        """Files that the hub has read are kept for a while only."""
        for folder in (self.places.mes, self.places.metrology):
            sources.prune(folder.parent / "done", KEEP_FILES)
        sources.prune(self.places.tasks, 5 * KEEP_FILES)

    def _mes(self, number: int, now: datetime, lot: str, mistake: Row) -> None:
        row = records.spoilt(records.ncr(number, now, lot) | {"SCHICHT": "Spät"}, mistake, number)
        rows = [row, row] if mistake.get("repeat") else [row]
        is_broken = mistake.get("broken", False)
        sources.drop_ncrs(self.places, number, [] if is_broken else rows, broken=rows if is_broken else [])

    def _metrology(self, number: int, now: datetime, lot: str, mistake: Row) -> None:
        row = records.spoilt(records.certificate(number, now), mistake, number)
        sources.drop_certificates(self.places, number, [row])

    def _lims(self, number: int, now: datetime, lot: str, mistake: Row) -> None:
        row = records.spoilt(records.result(number, now, lot), mistake, number)
        with sources.opened(self.places.database("lims")) as database:
            sources.insert(database, "ergebnis", [row])

    def _lot(self, number: int, now: datetime, lot: str, mistake: Row) -> None:
        """Quality releases a lot: the laboratory will see it."""
        with sources.opened(self.places.database("erp")) as database:
            statement = "UPDATE lot SET stock_status = 'U', changed_at = ? WHERE lot_no = ?"
            database.execute(statement, (records.stamp(now), lot))

    def _supplier(self, number: int, now: datetime, lot: str, mistake: Row) -> None:
        """A new scorecard of a supplier."""
        row = records.supplier(number, now)
        known = records.supplier(number % len(records.words("suppliers")), now)
        with sources.opened(self.places.database("erp")) as database:
            statement = "UPDATE supplier SET score = ?, changed_at = ? WHERE supplier_no = ?"
            database.execute(statement, (row["score"], row["changed_at"], known["supplier_no"]))

    def _partner(self, number: int, now: datetime, lot: str, mistake: Row) -> None:
        made = records.event(number, now, lot)
        made = {**made, "data": records.spoilt(made["data"], mistake, number)}
        for _ in range(2 if mistake.get("repeat") else 1):
            self._check(self.post(json.dumps(made).encode(), EVENT))

    def _check(self, status: int) -> None:
        """A hub that starts, or is busy, is asked again; a refusal of a wrong record is what was wanted."""
        if status >= 500 or status in (401, 404, 429):
            raise ConnectionError(f"The hub answered {status}.")

    def _number(self) -> int:
        return int(self.places.counter.read_text(encoding="ascii"))

    def _advance(self) -> None:
        sources.put(self.places.counter, str(self._number() + 1).encode())


def start(stopping: threading.Event) -> threading.Thread | None:
    """Start feeding where the demonstration is on; ends soon after ``stopping``. None where it is off."""
    places = Places(settings.HUB_HOME)
    if settings.HUB_ENVIRONMENT == "production" or not (places.marker.exists() and places.token.exists()):
        return None
    token = places.token.read_text(encoding="ascii").strip()
    feeder = Feeder(places, poster(int(os.environ.get("PORT") or 8000), token))
    thread = threading.Thread(target=run, args=(feeder, stopping), name="hub-feeder", daemon=True)
    thread.start()
    return thread


def run(feeder: Feeder, stopping: threading.Event, *, every: float = EVERY_SECONDS, most: int = MOST) -> None:
    """Feed until told to stop, or until ``most`` records were made."""
    made = 0
    while made < most and not stopping.wait(every):
        try:
            feeder.send_backlog()
            feeder.feed()
            made += 1
            if made % KEEP_FILES == 0:
                feeder.tidy()
        except Exception as error:  # a demonstration must not disturb the hub that it shows
            log.info("demonstration.waits", error=f"{type(error).__name__}: {error}")
    log.info("demonstration.rests", records=made)


def poster(port: int, token: str) -> Post:
    """Posts to the hub's own door on this machine, as the contract laboratory would from Lyon."""
    headers = {"Authorization": f"Bearer {token}"}

    def post(body: bytes, media_type: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            path = "/api/v1/interfaces/IF-105/messages"
            connection.request("POST", path, body, {**headers, "Content-Type": media_type})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    return post
