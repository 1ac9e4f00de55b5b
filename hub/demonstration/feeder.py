"""New records all the time, so that the pages of a demonstration live. Runs in the embedded hub only.

Each record goes to its source (a file, a row, an event over HTTP); the hub fetches or receives it as in
earnest. They come at the pace of the hour (``rhythm.py``); some of those of the packaging lines are wrong. It stops
by itself after ``MOST`` records, so that a forgotten hub does not fill its disk.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from django.conf import settings
from django.utils import timezone

from hub.demonstration import history, records, rhythm, sources
from hub.demonstration.places import Places
from hub.demonstration.records import Row

log = structlog.get_logger(__name__)

MOST = 10_000  # a start
WRONG_EVERY = 29  # has no factor in common with the cycle
KEEP_FILES = 200
CYCLE = (
    *("lims", "monitoring", "mes", "lims", "partner", "monitoring", "lot", "lims", "monitoring", "mes", "partner"),
    *("monitoring", "lims", "employee", "monitoring", "mes", "lims", "monitoring", "partner", "supplier", "monitoring"),
    *(
        "lims",
        "mes",
        "monitoring",
        "lims",
        "partner",
        "monitoring",
        "metrology",
        "lims",
        "product",
        "monitoring",
        "mes",
    ),
    *(
        "monitoring",
        "lims",
        "mes",
        "partner",
        "monitoring",
        "lims",
        "monitoring",
        "mes",
        "lims",
        "partner",
        "monitoring",
    ),
)  # as many as a prime number, so that whatever else takes turns does so for every source
EVENT, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"

Post = Callable[[bytes, str], int]  # body and media type → status
Numbered = Sequence[int]


class Feeder:
    """Makes the next records of the cycle and puts them where their sources keep them."""

    def __init__(self, places: Places, post: Post) -> None:
        self.places = places
        self.post = post

    def send_backlog(self) -> None:
        """What the contract laboratory has collected before it was connected: once, as one batch."""
        if self._number() == history.FIRST_FEED:
            body = json.dumps(history.events(timezone.now())).encode()
            self._check(self.post(body, BATCH))
            self._advance(1)

    def feed(self, count: int = 1) -> None:
        """The next records. Raises OSError where the hub does not answer yet; the same ones are then tried again."""
        first, now = self._number(), timezone.now()
        by_source: dict[str, list[int]] = defaultdict(list)
        for number in range(first, first + count):
            by_source[CYCLE[number % len(CYCLE)]].append(number)
        for source, numbers in by_source.items():
            getattr(self, f"_{source}")(numbers, now)
        self._advance(count)

    def tidy(self) -> None:
        """Files that the hub has read are kept for a while only."""
        for folder in (self.places.mes, self.places.metrology):
            sources.prune(folder.parent / "done", KEEP_FILES)
        sources.prune(self.places.tasks, 5 * KEEP_FILES)

    def _mes(self, numbers: Numbered, now: datetime) -> None:
        """Every few records one is wrong; the mistakes take turns."""
        rows: list[Row] = []
        broken: list[Row] = []
        for number in numbers:
            mistake = mistake_of(number)
            lot = records.problem_lot(number) if mistake else records.sound_lot(number)
            row = records.spoilt(records.ncr(number, now, lot) | {"SCHICHT": "Spät"}, mistake, number)
            (broken if mistake.get("broken") else rows).append(row)
            rows += [row] if mistake.get("repeat") else []
        sources.drop_ncrs(self.places, numbers[0], rows, broken=broken)

    def _metrology(self, numbers: Numbered, now: datetime) -> None:
        sources.drop_certificates(self.places, numbers[0], [records.certificate(number, now) for number in numbers])

    def _lims(self, numbers: Numbered, now: datetime) -> None:
        rows = [records.result(number, now, records.sound_lot(number)) for number in numbers]
        with sources.opened(self.places.database("lims")) as database:
            sources.insert(database, "ergebnis", rows)

    def _monitoring(self, numbers: Numbered, now: datetime) -> None:
        with sources.opened(self.places.database("monitoring")) as database:
            sources.insert(database, "reading", [records.reading(number, now) for number in numbers])

    def _employee(self, numbers: Numbered, now: datetime) -> None:
        with sources.opened(self.places.database("hr")) as database:
            sources.replace(database, "employee", [records.employee(number, now) for number in numbers])

    def _product(self, numbers: Numbered, now: datetime) -> None:
        with sources.opened(self.places.database("plm")) as database:
            sources.replace(database, "product", [records.product(number, now) for number in numbers])

    def _lot(self, numbers: Numbered, now: datetime) -> None:
        """Quality releases a lot: the laboratory will see it."""
        with sources.opened(self.places.database("erp")) as database:
            statement = "UPDATE lot SET stock_status = 'U', changed_at = ? WHERE lot_no = ?"
            for number in numbers:
                database.execute(statement, (records.stamp(now), records.sound_lot(number)))

    def _supplier(self, numbers: Numbered, now: datetime) -> None:
        """A new scorecard of a supplier."""
        with sources.opened(self.places.database("erp")) as database:
            statement = "UPDATE supplier SET score = ?, changed_at = ? WHERE supplier_no = ?"
            for number in numbers:
                row = records.supplier(number, now)
                known = records.supplier(number % len(records.words("suppliers")), now)
                database.execute(statement, (row["score"], row["changed_at"], known["supplier_no"]))

    def _partner(self, numbers: Numbered, now: datetime) -> None:
        made = [records.event(number, now, records.sound_lot(number)) for number in numbers]
        if len(made) == 1:
            self._check(self.post(json.dumps(made[0]).encode(), EVENT))
        else:
            self._check(self.post(json.dumps(made).encode(), BATCH))

    def _check(self, status: int) -> None:
        """A hub that starts, or is busy, is asked again; a refusal of a wrong record is what was wanted."""
        if status >= 500 or status in (401, 404, 429):
            raise ConnectionError(f"The hub answered {status}.")

    def _number(self) -> int:
        return int(self.places.counter.read_text(encoding="ascii"))

    def _advance(self, count: int) -> None:
        sources.put(self.places.counter, str(self._number() + count).encode())


def mistake_of(number: int) -> Row:
    """What is wrong with this record of the packaging lines; nothing with most."""
    wrong = [*records.mistakes("mes"), *records.mistakes("mes_later")]
    return {} if number % WRONG_EVERY else wrong[number // WRONG_EVERY % len(wrong)]


def start(stopping: threading.Event) -> threading.Thread | None:
    """Start feeding where the demonstration is on; ends soon after ``stopping``. None where it is off."""
    places = Places(settings.HUB_HOME)
    if not settings.DEVELOPMENT or not (places.marker.exists() and places.token.exists()):
        return None
    token = places.token.read_text(encoding="ascii").strip()
    feeder = Feeder(places, poster(int(os.environ.get("PORT") or 8000), token))
    thread = threading.Thread(target=run, args=(feeder, stopping), name="hub-feeder", daemon=True)
    thread.start()
    return thread


def run(feeder: Feeder, stopping: threading.Event, *, most: int = MOST) -> None:
    """Feed until told to stop, or until ``most`` records were made."""
    made = 0
    while made < most and not stopping.wait(rhythm.seconds_between(timezone.now())):
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
