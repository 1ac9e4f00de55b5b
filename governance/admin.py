"""The law's tables in the reading room."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import Group

from governance import change_admin, change_rooms  # noqa: F401 - the rooms of change control
from governance.models import (
    Attestation,
    AuditEvent,
    EffectiveRevision,
    LedgerEntry,
    Membership,
    Person,
    PersonObjectPermission,
    PersonPermission,
    Refusal,
    Revision,
    RoleObjectPermission,
    ServiceAccount,
    ServiceToken,
    System,
)
from governance.models.change_request import ChangeCounter
from governance.reading.filters import Since
from governance.reading.room import ReadingRoom, long_text

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReadingRoom):
    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Person)
class PersonAdmin(ReadingRoom):
    list_display = ("username", "full_name", "title", "is_active", "is_staff", "is_superuser", "joined_at")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "full_name", "email")
    date_hierarchy = "joined_at"
    ordering = ("username",)


@admin.register(Membership)
class MembershipAdmin(ReadingRoom):
    list_display = ("person", "group")
    list_select_related = ("person", "group")
    list_filter = ("group",)
    search_fields = ("person__username", "person__full_name", "group__name")
    ordering = ("person__username", "group__name")


@admin.register(PersonPermission)
class PersonPermissionAdmin(ReadingRoom):
    list_display = ("person", "codename")
    list_select_related = ("person", "permission")
    search_fields = ("person__username", "permission__codename")
    ordering = ("person__username",)

    @admin.display(description="right", ordering="permission__codename")
    def codename(self, row: PersonPermission) -> str:
        return row.permission.codename


class _ObjectPermissionAdmin(ReadingRoom):
    """Rights on single objects: the object is told by table and id."""

    @admin.display(description="right", ordering="permission__codename")
    def codename(self, row: PersonObjectPermission) -> str:
        return row.permission.codename

    @admin.display(description="table", ordering="content_type__model")
    def table(self, row: PersonObjectPermission) -> str:
        return row.content_type.model


@admin.register(PersonObjectPermission)
class PersonObjectPermissionAdmin(_ObjectPermissionAdmin):
    list_display = ("user", "codename", "table", "object_pk")
    list_select_related = ("user", "permission", "content_type")
    search_fields = ("user__username", "permission__codename", "object_pk")
    ordering = ("user__username",)


@admin.register(RoleObjectPermission)
class RoleObjectPermissionAdmin(_ObjectPermissionAdmin):
    list_display = ("group", "codename", "table", "object_pk")
    list_select_related = ("group", "permission", "content_type")
    list_filter = ("group",)
    search_fields = ("group__name", "permission__codename", "object_pk")
    ordering = ("group__name",)


@admin.register(ServiceAccount)
class ServiceAccountAdmin(ReadingRoom):
    list_display = ("key", "label", "system", "is_active")
    list_select_related = ("system",)
    list_filter = ("is_active",)
    search_fields = ("key", "label", "system__key")
    ordering = ("key",)


@admin.register(ServiceToken)
class ServiceTokenAdmin(ReadingRoom):
    list_display = ("hint", "account", "expires_at", "revoked_at")
    list_select_related = ("account",)
    search_fields = ("hint", "account__key")
    date_hierarchy = "expires_at"
    ordering = ("-expires_at",)


@admin.register(System)
class SystemAdmin(ReadingRoom):
    list_display = ("key", "label", "category", "level", "owner", "criticality", "is_gxp", "is_excluded", "version")
    list_filter = ("category", "level", "criticality", "is_gxp", "is_excluded", "is_retired")
    search_fields = ("key", "label", "owner")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadingRoom):
    said = long_text("sentence")
    list_display = ("recorded_at", "kind", "said", "actor_id", "subject_kind", "subject_id", "interface_key")
    list_filter = (Since,)
    found_by = ("id", "kind", "actor_id", "subject_id", "correlation_id", "ticket")
    ordering = ("-id",)


@admin.register(Refusal)
class RefusalAdmin(ReadingRoom):
    """What was refused, without the value: it may be that of a payload."""

    hidden = ("value", "sentence")
    list_display = ("recorded_at", "act", "status", "actor_id", "subject_kind", "subject_id", "field")
    list_filter = (Since,)
    found_by = ("id", "act", "actor_id", "subject_id", "correlation_id")
    ordering = ("-id",)


@admin.register(Attestation)
class AttestationAdmin(ReadingRoom):
    list_display = ("recorded_at", "meaning", "subject_kind", "subject_id", "person_id")
    list_filter = (Since,)
    found_by = ("id", "subject_id", "person_id")
    ordering = ("-id",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadingRoom):
    """What rows were is in their history, for those who may see it."""

    hidden = ("old", "new")
    plural = "ledger entries"
    list_display = ("number", "recorded_at", "kind", "table_name", "row_key", "operation", "size")
    list_filter = (Since, "kind", "operation")
    found_by = ("row_key", "root")
    ordering = ("-number",)


@admin.register(ChangeCounter)
class ChangeCounterAdmin(ReadingRoom):
    list_display = ("year", "last")
    ordering = ("-year",)


@admin.register(Revision)
class RevisionAdmin(ReadingRoom):
    list_display = ("kind", "key", "version", "change", "effective_at", "digest")
    list_select_related = ("change",)
    list_filter = ("kind",)
    search_fields = ("key", "digest", "change__number")
    date_hierarchy = "effective_at"
    ordering = ("-id",)


@admin.register(EffectiveRevision)
class EffectiveRevisionAdmin(ReadingRoom):
    list_display = ("kind", "key", "revision")
    list_select_related = ("revision",)
    list_filter = ("kind",)
    search_fields = ("key",)
    ordering = ("kind", "key")
