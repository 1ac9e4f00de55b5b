"""The language's tables in the reading room."""

from __future__ import annotations

from django.contrib import admin

from dictionary.models import CodeList, DataElement, Entity, InterfaceControlDocument, LocalTerm, Mapping
from governance.reading.room import ReadingRoom, long_text


@admin.register(DataElement)
class DataElementAdmin(ReadingRoom):
    means = long_text("definition")
    list_display = ("key", "label", "means", "type", "unit", "code_list", "owner_system", "criticality", "version")
    list_filter = ("type", "criticality", "data_class", "owner_system", "is_retired")
    search_fields = ("key", "label", "definition")


@admin.register(CodeList)
class CodeListAdmin(ReadingRoom):
    list_display = ("key", "label", "size", "version", "is_retired")
    list_filter = ("is_retired",)
    search_fields = ("key", "label")


@admin.register(Entity)
class EntityAdmin(ReadingRoom):
    means = long_text("definition")
    list_display = ("key", "label", "means", "version", "is_retired")
    list_filter = ("is_retired",)
    search_fields = ("key", "label", "definition")


@admin.register(LocalTerm)
class LocalTermAdmin(ReadingRoom):
    list_display = ("key", "system", "term", "relation", "element", "version")
    list_filter = ("system", "relation", "is_retired")
    search_fields = ("key", "term", "element", "context")


@admin.register(Mapping)
class MappingAdmin(ReadingRoom):
    list_display = ("key", "label", "entity", "direction", "rules", "version")
    list_filter = ("entity", "direction", "is_retired")
    search_fields = ("key", "label", "entity")


@admin.register(InterfaceControlDocument)
class InterfaceControlDocumentAdmin(ReadingRoom):
    list_display = ("key", "label", "order_policy", "version", "is_retired")
    list_filter = ("order_policy", "is_retired")
    search_fields = ("key", "label")
