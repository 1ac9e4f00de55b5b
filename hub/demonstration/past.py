"""The days before a demonstration was opened: its records, moved by the real engine under a moved clock.

What stands in the tables afterwards went through the same doors as anybody's: read from its source, mapped, delivered
to the real target, settled, sealed; and what went wrong was decided by the persons of the demonstration.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Min
from django.test import RequestFactory
from django.utils import timezone

from governance import audit
from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.models import AuditEvent
from hub.api.intake import intake
from hub.demonstration import rhythm
from hub.demonstration.clock import Clock, moved
from hub.demonstration.decisions import Persons
from hub.demonstration.feeder import Feeder, Post
from hub.demonstration.load import Loaded, load
from hub.demonstration.places import Places
from hub.demonstration.words import REASON
from hub.flow.intake.poll import poll_due
from hub.flow.sending import clients
from hub.flow.work import drain
from hub.models import Delivery, StreamState

RECENT = timedelta(hours=25)  # as far as the charts reach
STEP = timedelta(minutes=20)
EARLY_STEP, EARLY_SHARE = timedelta(hours=4), 8  # of the days before, one record in so many
ROUNDS = 12  # retries within one step
LEAST_LEFT = timedelta(minutes=2)


def load_with_past(places: Places, days: int) -> Loaded:
    """The demonstration, as if it had been loaded so many days ago; the plain one where time cannot be moved."""
    if days < 1 or connection.vendor != "sqlite" or places.counter.exists() or AuditEvent.objects.exists():
        return load(places)  # nothing is dated before what somebody did here already
    until = timezone.now()
    with moved(until - timedelta(days=days)) as clock:
        loaded = load(places)
        _say_so(days)
        Past(places, loaded.token, clock).play(until)
        clients.drop_all()
    return loaded


class Past:
    """Plays what happened, a step at a time."""

    def __init__(self, places: Places, token: str, clock: Clock) -> None:
        self.clock = clock
        self.feeder = Feeder(places, _poster(token))
        self.places = places

    def play(self, until: datetime) -> None:
        persons = Persons(self.places, self.clock.now(), until)
        self.feeder.send_backlog()
        self._settle(self.clock.now() + EARLY_STEP)
        for moment, following, count in _steps(self.clock.now(), until):
            self.clock.forward_to(moment)
            self.feeder.feed(count)
            self._settle(min(following, until))
            persons.work(self.clock.now())
        self._settle(until)
        persons.close()
        self.feeder.tidy()

    def _settle(self, following: datetime) -> None:
        """Everything that can move moves; retries when they are due, as far as they are before the next step."""
        StreamState.objects.update(due_at=self.clock.now())
        poll_due()
        for _ in range(ROUNDS):
            while drain():
                pass
            later = Delivery.objects.filter(due_at__gt=self.clock.now(), due_at__lt=following)
            due = later.aggregate(due=Min("due_at"))["due"]
            if due is None:
                return
            self.clock.forward_to(due)


def _steps(now: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    """(moment, the next one, how many records): coarse at first, then every twenty minutes."""
    while now + EARLY_STEP < until - RECENT:
        yield now, now + EARLY_STEP, max(1, rhythm.per_hour(now) * 4 // EARLY_SHARE)
        now += EARLY_STEP
    last = until - LEAST_LEFT
    now += (last - now) % STEP
    while now <= last:
        yield now, now + STEP, max(1, rhythm.per_hour(now) // 3)
        now += STEP


def _poster(token: str) -> Post:
    """The door of the contract laboratory, without a server around it."""
    factory = RequestFactory(headers={"Authorization": f"Bearer {token}"})

    def post(body: bytes, media_type: str) -> int:
        return intake(factory.post("/", body, content_type=media_type), "IF-105").status_code

    return post


def _say_so(days: int) -> None:
    """Nobody shall take these days for real ones."""
    with change(by=DEMONSTRATION, reason=REASON):
        audit.record("demonstration.past", subject=("hub", "demonstration"), days=days)
