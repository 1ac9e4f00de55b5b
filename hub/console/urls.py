"""Addresses of the pages, by subject."""

from django.urls import include, path

from hub.console import (
    audit,
    exceptions,
    interfaces,
    messages,
    overview,
    replays,
    samples,  # noqa: F401 - offers received payloads to the preview of mappings
    search,
    session,
    systems,
)

urlpatterns = [
    path("", overview.show, name="overview"),
    path("sign-in", session.SignIn.as_view(), name="sign-in"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("search", search.show, name="search"),
    path("interfaces", interfaces.index, name="interfaces"),
    path("interfaces/<str:key>", interfaces.show, name="interface"),
    path("interfaces/<str:key>/pause", interfaces.pause, name="interface-pause"),
    path("interfaces/<str:key>/resume", interfaces.resume, name="interface-resume"),
    path("messages", messages.index, name="messages"),
    path("messages/<uuid:message_id>", messages.show, name="message"),
    path("messages/<uuid:message_id>/reject", messages.reject, name="message-reject"),
    path("deliveries/<uuid:delivery_id>/cancel", messages.cancel, name="delivery-cancel"),
    path("deliveries/<uuid:delivery_id>/decide", exceptions.decide, name="delivery-decide"),
    path("exceptions", exceptions.index, name="exceptions"),
    path("replays", replays.index, name="replays"),
    path("replays/new", replays.new, name="replay-new"),
    path("replays/<uuid:plan_id>", replays.show, name="replay"),
    path("replays/<uuid:plan_id>/approve", replays.approve, name="replay-approve"),
    path("systems", systems.index, name="systems"),
    path("systems/<str:key>", systems.show, name="system"),
    path("connections/<str:key>/check", systems.check, name="connection-check"),
    path("audit", audit.index, name="audit"),
    path("", include("dictionary.console.urls")),
]
