"""From references to values: ``env:NAME``, ``file:PATH``, ``secret:NAME``.

A connection stores references only. A message may name a reference, never what it stands for. A reference leads
only to what is meant for connections: variables named ``HUB_CONNECTION_…`` and files of one folder. Otherwise
whoever may propose a connection could have the hub's own keys sent to a server of theirs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .errors import Misconfigured
from .fence import FileFence

SecretStore = Callable[[str], str]  # name → value; KeyError where there is none

FORMS = "env:NAME, file:PATH or secret:NAME"
VARIABLES = "HUB_CONNECTION_"  # what a variable of the environment must begin with to be a credential


def credential(*, help: str = "", secret: bool = True, **options: Any) -> Any:
    """A field of a Credentials dataclass, absent from ``repr``. ``secret=False`` marks a user name."""
    return field(repr=False, metadata={"help": help, "secret": secret}, **options)


def no_store(name: str) -> str:
    """Where no store of secrets is at hand (the edge worker)."""
    raise KeyError(name)


def resolve(
    cls: type, references: Mapping[str, str], *, secret: SecretStore = no_store, files: FileFence | None = None
) -> Any:
    """An instance of the Credentials dataclass ``cls``, each reference replaced by its value.

    ``files`` says where ``file:PATH`` may lead; without it such references are refused. Raises ``Misconfigured``
    for a missing field, an unknown one, text that is no reference, a reference that may not be followed, and one
    behind which there is nothing.
    """
    known = {spec.name: spec for spec in fields(cls)}
    unknown = sorted(set(references) - set(known))
    if unknown:
        raise Misconfigured(
            f"The credential {unknown[0]!r} is not known here; known are: {', '.join(known) or 'none'}."
        )
    given = {name: text for name, text in references.items() if text != ""}
    for name, spec in known.items():
        if name not in given and _required(spec):
            raise Misconfigured(f"The credential {name!r} is missing; it must be a reference ({FORMS}).")
    return cls(**{name: look_up(name, text, secret=secret, files=files) for name, text in given.items()})


def look_up(name: str, reference: str, *, secret: SecretStore = no_store, files: FileFence | None = None) -> str:
    """The value behind one reference; ``name`` is the field that it is for."""
    scheme, colon, rest = reference.partition(":") if isinstance(reference, str) else ("", "", "")
    readers: dict[str, SecretStore] = {"env": _from_environment, "file": partial(_from_file, files), "secret": secret}
    read = readers.get(scheme)
    if read is None or not colon or not rest:
        # What was given may be the secret itself, typed into the wrong place: it is not repeated.
        raise Misconfigured(f"The credential {name!r} must be a reference ({FORMS}), not the value itself.")
    if problem := misdirected(name, reference):
        raise Misconfigured(problem)
    try:
        value = read(rest)
    except (KeyError, OSError, UnicodeDecodeError):
        value = ""
    if not value:
        raise Misconfigured(f"The credential {name!r} refers to {reference!r}, where nothing can be found.")
    return value


def misdirected(name: str, reference: str) -> str:
    """Why a reference may not be followed on any installation, as a sentence; "" where it may."""
    variable = reference.removeprefix("env:")
    if variable == reference or variable.startswith(VARIABLES):
        return ""
    return (
        f"The credential {name!r} refers to {reference!r}; a variable that holds a credential must have a name "
        f"that begins with {VARIABLES}."
    )


def secret_values(credentials: Any) -> tuple[str, ...]:
    """The values that the wire tap must hide; a field marked ``secret=False`` is left readable."""
    if not is_dataclass(credentials):
        return ()
    secret = [spec for spec in fields(credentials) if spec.metadata.get("secret", True)]
    values = [getattr(credentials, spec.name) for spec in secret]
    return tuple(value for value in values if isinstance(value, str) and value)


def shown_in_repr(cls: type) -> list[str]:
    """Names of fields whose value ``repr`` would print: a connector that has any is not registered."""
    return [spec.name for spec in fields(cls) if spec.repr]


def _required(spec: Field) -> bool:
    return spec.default is MISSING and spec.default_factory is MISSING


def _from_environment(name: str) -> str:
    return os.environ[name]


def _from_file(files: FileFence | None, path: str) -> str:
    """Without the line end that an editor leaves. A relative path begins in the folder of credentials."""
    if files is None:
        raise Misconfigured(
            f"The credential file {path!r} may not be read: this installation names no folder for credentials "
            "(HUB_CREDENTIALS_DIR)."
        )
    place = Path(*files.roots[:1], path)
    return files.file("The credential file", place).read_text(encoding="utf-8").rstrip("\r\n")
