"""Data keys: one per interface, data class and month, wrapped by a master key; shredding one forgets its payloads."""

from __future__ import annotations

from django.db import models

from governance.ids import uuid7


class DataKey(models.Model):
    """``wrapped`` is null once the key was destroyed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    interface_key = models.CharField(max_length=160)
    data_class = models.CharField(max_length=16)
    month = models.CharField(max_length=7, help_text="2026-11")
    master_id = models.CharField(max_length=32)
    wrapped = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interface_key", "data_class", "month"], name="one_data_key_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.interface_key} {self.data_class} {self.month}"
