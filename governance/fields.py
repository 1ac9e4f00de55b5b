"""Column types that both databases keep exactly."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class ExactDecimal(models.CharField):
    """A Decimal kept as its canonical text.

    Django's DecimalField is a REAL on SQLite and loses digits; here "1.50" stays 1.50. Ordering and arithmetic in
    SQL are not offered: numbers that carry meaning are compared by the dictionary's rules, in Python.
    """

    description = "Exact decimal number"

    def __init__(self, *args: Any, max_length: int = 64, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": max_length})

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            raise ValidationError(f"{value!r} is a binary float; give the number as text or Decimal.")
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise ValidationError(f"{value!r} is not a decimal number.") from None

    def get_prep_value(self, value: Any) -> str | None:
        number = self.to_python(value)
        if number is None:
            return None
        if not number.is_finite():
            raise ValidationError(f"{value!r} is not a finite number.")
        return format(number, "f")
