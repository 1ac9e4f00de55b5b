"""Which files of this machine connections may open: the installation says, and no connection can widen it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .errors import Misconfigured


@dataclass(frozen=True)
class FileFence:
    """``roots``: folders of which one must contain what is opened; none means any. ``never``: the hub's own files.

    Paths are compared as what they lead to, so that a link into a root does not make a file of it.
    """

    roots: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    _roots: tuple[Path, ...] = field(init=False, repr=False, compare=False, default=())
    _never: frozenset[Path] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        object.__setattr__(self, "_roots", tuple(Path(root).resolve() for root in self.roots))
        object.__setattr__(self, "_never", frozenset(Path(path).resolve() for path in self.never))

    def file(self, what: str, path: str | Path) -> Path:
        """Where ``path`` really leads. Raises ``Misconfigured``, naming ``what`` ("The database"), where it may not."""
        real = self._within(what, path)
        if real in self._never or any(_is_same(real, own) for own in self._never):
            raise Misconfigured(f"{what} {str(path)!r} is a file of the hub itself, which no connection may open.")
        return real

    def folder(self, what: str, path: str | Path) -> Path:
        """The same for a folder whose files are read, moved or written: none of them may be the hub's own."""
        real = self._within(what, path)
        if any(own.parent == real for own in self._never):
            raise Misconfigured(f"{what} {str(path)!r} holds files of the hub itself, which no connection may open.")
        return real

    def _within(self, what: str, path: str | Path) -> Path:
        real = Path(path).resolve()
        if self._roots and not any(real.is_relative_to(root) for root in self._roots):
            raise Misconfigured(f"{what} {str(path)!r} does not lie in one of the allowed folders.")
        return real


ANY_FILE = FileFence()


def _is_same(path: Path, own: Path) -> bool:
    """Also under another name (a hard link)."""
    try:
        return path.samefile(own)
    except OSError:
        return False
