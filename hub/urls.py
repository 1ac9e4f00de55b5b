"""Every address of the hub. The intake and the probes answer before this (hub/middleware.py)."""

from django.contrib import admin
from django.urls import include, path, re_path

from hub.api import docs
from hub.api.nowhere import nowhere
from hub.api.schema import Schema

urlpatterns = [
    path("api/v1/", include("hub.api.urls")),
    path("api/schema/", Schema.as_view(), name="api-schema"),
    path("api/docs/", docs.show, name="api-docs"),
    re_path(r"^api/", nowhere),
    path("admin/", admin.site.urls),
    path("", include("hub.console.urls")),
]

handler400 = "hub.console.errors.bad_request"
handler500 = "hub.console.errors.server_error"
