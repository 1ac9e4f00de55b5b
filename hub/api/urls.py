"""Addresses below /api/v1/: those of each floor, and the hub's own."""

from django.urls import include, path

from governance.api.urls import controlled
from hub.api import (
    audit_events,
    connections,
    deliveries,
    delivery_list,
    dry_runs,
    exceptions,
    interfaces,
    messages,
    replays,
    search,
    unmasking,
)
from hub.api.interfaces import INTERFACES

urlpatterns = [
    path("", include("governance.api.urls")),
    path("", include("dictionary.api.urls")),
    *controlled(connections.CONNECTIONS),
    path("connections/<str:key>/check", connections.Check.as_view(), name="api-connection-check"),
    path("interfaces", interfaces.InterfaceList.as_view(), name="api-interfaces"),
    path("interfaces/<str:key>", interfaces.InterfaceDetail.as_view(collection=INTERFACES), name="api-interface"),
    path("interfaces/<str:key>/drift", interfaces.InterfaceDrift.as_view(), name="api-interface-drift"),
    path("interfaces/<str:key>/pause", interfaces.Pause.as_view(), name="api-interface-pause"),
    path("interfaces/<str:key>/resume", interfaces.Resume.as_view(), name="api-interface-resume"),
    path("drift", interfaces.DriftList.as_view(), name="api-drift"),
    path("messages", messages.MessageList.as_view(), name="api-messages"),
    path("messages/<uuid:message_id>", messages.MessageDetail.as_view(), name="api-message"),
    path("messages/<uuid:message_id>/payload", messages.MessagePayload.as_view(), name="api-payload"),
    path("messages/<uuid:message_id>/reject", messages.Reject.as_view(), name="api-reject"),
    path("messages/<uuid:message_id>/unmask", unmasking.Unmask.as_view(), name="api-unmask"),
    path("exceptions", exceptions.ExceptionList.as_view(), name="api-exceptions"),
    path("exceptions/<str:fingerprint>", exceptions.ExceptionItems.as_view(), name="api-exception"),
    path("exceptions/<str:fingerprint>/assign", exceptions.Assign.as_view(), name="api-exception-assign"),
    path("exceptions/<str:fingerprint>/link", exceptions.Link.as_view(), name="api-exception-link"),
    path("deliveries", delivery_list.DeliveryList.as_view(), name="api-deliveries"),
    path("deliveries/<uuid:delivery_id>", delivery_list.DeliveryDetail.as_view(), name="api-delivery"),
    path("deliveries/<uuid:delivery_id>/decision", deliveries.Decision.as_view(), name="api-decision"),
    path(
        "deliveries/<uuid:delivery_id>/decision/confirm",
        deliveries.DecisionConfirmed.as_view(),
        name="api-decision-confirm",
    ),
    path("deliveries/<uuid:delivery_id>/cancel", deliveries.Cancel.as_view(), name="api-cancel"),
    path("replays", replays.ReplayList.as_view(), name="api-replays"),
    path("replays/dry-run", dry_runs.DryRuns.as_view(), name="api-replay-dry-run"),
    path("replays/<uuid:plan_id>", replays.ReplayDetail.as_view(), name="api-replay"),
    path("replays/<uuid:plan_id>/approve", replays.Approve.as_view(), name="api-replay-approve"),
    path("replays/<uuid:plan_id>/stop", replays.Stop.as_view(), name="api-replay-stop"),
    path("search", search.Search.as_view(), name="api-search"),
    path("audit-events", audit_events.EventList.as_view(), name="api-audit-events"),
    path("audit-events/<uuid:event_id>", audit_events.EventDetail.as_view(), name="api-audit-event"),
]
