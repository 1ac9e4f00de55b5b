"""The engine's tables in the reading room. Large ones are searched by exact values and filtered by known ones."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet

from governance.reading.filters import Since, one_of
from governance.reading.room import long_text
from hub.flow.states import OPEN, TERMINAL, MessageStatus
from hub.models import (
    Attempt,
    Checkpoint,
    ClosedDelivery,
    DataKey,
    Delivery,
    Drift,
    Exchange,
    Inbox,
    Interface,
    InterfaceControl,
    InterfaceGrant,
    InterfaceRelease,
    KeyHead,
    Message,
    MessageState,
    MessageStep,
    Payload,
    ReplayItem,
    ReplayPlan,
    Run,
    StreamState,
)
from hub.models.replay import ReplayState
from hub.reading_room import KEYS, QUOTING, OfInterfaces, OfMessages

OF_A_DELIVERY = ("id", "message_id", "interface_key", "route_key", "state", "attempts", "reason")
DELIVERY_FOUND_BY = ("id", "message_id", "interface_key")


@admin.register(Interface)
class InterfaceAdmin(OfInterfaces):
    list_display = ("key", "label", "source", "mode", "owner", "criticality", "is_gxp", "version", "is_retired")
    list_select_related = ("source",)
    list_filter = ("mode", "criticality", "is_gxp", "is_retired")
    search_fields = ("key", "label", "owner")

    def of(self, rows: QuerySet, keys: QuerySet) -> QuerySet:
        return rows.filter(key__in=keys)


@admin.register(InterfaceControl)
class InterfaceControlAdmin(OfInterfaces):
    list_display = ("interface", "release", "paused_at", "paused_by", "is_halted")
    list_select_related = ("interface", "release")
    list_filter = ("is_halted",)
    search_fields = ("interface__key",)
    ordering = ("interface__key",)

    def of(self, rows: QuerySet, keys: QuerySet) -> QuerySet:
        return rows.filter(interface__key__in=keys)


@admin.register(InterfaceGrant)
class InterfaceGrantAdmin(OfInterfaces):
    list_display = ("service_account", "interface", "direction")
    list_select_related = ("service_account", "interface")
    list_filter = ("direction",)
    search_fields = ("service_account__key", "interface__key")
    ordering = ("service_account__key", "interface__key")

    def of(self, rows: QuerySet, keys: QuerySet) -> QuerySet:
        return rows.filter(interface__key__in=keys)


@admin.register(InterfaceRelease)
class InterfaceReleaseAdmin(OfInterfaces):
    list_display = ("interface_key", "number", "version", "change_number", "released_at", "digest")
    search_fields = ("interface_key", "change_number", "digest")
    date_hierarchy = "released_at"
    ordering = ("-id",)


@admin.register(Message)
class MessageAdmin(OfInterfaces):
    list_display = (
        "id",
        "interface_key",
        "kind",
        "sequence",
        "actor_name",
        "received_at",
    )
    list_filter = (Since, one_of("kind", ("business", "synthetic")))
    found_by = ("id", "interface_key", "correlation_id")
    ordering = ("-id",)


@admin.register(MessageState)
class MessageStateAdmin(OfInterfaces):
    list_display = ("id", "interface_key", "state", "reason", "error_field", "sequence", "changed_at")
    list_filter = (Since, one_of("state", list(MessageStatus)))
    found_by = ("id", "interface_key")
    ordering = ("-id",)


@admin.register(MessageStep)
class MessageStepAdmin(OfMessages):
    list_display = ("recorded_at", "message_id", "step", "states", "actor_name")
    list_filter = (Since,)
    found_by = ("id", "message_id")
    ordering = ("-id",)


@admin.register(Delivery)
class DeliveryAdmin(OfInterfaces):
    plural = "deliveries"
    list_display = (*OF_A_DELIVERY, "due_at", "created_at")
    list_filter = (Since, one_of("state", OPEN))
    found_by = DELIVERY_FOUND_BY
    ordering = ("-id",)


@admin.register(ClosedDelivery)
class ClosedDeliveryAdmin(OfInterfaces):
    plural = "closed deliveries"
    list_display = (*OF_A_DELIVERY, "closed_at")
    list_filter = (Since, one_of("state", TERMINAL))
    found_by = ("id", "message_id", "interface_key")
    ordering = ("-id",)


@admin.register(Attempt)
class AttemptAdmin(OfMessages):
    list_display = ("recorded_at", "message_id", "delivery_id", "number", "outcome", "status", "ms", "worker")
    list_filter = (Since,)
    found_by = ("id", "message_id")
    ordering = ("-id",)


@admin.register(Exchange)
class ExchangeAdmin(OfMessages):
    """That something was said; what it was is encrypted, and read in the console by who may read payloads."""

    hidden = ("data",)
    list_display = ("recorded_at", "message_id", "attempt_id")
    list_filter = (Since,)
    found_by = ("id", "message_id")
    ordering = ("-id",)


@admin.register(Payload)
class PayloadAdmin(OfMessages):
    """That there is a payload, how large and under which key; never a value."""

    hidden = ("data", "salt")
    list_display = ("recorded_at", "message_id", "stage", "size", "media_type", "data_class", "retention_class")
    list_filter = (Since, one_of("stage", ("received", "canonical", "outgoing")))
    found_by = ("id", "message_id")
    ordering = ("-id",)


@admin.register(DataKey)
class DataKeyAdmin(OfInterfaces):
    hidden = ("wrapped",)
    list_display = ("interface_key", "data_class", "month", "master_id", "is_destroyed")
    search_fields = ("interface_key", "month", "master_id")
    ordering = ("-month", "interface_key")

    @admin.display(description="destroyed", boolean=True)
    def is_destroyed(self, row: DataKey) -> bool:
        return row.wrapped is None


@admin.register(Inbox)
class InboxAdmin(OfInterfaces):
    plural = "inbox rows"
    hidden = ("content_mac", *KEYS)
    list_display = ("id", "interface_key", "duplicates")
    list_filter = (Since,)
    found_by = ("id", "interface_key")
    ordering = ("-id",)


@admin.register(KeyHead)
class KeyHeadAdmin(OfInterfaces):
    list_display = ("id", "interface_key", "last")
    found_by = ("id", "interface_key")
    ordering = ("-id",)


@admin.register(Drift)
class DriftAdmin(OfInterfaces):
    list_display = ("interface_key", "path", "count", "first_seen_at", "last_seen_at")
    search_fields = ("interface_key", "path")
    date_hierarchy = "last_seen_at"
    ordering = ("-last_seen_at",)


@admin.register(ReplayPlan)
class ReplayPlanAdmin(OfInterfaces):
    why = long_text("reason")
    list_display = ("interface_key", "mode", "state", "size", "why", "planned_at", "approved_at")
    list_filter = (one_of("state", ReplayState.values),)
    search_fields = ("interface_key", "reason", "digest")
    date_hierarchy = "planned_at"
    ordering = ("-planned_at",)


@admin.register(ReplayItem)
class ReplayItemAdmin(OfMessages):
    list_display = ("plan", "position", "message_id", "outcome")
    list_select_related = ("plan",)
    found_by = ("id", "message_id", "delivery_id")
    ordering = ("-id",)


@admin.register(StreamState)
class StreamStateAdmin(OfInterfaces):
    hidden = QUOTING
    list_display = ("interface_key", "due_at", "failures", "last_success_at", "leased_until")
    search_fields = ("interface_key",)
    ordering = ("interface_key",)


@admin.register(Checkpoint)
class CheckpointAdmin(OfInterfaces):
    hidden = ("cursor",)
    list_display = ("interface_key", "connection_key", "stream", "saved_at")
    search_fields = ("interface_key", "connection_key", "stream")
    ordering = ("interface_key",)


@admin.register(Run)
class RunAdmin(OfInterfaces):
    list_display = ("started_at", "interface_key", "read", "accepted", "duplicates", "quarantined", "ended_at")
    list_filter = (Since,)
    found_by = ("id", "interface_key")
    ordering = ("-id",)
