from django.urls import path

from hub.api import interfaces, messages, replays

urlpatterns = [
    path("interfaces", interfaces.InterfaceList.as_view(), name="api-interfaces"),
    path("interfaces/<str:key>", interfaces.InterfaceDetail.as_view(), name="api-interface"),
    path("interfaces/<str:key>/drift", interfaces.InterfaceDrift.as_view(), name="api-interface-drift"),
    path("interfaces/<str:key>/pause", interfaces.Pause.as_view(), name="api-interface-pause"),
    path("interfaces/<str:key>/resume", interfaces.Resume.as_view(), name="api-interface-resume"),
    path("messages", messages.MessageList.as_view(), name="api-messages"),
    path("messages/<uuid:message_id>", messages.MessageDetail.as_view(), name="api-message"),
    path("messages/<uuid:message_id>/payload", messages.MessagePayload.as_view(), name="api-payload"),
    path("messages/<uuid:message_id>/reject", messages.Reject.as_view(), name="api-reject"),
    path("deliveries/<uuid:delivery_id>/decision", messages.Decision.as_view(), name="api-decision"),
    path(
        "deliveries/<uuid:delivery_id>/decision/confirm",
        messages.DecisionConfirmed.as_view(),
        name="api-decision-confirm",
    ),
    path("deliveries/<uuid:delivery_id>/cancel", messages.Cancel.as_view(), name="api-cancel"),
    path("replays", replays.ReplayList.as_view(), name="api-replays"),
    path("replays/<uuid:plan_id>", replays.ReplayDetail.as_view(), name="api-replay"),
    path("replays/<uuid:plan_id>/approve", replays.Approve.as_view(), name="api-replay-approve"),
]
