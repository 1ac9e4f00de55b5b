"""Every address of the hub. The intake and the probes answer before this (hub/middleware.py)."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("hub.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("hub.console.urls")),
]
