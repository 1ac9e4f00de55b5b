"""Where files lie. Each place answers the same six questions, and keeps to its base folder."""

from __future__ import annotations

import errno
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import AccessDenied, ConnectorError, Misconfigured, Unreachable
from connectors.fence import ANY_FILE, FileFence

NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW  # never an existing file, never through a link


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a folder; ``stamp`` changes when its contents do."""

    name: str
    size: int
    mtime: float
    is_link: bool = False

    @property
    def stamp(self) -> list[int]:
        return [self.size, int(self.mtime * 1000)]


class Place(ABC):
    """A folder and what can be done in it. ``folder`` and names are relative and already checked."""

    @abstractmethod
    def describe(self) -> str:
        """Where we are, and as whom: a sentence for the connection test."""

    @abstractmethod
    def entries(self, folder: str) -> list[Entry]:
        """Files and links of a folder, without its sub-folders."""

    @abstractmethod
    def look(self, folder: str, name: str) -> Entry | None:
        """The file as it is now; ``None`` where there is none."""

    @abstractmethod
    def read(self, folder: str, name: str, limit: int) -> bytes:
        """At most ``limit`` bytes, never through a link; none where the file is gone meanwhile."""

    @abstractmethod
    def move(self, folder: str, name: str, to: str, new_name: str) -> None:
        """One rename inside the base folder; makes the folder ``to``, never replaces a file."""

    @abstractmethod
    def put(self, folder: str, name: str, content: bytes) -> None:
        """Write under a temporary name, then rename: nobody ever sees half a file."""

    def close(self) -> None:
        """Leave the place."""


class Folder(Place):
    """A folder of this machine or a share mounted on it.

    It must lie in one of the connection's own ``roots``, where it names any, and within the installation's fence.
    """

    def __init__(self, base: str, roots: tuple[str, ...], files: FileFence = ANY_FILE) -> None:
        FileFence(roots).folder("The folder", base)
        files.folder("The folder", base)
        self.files = files
        with local_errors(base):
            self.base = Path(base).resolve(strict=True)

    def describe(self) -> str:
        if not self.base.is_dir():
            raise Misconfigured(f"The folder {str(self.base)!r} is not a folder.")
        return f"The folder {self.base} can be reached."

    def entries(self, folder: str) -> list[Entry]:
        with local_errors(folder), os.scandir(self._path(folder)) as found:
            looked = [(item.name, item.stat(follow_symlinks=False)) for item in found]
        return [_entry(name, state) for name, state in looked if not stat.S_ISDIR(state.st_mode)]

    def look(self, folder: str, name: str) -> Entry | None:
        with local_errors(name):
            try:
                return _entry(name, (self._path(folder) / name).lstat())
            except FileNotFoundError:
                return None

    def read(self, folder: str, name: str, limit: int) -> bytes:
        with local_errors(name):
            try:
                descriptor = os.open(self._path(folder) / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except FileNotFoundError:
                return b""
            with os.fdopen(descriptor, "rb") as file:
                return file.read(limit)

    def move(self, folder: str, name: str, to: str, new_name: str) -> None:
        with local_errors(name):
            self._path(to, strict=False).mkdir(parents=True, exist_ok=True)
            origin, goal = self._path(folder) / name, self._path(to) / new_name
            with suppress(FileNotFoundError):
                origin.rename(goal)

    def put(self, folder: str, name: str, content: bytes) -> None:
        with local_errors(name):
            parent = self._path(folder)
            temporary = parent / f".{name}.part"
            temporary.unlink(missing_ok=True)  # of an attempt that broke off, or a link that somebody laid
            with os.fdopen(os.open(temporary, NEW_FILE, 0o666), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(parent / name)
            _sync_folder(parent)

    def _path(self, folder: str, *, strict: bool = True) -> Path:
        """The real folder; a link that leads out of the base is not followed."""
        path = (self.base / folder).resolve(strict=strict)
        if not path.is_relative_to(self.base):
            raise Misconfigured(f"The folder {folder!r} is a link that leads out of the base folder.")
        return self.files.folder("The folder", path)


@contextmanager
def local_errors(what: str) -> Iterator[None]:
    """What the operating system refuses, in our family."""
    try:
        yield
    except OSError as error:
        raise os_error(what, error) from None


def os_error(what: str, error: OSError) -> ConnectorError:
    """Missing or not a folder: a setting is wrong; forbidden: a right is; all else may pass."""
    said = (error.strerror or str(error) or type(error).__name__).lower()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return AccessDenied(f"{what!r} may not be opened or changed by the hub: {said}.")
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.EXDEV):
        return Misconfigured(f"{what!r} cannot be opened: {said}.")
    return Unreachable(f"{what!r} cannot be read or written now: {said}.")


def _entry(name: str, state: os.stat_result) -> Entry:
    return Entry(name, state.st_size, state.st_mtime, not stat.S_ISREG(state.st_mode))


def _sync_folder(folder: Path) -> None:
    """Without this a power cut may forget the rename."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
