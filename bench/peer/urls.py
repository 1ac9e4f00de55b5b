"""One address."""

from django.urls import path

from bench.peer.views import Messages

urlpatterns = [path("messages/", Messages.as_view())]
