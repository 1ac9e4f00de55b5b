"""A connection to files: a folder of this machine, or one at an SFTP server."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base import Connector, Sink, Stream
from connectors.errors import ConnectorError, Unreachable
from connectors.records import Health

from .places import Folder, Place
from .settings import Credentials, Settings
from .sftp import Sftp
from .sinks import FolderSink, folder_sink
from .streams import FolderStream, folder_stream


class Files(Connector):
    """Takes files when they are finished, and moves them only when the hub has stored them."""

    key = "files"
    label = "Files (folder or SFTP)"
    Settings = Settings
    Credentials = Credentials
    streams = (FolderStream,)  # what the settings may declare; a connection offers its own
    sinks = (FolderSink,)

    _place: Place | None = None

    def offered_streams(self) -> Sequence[type[Stream]]:
        return [folder_stream(name, source) for name, source in self.settings.streams.items()]

    def offered_sinks(self) -> Sequence[type[Sink]]:
        return [folder_sink(name, target) for name, target in self.settings.sinks.items()]

    @property
    def place(self) -> Place:
        """The place, once open."""
        if self._place is None:
            raise Unreachable(f"The connection to the folder {self.settings.folder!r} is not open.")
        return self._place

    def open(self) -> None:
        if self.settings.place == "sftp":
            self._place = Sftp(self.settings, self.credentials, self.network)
        else:
            self._place = Folder(self.settings.folder, self.settings.roots, self.files)

    def close(self) -> None:
        place, self._place = self._place, None
        if place is not None:
            place.close()

    def check(self) -> Health:
        was_open = self._place is not None
        try:
            if not was_open:
                self.open()
            return Health(True, " ".join([self.place.describe(), *self._folders()]))
        except ConnectorError as error:
            return Health(False, error.message)
        finally:
            if not was_open:
                self.close()

    def _folders(self) -> list[str]:
        """Each folder is looked into: a missing one is known before the first file is."""
        waiting = [
            f"{stream.name}: {len(stream(self).waiting())} waiting."  # type: ignore[attr-defined]
            for stream in self.offered_streams()
        ]
        for sink in self.offered_sinks():
            self.place.entries(sink.target.folder)  # type: ignore[attr-defined]
        return waiting
