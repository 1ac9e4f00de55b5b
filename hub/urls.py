"""Every address of the hub. The intake and the probes answer before this (hub/middleware.py)."""

from django.contrib import admin
from django.urls import include, path, re_path

from hub.api.nowhere import nowhere

urlpatterns = [
    path("api/v1/", include("hub.api.urls")),
    re_path(r"^api/", nowhere),
    path("admin/", admin.site.urls),
    path("", include("hub.console.urls")),
]
