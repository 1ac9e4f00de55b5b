"""Reading: exact records, pages that go forward, restarts that lose nothing."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connectors.base import Connector, Stream
from connectors.records import BrokenRecord, Checkpoint, Page, Record

from .hooks import Hooks


class ReadingContract(Hooks):
    def test_records_are_exact_and_can_be_stored(self, client: Connector) -> None:
        for stream in self._streams(client):
            records = [record for page in stream.read(None) for record in page.records]
            assert records, f"{stream.name}: give the target something to read."
            for record in records:
                _assert_exact(record)

    def test_pages_go_forward(self, client: Connector) -> None:
        """A later checkpoint never brings back what an earlier one had passed."""
        for stream in self._streams(client):
            rests = [rest for _, rest in _stored_pages(stream)]
            for earlier, later in itertools.pairwise(rests):
                assert later <= earlier

    def test_a_restart_from_any_checkpoint_loses_nothing(self, client: Connector) -> None:
        for stream in self._streams(client):
            pages = list(_stored_pages(stream))
            for number, (_, rest) in enumerate(pages, start=1):
                behind = {record.identity for later, _ in pages[number:] for record in later.records}
                assert behind <= rest, f"{stream.name}, page {number}"

    def test_an_incremental_stream_does_not_begin_again(self, client: Connector) -> None:
        streams = [stream for stream in self._streams(client) if stream.cursor]
        if not streams:
            pytest.skip("No stream declares a cursor.")
        for stream in streams:
            pages = list(_stored_pages(stream))
            everything = {record.identity for page, _ in pages for record in page.records}
            again = pages[-1][1]
            assert len(everything) < 3 or len(again) < len(everything), stream.name

    def test_pages_bear_being_committed_twice(self, client: Connector) -> None:
        for stream in self._streams(client):
            for page in stream.read(None):
                stream.committed(page)
                stream.committed(page)


def _stored_pages(stream: Stream) -> Iterator[tuple[Page, set[tuple[str, ...]]]]:
    """Each page, committed as the hub does once it has stored it, and what a reading from its checkpoint finds then."""
    for page in stream.read(None):
        stream.committed(page)
        yield page, _identities(stream, page.checkpoint)


def _identities(stream: Stream, since: Checkpoint) -> set[tuple[str, ...]]:
    """What is read from a checkpoint that has been through JSON, as the hub stores it."""
    stored = replace(since, cursor=json.loads(json.dumps(since.cursor)))
    return {record.identity for page in stream.read(stored) for record in page.records}


def _assert_exact(record: Record | BrokenRecord) -> None:
    assert not isinstance(record, BrokenRecord), record.reason
    assert all(isinstance(part, str) and part for part in record.identity)
    assert record.changed_at is None or record.changed_at.tzinfo is not None
    json.dumps(record.data, default=_decimal_only)
    assert not _holds_float(record.data), f"{record.identity} holds a float."


def _decimal_only(value: Any) -> str:
    assert isinstance(value, Decimal), f"{value!r} is not JSON-able."
    return str(value)


def _holds_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_float(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_float(item) for item in value)
    return isinstance(value, float)
