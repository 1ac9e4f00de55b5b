"""Deliveries: one row a route. What is open stands in ``Delivery``; settled rows move to ``ClosedDelivery``."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class DeliveryFields(models.Model):
    """What an open and a closed delivery share, so that a row moves as it is."""

    id = models.UUIDField(primary_key=True)
    message_id = models.UUIDField()
    interface_key = models.CharField(max_length=160)
    route_key = models.CharField(max_length=160)
    connection_key = models.CharField(max_length=160)
    ordering_key = models.CharField(max_length=200, blank=True)
    sequence = models.BigIntegerField(default=0)
    bucket = models.PositiveSmallIntegerField(default=0)
    zone = models.CharField(max_length=32, blank=True)
    release_id = models.UUIDField()
    payload_id = models.UUIDField(null=True)
    idempotency_key = models.CharField(max_length=80)
    state = models.CharField(max_length=20)
    attempts = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=24, blank=True)
    sentence = models.TextField(blank=True)
    error_field = models.CharField(max_length=200, blank=True)
    error_value = models.CharField(max_length=200, blank=True)
    error_rule = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    external_url = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.route_key} {self.state}"


class Delivery(DeliveryFields):
    """Open: waiting, on its way, in doubt or dead. ``lease`` is the fencing number of whoever holds it."""

    waits_for = models.PositiveSmallIntegerField(default=0, help_text="Routes of the message that must settle first.")
    after = models.CharField(max_length=400, blank=True, help_text="Those routes: |a|b|")
    due_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    ask_first = models.BooleanField(default=False, help_text="An earlier try may have been applied.")
    backoff_ms = models.PositiveIntegerField(default=0, help_text="The last wait, for decorrelated jitter.")
    first_tried_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="delivery_due",
                condition=models.Q(state__in=["pending", "retry_wait", "in_doubt"]),
            ),
            models.Index(fields=["interface_key", "route_key", "ordering_key", "sequence"], name="delivery_key_order"),
            models.Index(fields=["message_id"], name="delivery_message"),
            models.Index(
                fields=["leased_until"],
                name="delivery_leased",
                condition=models.Q(state__in=["leased", "sending"]),
            ),
            models.Index(
                fields=["id"],
                name="delivery_ready",
                condition=models.Q(state="waiting_dependency", waits_for=0),
            ),
            models.Index(fields=["state"], name="delivery_aside", condition=models.Q(state__in=["dead", "in_doubt"])),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lease__isnull=True, leased_until__isnull=True)
                | models.Q(lease__isnull=False, leased_until__isnull=False),
                name="lease_with_deadline",
            ),
            models.UniqueConstraint(
                fields=["interface_key", "route_key", "ordering_key"],
                condition=models.Q(state__in=["leased", "sending"]) & ~models.Q(ordering_key=""),
                name="one_in_flight_a_key",
            ),
        ]


class ClosedDelivery(DeliveryFields):
    """Terminal: confirmed or cancelled. Partitioned by range of its id on PostgreSQL."""

    closed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["message_id"], name="closed_message"),
            models.Index(fields=["interface_key", "id"], name="closed_interface"),
        ]
