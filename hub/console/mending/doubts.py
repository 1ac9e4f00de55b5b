"""What is in doubt: one person says what they found at the target, a second one decides."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from governance.errors import NotAllowed
from governance.models import AuditEvent
from hub.console.doors import act, identity, page
from hub.console.forms import ConfirmForm, DecisionForm
from hub.console.record.message_access import delivery_for
from hub.models import Delivery, Message
from hub.permissions import check_may_approve, check_may_operate, interface_for
from hub.selectors.mending import exceptions
from hub.selectors.record import masking
from hub.services import decisions


@require_http_methods(["GET", "HEAD", "POST"])
@page
def decide(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """What is in doubt: one person says what they found at the target, a second one decides."""
    delivery = delivery_for(request.user, delivery_id)
    check_may_approve(request.user, interface_for(request.user, delivery.interface_key))
    proposed = exceptions.proposed_decision(delivery)
    if proposed is None:
        return _propose(request, delivery)
    if proposed.actor_id == str(request.user.pk):
        raise NotAllowed("A second person must decide this: you said yourself what was found.")
    return _confirm(request, delivery, proposed)


def _propose(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    check_may_operate(request.user, interface_for(request.user, delivery.interface_key))
    shown = {
        "says": "The answer of the target was lost, so the record may or may not stand there. "
        "Look at the target, say what you found, and a second person decides. Nothing is sent before that.",
        "button": "Put it to a second person",
    }
    return act(
        request,
        name="delivery.propose",
        subject=("delivery", str(delivery.id)),
        do=lambda **given: decisions.propose(delivery_id=delivery.id, **given),
        done="Said. A second person can decide it now.",
        shown=shown | _around(delivery),
        back=reverse("message", args=[delivery.message_id]),
        form=DecisionForm,
    )


def _confirm(request: HttpRequest, delivery: Delivery, proposed: AuditEvent) -> HttpResponse:
    """The form carries the id of the proposal that the page shows: the click confirms that one or none."""
    words = dict(DecisionForm.DECISIONS)[proposed.facts["decision"]]
    said = [("Their reason", proposed.reason), ("Id at the target", proposed.facts["external_id"] or "—")]
    shown = {
        "says": f"{proposed.actor['name']} looked at the target and said: “{words}”.",
        "hidden": [("proposal", proposed.id)],
        "button": "Decide so",
    }
    return act(
        request,
        name="delivery.resolve",
        subject=("delivery", str(delivery.id)),
        do=lambda **given: decisions.confirm(
            delivery_id=delivery.id, proposal=identity(request.POST.get("proposal", "")), **given
        ),
        done="Decided. It stands in the audit trail with both names.",
        shown=shown | _around(delivery, said),
        back=reverse("message", args=[delivery.message_id]),
        form=ConfirmForm,
    )


def _around(delivery: Delivery, said: Sequence[tuple[str, str]] = ()) -> dict[str, object]:
    """Which record both persons have to look for at the target, and what was ``said`` about it."""
    key = Message.objects.values_list("business_key", flat=True).get(id=delivery.message_id)
    name = masking.mask_of(delivery.release_id).key("business_key", key) or str(delivery.message_id)
    sent = f"{delivery.first_tried_at:%Y-%m-%d %H:%M:%S} UTC" if delivery.first_tried_at else "—"
    group = f"{reverse('exceptions')}?{urlencode({'interface': delivery.interface_key})}"
    return {
        "title": f"In doubt: {name}, {delivery.route_key}",
        "facts": [
            ("Record", name),
            ("Sent over", delivery.connection_key),
            ("First sent", sent),
            ("Our key", delivery.idempotency_key),
            *said,
        ],
        "crumbs": [
            ("Exceptions", reverse("exceptions")),
            (delivery.interface_key, group),
            (name, reverse("message", args=[delivery.message_id])),
        ],
    }
