"""Reads a stream: each page and its checkpoint are saved in one transaction.

A record that cannot be read becomes a quarantined message and the checkpoint moves on, so that one bad record never
stops a stream. Only after the commit is the source told (a file moved, a message acknowledged).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from connectors.errors import ConnectorError, Disposition, Unreachable
from connectors.records import Checkpoint as Position
from connectors.records import Page
from governance.guard.transactions import write
from governance.ids import uuid7
from hub.flow.bell import ring
from hub.flow.intake.arrivals import Accepted, Incoming
from hub.flow.intake.incoming import contradiction, from_record
from hub.flow.intake.receive import receive_within
from hub.flow.runtime import Running, in_force
from hub.flow.sending import clients, retry
from hub.models import Checkpoint, Interface, InterfaceControl, Run, StreamState

log = structlog.get_logger(__name__)

SECONDS_A_RUN = 20.0


def poll_due(*, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Read every stream that is due and that nobody else reads; returns how many records were accepted."""
    accepted = 0
    for key in _due():
        if is_stopping():
            break
        token = _take(key)
        if token is not None:
            accepted += _run(key, token, is_stopping)
    if accepted:
        ring()
    return accepted


def _due() -> list[str]:
    now = timezone.now()
    paused = InterfaceControl.objects.filter(paused_at__isnull=False).values("interface__key")
    live = Interface.objects.filter(is_retired=False, mode="poll").values("key")
    rows = StreamState.objects.filter(due_at__lte=now, interface_key__in=live).exclude(interface_key__in=paused)
    return list(rows.order_by("due_at").values_list("interface_key", flat=True))


def _take(key: str) -> UUID | None:
    """Compare and set: one reader a stream; None where somebody was first."""
    token, now = uuid7(), timezone.now()
    with write():
        free = StreamState.objects.filter(interface_key=key, due_at__lte=now)
        taken = free.filter(lease=None).update(lease=token, leased_until=_lease_end())
        taken = taken or free.filter(leased_until__lt=now).update(lease=token, leased_until=_lease_end())
    return token if taken else None


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.HUB_LEASE_SECONDS + SECONDS_A_RUN)


def _run(key: str, token: UUID, is_stopping: Callable[[], bool]) -> int:
    release = in_force(key)
    with write():
        run = Run.objects.create(interface_key=key, started_at=timezone.now())
    try:
        if release.closed:
            raise Unreachable(release.closed)
        more = _read(release, run, token, is_stopping)
        _finish(release, run, token, None, more=more)
    except ConnectorError as error:
        assert release.source_connection is not None
        clients.drop(release.source_connection)
        _finish(release, run, token, error)
    except OperationalError:
        raise
    except Exception as error:  # our own fault must cost this stream only, and say so
        log.exception("poll.failed_in_itself", interface=key)
        _finish(release, run, token, own_fault(error))
    return run.accepted


def own_fault(error: Exception) -> ConnectorError:
    """An error outside the taxonomy, as the stream's page shows it."""
    what = type(error).__name__
    return Unreachable(f"The stream could not be read ({what}). This is a fault of the hub or of its connector.")


def _read(release: Running, run: Run, token: UUID, is_stopping: Callable[[], bool]) -> bool:
    """Pages until the stream is dry, the time is up, we are to stop, or the lease is lost; True: more is to be read.

    The time alone ends no run: one that stopped where it began would stop there each time.
    """
    source, deadline = release.content["source"], time.monotonic() + SECONDS_A_RUN
    assert release.source_connection is not None
    client = clients.client(release.source_connection)
    stream = client.connector.stream(source["stream"])
    start = _start(release)
    with _closed_after(stream.read(start)) as pages:
        for page in pages:
            if not _save(release, page, run, token, counts_repeats=stream.cursor is None or not stream.reads_again):
                return False
            stream.committed(page)
            client.take_exchanges()
            if is_stopping():
                return True
            if time.monotonic() > deadline and _has_moved(page, start):
                return True
    return False


@contextmanager
def _closed_after(pages: Iterator[Page]) -> Iterator[Iterator[Page]]:
    """However the run ends, the stream hears of it now: what it fetched and we did not commit goes back."""
    try:
        yield pages
    finally:
        close = getattr(pages, "close", None)  # an iterator need not be a generator
        if close is not None:
            close()


def _start(release: Running) -> Position | None:
    saved = Checkpoint.objects.filter(**_place(release)).first()
    return Position(saved.cursor) if saved else None


def _place(release: Running) -> dict[str, Any]:
    """What a checkpoint belongs to: the cursor of one stream means nothing in another."""
    source = release.content["source"]
    return {"interface_key": release.key, "connection_key": source["connection"], "stream": source["stream"]}


def _has_moved(page: Page, start: Position | None) -> bool:
    """Whether the next run goes on behind this page: by its checkpoint, or because what was read is put away."""
    cursor = page.checkpoint.cursor
    return page.settle is not None or (cursor is not None and (start is None or cursor != start.cursor))


def _save(release: Running, page: Page, run: Run, token: UUID, *, counts_repeats: bool) -> bool:
    """T1 of a page, which also renews the lease. False, and nothing saved, where the lease was lost."""
    with write():
        mine = StreamState.objects.filter(interface_key=release.key, lease=token)
        if not mine.update(leased_until=_lease_end()):
            return False
        incoming = [from_record(release, record, counts_repeats=counts_repeats) for record in page.records]
        answers = receive_within(incoming)
        incoming, answers = _keep_contradictions(incoming, answers)
        if page.checkpoint.cursor is not None:  # None: nothing was passed yet, and the run before may have left one
            _keep(release, page.checkpoint.cursor)
        run.read += len(answers)
        run.duplicates += sum(answer.is_duplicate for answer in answers)
        fresh = [item for item, answer in zip(incoming, answers, strict=True) if answer.message_id == item.id]
        run.quarantined += sum(item.problem is not None for item in fresh)
        run.accepted += len(fresh)
        run.save()
    if fresh:
        ring()
    return True


def _keep(release: Running, cursor: Any) -> None:
    found = {"cursor": cursor, "saved_at": timezone.now()}
    Checkpoint.objects.update_or_create(**_place(release), defaults=found)


def _keep_contradictions(incoming: list[Incoming], answers: list[Accepted]) -> tuple[list[Incoming], list[Accepted]]:
    """A record whose key came before with other content is kept in quarantine: nothing that was read is lost."""
    kept = [contradiction(item) if answer.is_conflict else item for item, answer in zip(incoming, answers, strict=True)]
    again = [item for item, before in zip(kept, incoming, strict=True) if item is not before]
    said = dict(zip([item.id for item in again], receive_within(again), strict=True)) if again else {}
    return kept, [said.get(item.id, answer) for item, answer in zip(kept, answers, strict=True)]


def _finish(release: Running, run: Run, token: UUID, error: ConnectorError | None, *, more: bool = False) -> None:
    now = timezone.now()
    sentence = error.message if error else ""
    with write():
        state = StreamState.objects.select_for_update().filter(interface_key=release.key, lease=token).first()
        run.sentence, run.ended_at = sentence, now
        if run.accepted or error or more:
            run.save()
        else:
            run.delete()  # a look that found nothing is not worth a row
        if state is None:
            return
        state.failures = state.failures + 1 if error else 0
        state.due_at = now if more else now + _pause(release, state.failures)
        state.sentence, state.lease, state.leased_until = sentence, None, None
        state.last_success_at = state.last_success_at if error else now
        state.save()
    if error is not None:
        log.warning("poll.failed", interface=release.key, error=type(error).__name__, failures=state.failures)
    if error is not None and error.disposition is Disposition.HALT:
        from hub.flow.control import halt

        halt(interface_key=release.key, because=sentence)


def _pause(release: Running, failures: int) -> timedelta:
    every = timedelta(seconds=release.content["source"]["every_seconds"])
    return max(every, retry.wait(release.retry, every * failures)) if failures else every
