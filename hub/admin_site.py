"""Django's admin as a reading room: regulated tables are looked at here, never written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse


class HubAdminConfig(AdminConfig):
    default_site = "hub.admin_site.HubAdminSite"

    def ready(self) -> None:
        """What Django's own apps register for editing is only read: a role changes with a reason, or not at all."""
        super().ready()
        for model, registered in list(admin.site._registry.items()):
            if not isinstance(registered, ReadOnlyAdmin):
                admin.site.unregister(model)
                admin.site.register(model, ReadOnlyAdmin)


class HubAdminSite(admin.AdminSite):
    site_header = "Interlock"
    site_title = "Interlock"
    index_title = "Reading room"

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Django's form would write a person without a reason, which the guard refuses: it is not offered."""
        raise Http404


class ReadOnlyAdmin(admin.ModelAdmin):
    """Everything may be seen by who has the right; nothing may be added, changed or deleted."""

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
