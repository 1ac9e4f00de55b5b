"""The site of Django's admin: a reading room (governance/reading). Regulated tables are looked at, never written."""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

OURS = ("governance", "dictionary", "connectors", "hub")


class HubAdminConfig(AdminConfig):
    default_site = "hub.admin_site.HubAdminSite"

    def ready(self) -> None:
        """Tables of ours that nobody described get a plain room; tables of others, roles apart, are not shown.

        What other apps register could be written, and holds sessions and the seeds of second factors.
        """
        from django.contrib.auth.models import Group  # models are not there when this file is read

        from governance.reading.room import plain

        super().ready()
        for model in list(admin.site._registry):
            if model._meta.app_label not in OURS and model is not Group:
                admin.site.unregister(model)
        for label in OURS:
            for model in apps.get_app_config(label).get_models():
                if not admin.site.is_registered(model) and not hasattr(model, "tracked_fields"):
                    admin.site.register(model, plain(model))


class HubAdminSite(admin.AdminSite):
    site_header = "Interlock"
    site_title = "Interlock"
    index_title = "Reading room"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Who is staff, who reads the whole audit trail (auditors and administrators, by their role), and who works on
        changes. Each table asks for its own right beside this.
        """
        from governance.changes.visibility import may_look  # models are not there when this file is read
        from governance.permissions import holds_everywhere

        if super().has_permission(request) or holds_everywhere(request.user, "governance.view_auditevent"):
            return True
        return may_look(request.user)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One door for all: the console's, with its second factor and its record of who came."""
        if request.user.is_authenticated:
            raise PermissionDenied
        following = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': following})}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> NoReturn:
        """Signing out is the console's too; it is recorded there."""
        raise Http404

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> NoReturn:
        """Django's form would write a person without a reason, which the guard refuses: it is not offered."""
        raise Http404
