"""Which connectors this installation has: an explicit list of dotted paths, and what packages announce.

``registry`` is the one that the product uses; a test makes its own with ``Registry()``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from .base import Connector, Sink, Stream, Webhook
from .credentials import shown_in_repr
from .errors import Misconfigured, Unsupported

GROUP = "interlock.connectors"


class Registry:
    """Connector classes by key, in the order of registration."""

    def __init__(self) -> None:
        self._by_key: dict[str, type[Connector]] = {}

    def __call__(self, connector: type[Connector]) -> type[Connector]:
        """As a decorator of a class."""
        return self.register(connector)

    def __iter__(self) -> Iterator[type[Connector]]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __getitem__(self, key: str) -> type[Connector]:
        try:
            return self._by_key[key]
        except KeyError:
            known = ", ".join(sorted(self._by_key)) or "none"
        raise Unsupported(f"This installation has no connector {key!r}; it has: {known}.")

    def register(self, connector: type[Connector]) -> type[Connector]:
        """Take it in, or refuse it with ``Misconfigured`` and everything that it lacks."""
        faults = list(faults_of(connector))
        if faults:
            raise Misconfigured(f"The connector {_name(connector)} cannot be registered: {'; '.join(faults)}.")
        taken = self._by_key.get(connector.key)
        if taken is not None:
            raise Misconfigured(
                f"The connector {_name(connector)} cannot be registered: the key {connector.key!r} is taken "
                f"by {_name(taken)}, and connections store the key."
            )
        self._by_key[connector.key] = connector
        return connector

    def load(self, paths: Iterable[str] = (), *, group: str = GROUP) -> None:
        """Register the classes at dotted ``paths``, then those that installed packages announce."""
        for path in paths:
            self._admit(_imported(path))
        for entry in sorted(entry_points(group=group) if group else (), key=lambda entry: entry.name):
            try:
                found = entry.load()
            except Exception as error:  # somebody else's package: whatever it does, we name it
                raise Misconfigured(
                    f"The connector {entry.name!r} ({entry.value}) of an installed package cannot be loaded.",
                    detail=f"{type(error).__name__}: {error}",
                ) from error
            self._admit(found)

    def _admit(self, found: Any) -> None:
        """The same class by two ways is one class."""
        if found not in self._by_key.values():
            self.register(found)


def faults_of(connector: Any) -> Iterator[str]:
    """What keeps a class from being a connector, in words that complete "it …"."""
    if not (inspect.isclass(connector) and issubclass(connector, Connector)):
        yield "it is not a subclass of connectors.base.Connector"
        return
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,62}", str(getattr(connector, "key", ""))):
        yield "it needs a 'key' of lower-case letters, digits and underscores"
    if not getattr(connector, "label", ""):
        yield "it needs a 'label'"
    yield from _open_ends(connector, "it")
    yield from _dataclass_faults(connector)
    yield from _part_faults("stream", connector.streams, Stream)
    yield from _part_faults("sink", connector.sinks, Sink)
    if connector.webhook is not None:
        yield from _part_faults("webhook", (connector.webhook,), Webhook)


def _dataclass_faults(connector: type[Connector]) -> Iterator[str]:
    for attribute in ("Settings", "Credentials"):
        cls: Any = getattr(connector, attribute, None)
        if not _is_frozen(cls):
            yield f"its {attribute!r} must be a frozen dataclass"
        elif attribute == "Credentials" and (shown := shown_in_repr(cls)):
            yield f"its Credentials would print {', '.join(shown)} (declare each with credential())"


def _is_frozen(cls: Any) -> bool:
    return isinstance(cls, type) and is_dataclass(cls) and cls.__dataclass_params__.frozen  # type: ignore[attr-defined]


def _part_faults(what: str, parts: Iterable[Any], base: type) -> Iterator[str]:
    names: set[str] = set()
    for part in parts:
        if not (inspect.isclass(part) and issubclass(part, base)):
            yield f"its {what} {part!r} is not a subclass of {base.__name__}"
            continue
        name = "webhook" if base is Webhook else getattr(part, "name", "")
        if not name:
            yield f"its {what} {part.__name__} needs a 'name'"
        if name in names:
            yield f"it has two {what}s called {name!r}"
        names.add(name)
        yield from _open_ends(part, f"its {what} {name or part.__name__!r}")
        if issubclass(part, Stream) and not part.identity:
            yield f"its stream {name!r} needs at least one 'identity' field"


def _open_ends(cls: type, who: str) -> Iterator[str]:
    if missing := sorted(getattr(cls, "__abstractmethods__", ())):
        yield f"{who} does not define {', '.join(missing)}"


def _imported(path: str) -> Any:
    module, _, name = path.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise Misconfigured(
            f"The connector {path!r} cannot be found; the list of connectors needs the full path of a class.",
            detail=f"{type(error).__name__}: {error}",
        ) from error


def _name(connector: Any) -> str:
    return f"{getattr(connector, '__module__', '?')}.{getattr(connector, '__qualname__', connector)}"


registry = Registry()
