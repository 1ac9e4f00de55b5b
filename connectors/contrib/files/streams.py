"""Files of a folder as pages of records.

A file is taken whole: bounded, decoded, cut into pages. Its last page says in ``settle`` where the file
goes once the hub has stored it. Until then it stays where it is: after a crash between the two it is read
again, with the same identities, and the inbox drops the repeats. The checkpoint of a page within a file
names the file, its stamp and how far it was read; another file of that name is read from its start.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import chain, islice
from pathlib import PurePosixPath
from time import time
from typing import Any, ClassVar

from connectors.base import Stream
from connectors.nesting import TOO_DEEP, is_deep
from connectors.records import BrokenRecord, Checkpoint, Page, Record

from .formats import Found, csv_records, decoded, json_records, jsonl_records
from .places import Entry
from .settings import Source
from .unpack import members
from .unreadable import Unreadable
from .xml import xml_records

SAMPLE = 64 * 1024  # of a file that cannot be read, as evidence in quarantine; the file itself is kept


class FolderStream(Stream):
    """The files that match, one after the other."""

    name: ClassVar[str] = "files"
    cursor = "file"
    reads_again = False  # what was read has left the folder
    source: ClassVar[Source]

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        place, position = self.connector.place, since.cursor if since else {}
        for entry in self.waiting():
            content = place.read(self.source.folder, entry.name, self.source.max_bytes + 1)
            if place.look(self.source.folder, entry.name) != entry:
                continue  # it is being written, or somebody took it: the next reading will see
            same = position.get("file") == entry.name and position.get("stamp") == entry.stamp
            yield from self._pages(entry, content, skip=position["records"] if same else 0)
        for entry in self._links():
            reason = f"{entry.name!r} is a link or a device and not a file; links are not followed."
            yield self._page(entry, [Found("file", b"", reason=reason, fatal=True)], None)

    def waiting(self) -> list[Entry]:
        """Files that match, are finished and have rested, in their order."""
        entries = [entry for entry in self._matching() if not entry.is_link and self._has_rested(entry)]
        return sorted(entries, key=lambda e: (e.mtime if self.source.order == "mtime" else 0, e.name))

    def committed(self, page: Page) -> None:
        """Move the file that this page ended; nothing where it is gone, or is another one by now."""
        if page.settle is None:
            return
        name, to = page.settle["file"], page.settle["to"]
        entry = self.connector.place.look(self.source.folder, name)
        if entry is not None and entry.stamp == page.settle["stamp"]:
            free = self._free_name(to, name, page.settle["stamp"])
            self.connector.place.move(self.source.folder, name, to, free)

    def _matching(self) -> list[Entry]:
        found = self.connector.place.entries(self.source.folder)
        return [entry for entry in found if self._is_wanted(entry.name)]

    def _links(self) -> list[Entry]:
        return sorted((entry for entry in self._matching() if entry.is_link), key=lambda e: e.name)

    def _is_wanted(self, name: str) -> bool:
        finished = not name.startswith(".") and not name.endswith(self.source.unfinished)
        return finished and fnmatchcase(name, self.source.pattern)

    def _has_rested(self, entry: Entry) -> bool:
        return not self.source.settle or time() - entry.mtime >= self.source.settle

    def _pages(self, entry: Entry, content: bytes, skip: int) -> Iterator[Page]:
        position, size = skip, self.source.page_size
        found = islice(self._found(entry.name, content), skip, None)
        batch = list(islice(found, size))
        while following := list(islice(found, size)):
            position += len(batch)
            yield self._page(entry, batch, position)
            batch = following
        yield self._page(entry, batch, None)

    def _page(self, entry: Entry, batch: Sequence[Found], position: int | None) -> Page:
        records = tuple(self._record(entry.name, found) for found in batch)
        if position is None:
            to = self.source.rejected if any(found.fatal for found in batch) else self.source.done
            return Page(records, Checkpoint({}), {"file": entry.name, "stamp": entry.stamp, "to": to})
        return Page(records, Checkpoint({"file": entry.name, "stamp": entry.stamp, "records": position}))

    def _found(self, name: str, content: bytes) -> Iterator[Found]:
        """What is in the file; where it proves unreadable, a last place that says why."""
        try:
            yield from self._readable(name, content)
        except Unreadable as unreadable:
            yield Found("file", content[:SAMPLE], reason=str(unreadable), fatal=True)

    def _readable(self, name: str, content: bytes) -> Iterator[Found]:
        """Archives are unpacked and decoded as a whole before their first record."""
        if len(content) > self.source.max_bytes:
            raise Unreadable(f"The file {name} has more than {self.source.max_bytes} bytes, 'max_bytes'.")
        inside = list(members(name, content, self.source.max_bytes, self.source.max_ratio))
        return chain.from_iterable([self._of_member(member, data) for member, data in inside])

    def _of_member(self, name: str, content: bytes) -> Iterator[Found]:
        source = self.source
        if source.format == "xml":
            return xml_records(name, content, source.records_at)
        text = decoded(name, content, source.encoding)
        if source.format == "csv":
            return csv_records(name, text, source.delimiter)
        if source.format == "jsonl":
            return jsonl_records(name, text)
        return json_records(name, text, source.records_at)

    def _record(self, file: str, found: Found) -> Record | BrokenRecord:
        reason = found.reason
        if not reason and is_deep(found.data):
            reason = f"{found.place.capitalize()} of {file} {TOO_DEEP}."
        if not reason:
            identity = tuple(_as_text(found.data.get(field)) for field in self.identity)
            if all(identity):
                return Record(identity, found.data)
            missing = self.identity[identity.index("")]
            reason = f"{found.place.capitalize()} of {file} has no value in its identity field {missing!r}."
        raw = found.raw if isinstance(found.raw, bytes) else found.raw.encode("utf-8", "surrogatepass")
        return BrokenRecord(_place_of(file, found.place, raw), raw, reason)

    def _free_name(self, to: str, name: str, stamp: Sequence[int]) -> str:
        """A file of the same name may have been here last week: it is never replaced."""
        path, number, free = PurePosixPath(name), 0, name
        while self.connector.place.look(to, free) is not None:
            number += 1
            free = f"{path.stem}.{stamp[1]}-{number}{path.suffix}"
        return free


def folder_stream(name: str, source: Source) -> type[FolderStream]:
    """The class of one declared stream."""
    return type(FolderStream.__name__, (FolderStream,), {"name": name, "identity": source.identity, "source": source})


def _as_text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list, bool)) else str(value).strip()


def _place_of(file: str, place: str, raw: bytes) -> tuple[str, ...]:
    """The same for every reading of this file; another where another file of that name is broken."""
    return (file, place, hashlib.sha256(raw).hexdigest()[:16])
