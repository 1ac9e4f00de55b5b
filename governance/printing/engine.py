"""WeasyPrint, loaded when the first page is printed: it needs libraries of the system that a hub may lack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from governance.errors import Refused

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"


class PrintingUnavailable(Refused):
    """This hub cannot print: a library of the system is missing. Pages, JSON and records are not affected."""

    status = 503
    code = "printing_unavailable"


class ReachesOut(RuntimeError):
    """A page asks for something from outside itself: a fault of its template. Nothing was loaded, and none printed."""


def weasyprint() -> ModuleType:
    """The library. Raises PrintingUnavailable, which names what to install."""
    try:
        import weasyprint as found
    except (ImportError, OSError) as error:  # OSError: the package is there, Pango or HarfBuzz is not
        raise PrintingUnavailable(
            "This hub cannot make PDF files, because a library for it is missing. An administrator installs these "
            f"packages of the system: {LIBRARIES}.",
            field="weasyprint",
            value=type(error).__name__,
            rule="Pango, HarfBuzz and a font are installed",
        ) from None
    return found


@contextmanager
def nothing_from_outside() -> Iterator[Any]:
    """A fetcher that refuses every address, so that no template and no content reaches a file or the network.

    Raises ReachesOut: the library's own error is no Exception, and no server would catch it.
    """
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Nothing(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            raise FatalURLFetchingError(f"A printed page may load nothing, and asks for {url[:80]!r}.")

    try:
        yield Nothing()
    except FatalURLFetchingError as error:
        raise ReachesOut(str(error)) from None
