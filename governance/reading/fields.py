"""Which columns of a table may be shown: never a secret, a hash of one, a ciphertext or a value of a payload."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import models

NEVER = re.compile(r"(^|_)(password|secret|token|hash|mac|salt|seed|sealed|wrapped|cookie|encoded)(_|$)|^session_key$")


def shown(model: type[models.Model], hidden: Sequence[str] = ()) -> list[models.Field[Any, Any]]:
    """The model's own columns without those that are ``hidden``, binary, or named like a secret."""
    return [field for field in model._meta.concrete_fields if _may_be_shown(field, hidden)]


def _may_be_shown(field: models.Field[Any, Any], hidden: Sequence[str]) -> bool:
    if field.name in hidden or field.name in getattr(field.model, "NOT_IN_HISTORY", ()):
        return False
    if isinstance(field, models.BinaryField):
        return False
    return not NEVER.search(field.name)


def first_columns(model: type[models.Model], hidden: Sequence[str] = (), *, most: int = 6) -> tuple[str, ...]:
    """Columns for a list of a table that nobody described: the first short ones."""
    short = [field for field in shown(model, hidden) if not isinstance(field, models.TextField | models.JSONField)]
    return tuple(field.name for field in short if not field.is_relation)[:most]
