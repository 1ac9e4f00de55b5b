"""The password rule that needs a memory: none of the last few comes back (settings: HUB_PASSWORD_MEMORY)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from governance.models import PastPassword, Person


class NotUsedBefore:
    """A validator of Django's: the present password and the ``memory`` ones before it are refused."""

    def __init__(self, memory: int = 5) -> None:
        self.memory = memory

    def validate(self, password: str, user: Any = None) -> None:
        if not isinstance(user, Person) or user._state.adding:
            return
        past = PastPassword.objects.filter(person=user).order_by("-id").values_list("encoded", flat=True)
        if any(check_password(password, encoded) for encoded in [user.password, *past[: self.memory]] if encoded):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return f"The password may not be the present one or one of the {self.memory} before it."
