"""Connections and their secrets: the only part of connectors that knows governance."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.keyring import seal, unseal
from governance.models import GovernedModel, Projection, System


class Connection(Projection):
    """A configured way into one system. Credentials are references (env:, file:, secret:), never values."""

    KIND: ClassVar[str] = "connection"

    connector = models.CharField(max_length=64)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="connections")

    class Meta(Projection.Meta):
        verbose_name = "connection"

    def take(self, content: dict[str, Any]) -> None:
        self.connector = content["connector"]
        self.system = System.objects.get(key=content["system"])


class Secret(GovernedModel):
    """A secret that a connection refers to as ``secret:NAME``; encrypted, bound to its name."""

    NOT_IN_HISTORY = ("sealed",)

    name = models.SlugField(max_length=64, unique=True)
    key_id = models.CharField(max_length=32)
    sealed = models.BinaryField()
    rotated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        return f"connectors.secret/{self.name}"

    def put(self, value: str) -> None:
        """Encrypt a new value; the caller saves inside a change."""
        self.key_id, self.sealed = seal(value.encode(), place=self.place)

    def reveal(self) -> str:
        """The value, for a connector that is about to open; never for a page or a log."""
        return unseal(self.key_id, bytes(self.sealed), place=self.place).decode()
