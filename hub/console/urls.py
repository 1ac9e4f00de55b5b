"""Addresses of the pages, by subject."""

from django.urls import include, path

from hub.console import (
    aftermath,  # noqa: F401 - shows beside a change what its releases handled
    catalogue,
    consumers,  # noqa: F401 - tells the dictionary which interfaces run with it
    offline,
    proposal_places,  # noqa: F401 - says where interfaces and connections live
    samples,  # noqa: F401 - offers received payloads to the preview of mappings
    search,
    session,
    story,
    views,
)
from hub.console.account import oidc
from hub.console.mending import doubts, exceptions, replay_plan, replays
from hub.console.record import message_acts, messages, unmasking
from hub.console.trail import audit, clauses, refusals, review
from hub.console.watching import behind, drift, interfaces, landscape, overview, systems

urlpatterns = [
    path("", overview.show, name="overview"),
    path("sign-in", session.SignIn.as_view(), name="sign-in"),
    path("sign-in/code", session.code, name="sign-in-code"),
    path("sign-in/oidc", oidc.start, name="sign-in-oidc"),
    path("sign-in/oidc/back", oidc.back, name="sign-in-oidc-back"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("offline", offline.show, name="offline"),
    path("worker.js", offline.worker, name="worker"),
    path("catalogue", catalogue.show, name="catalogue"),
    path("", include("hub.console.account.urls")),
    path("", include("hub.console.signing.urls")),
    path("search", search.show, name="search"),
    path("landscape", landscape.show, name="landscape"),
    path("interfaces", interfaces.index, name="interfaces"),
    path("interfaces/<str:key>", interfaces.show, name="interface"),
    path("interfaces/<str:key>/pause", interfaces.pause, name="interface-pause"),
    path("interfaces/<str:key>/resume", interfaces.resume, name="interface-resume"),
    path("messages", messages.index, name="messages"),
    path("messages/<uuid:message_id>", messages.show, name="message"),
    path("messages/<uuid:message_id>/reject", message_acts.reject, name="message-reject"),
    path("messages/<uuid:message_id>/unmask/<str:stage>", unmasking.unmask, name="message-unmask"),
    path("messages/<uuid:message_id>/mask/<str:stage>", unmasking.mask_again, name="message-mask"),
    path("deliveries/<uuid:delivery_id>/cancel", message_acts.cancel, name="delivery-cancel"),
    path("deliveries/<uuid:delivery_id>/decide", doubts.decide, name="delivery-decide"),
    path("deliveries", behind.deliveries, name="deliveries"),
    path("tries", behind.tries, name="tries"),
    path("exceptions", exceptions.index, name="exceptions"),
    path("exceptions/<str:fingerprint>/assign", exceptions.assign, name="exceptions-assign"),
    path("exceptions/<str:fingerprint>/link", exceptions.link, name="exceptions-link"),
    path("replays", replays.index, name="replays"),
    path("replays/new", replay_plan.new, name="replay-new"),
    path("replays/<uuid:plan_id>/stop", replays.stop, name="replay-stop"),
    path("replays/<uuid:plan_id>", replays.show, name="replay"),
    path("systems", systems.index, name="systems"),
    path("systems/<str:key>", systems.show, name="system"),
    path("connections/<str:key>", systems.connection, name="connection"),
    path("connections/<str:key>/check", systems.check, name="connection-check"),
    path("audit", audit.index, name="audit"),
    path("audit/<uuid:event_id>", audit.show, name="audit-event"),
    path("clauses", clauses.show, name="clauses"),
    path("review", review.index, name="review"),
    path("review/<uuid:review_id>", review.show, name="review-one"),
    path("trail/<str:kind>/<str:key>", story.show, name="story"),
    path("refusals", refusals.index, name="refusals"),
    path("drift", drift.index, name="drift"),
    path("views/save", views.save, name="view-save"),
    path("views/<uuid:view_id>/forget", views.forget, name="view-forget"),
    path("", include("dictionary.console.urls")),
    path("", include("governance.console.urls")),
]
