"""Connections and the names of secrets in the reading room; a secret itself is shown nowhere."""

from __future__ import annotations

from django.contrib import admin

from connectors.models import Connection, Secret
from governance.reading.room import ReadingRoom


@admin.register(Connection)
class ConnectionAdmin(ReadingRoom):
    list_display = ("key", "label", "connector", "system", "version", "is_retired")
    list_select_related = ("system",)
    list_filter = ("connector", "is_retired")
    search_fields = ("key", "label", "system__key")


@admin.register(Secret)
class SecretAdmin(ReadingRoom):
    hidden = ("sealed",)
    list_display = ("name", "key_id", "rotated_at")
    search_fields = ("name",)
    ordering = ("name",)
