"""The reading room in both themes and widths: accessible, without a policy error, never wider than the screen."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.models import Person
from hub.admin_site import OURS
from hub.models import Delivery, Interface, Message
from tests.functional.looking import look_at

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.req("M3.6"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def reader(busy):
    with change(by=DEMONSTRATION, reason="Reads in Django's admin"):
        busy.cast.victor.is_staff = busy.cast.victor.is_superuser = True
        busy.cast.victor.save()
    return busy.cast.victor


def place(model, view: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def pages(reader) -> dict[str, str]:
    """Name of the picture → address: the index, each app, and of some tables a list, an object and its history."""
    found = {"admin": reverse("admin:index")}
    found |= {f"admin-{app}": reverse("admin:app_list", args=[app]) for app in (*OURS, "auth")}
    for model, row in ((Person, reader), (Interface, Interface.objects.first()), (Message, Message.objects.first())):
        name = f"admin-{model._meta.model_name}"
        found[f"{name}-list"] = place(model, "changelist")
        found[name] = place(model, "change", row.pk)
        found[f"{name}-history"] = place(model, "history", row.pk)
    found["admin-delivery-filtered"] = place(Delivery, "changelist") + "?state=dead&since=hour"
    found["admin-message-found"] = place(Message, "changelist") + "?q=nothing"
    return found


def test_the_reading_room_is_accessible_and_clean(visit, reader):
    look_at(visit("victor"), pages(reader))


def test_a_list_is_read_on_a_telephone_without_being_pushed_about(visit, reader):
    """Each row is a card, and each value says its column."""
    seen = visit("victor")
    for width, is_card in ((390, True), (1200, False)):
        seen.page.set_viewport_size({"width": width, "height": 844})
        seen.page.goto(seen.url + place(Message, "changelist"))
        pushed, said = seen.page.evaluate(
            """() => {
              const box = document.querySelector(".results"), cell = box.querySelector("tbody td");
              return [box.scrollWidth > box.clientWidth, getComputedStyle(cell, "::before").content];
            }"""
        )
        assert not (is_card and pushed)
        assert said.startswith('"') == is_card, said


def test_no_list_breaks_the_policy(visit, reader):
    """Each list has filters and columns of its own."""
    seen, broken = visit("victor"), []
    for model in admin.site._registry:
        seen.page.goto(seen.url + place(model, "changelist"))
        broken += [f"{model._meta.label}: {line}" for line in seen.errors]
        seen.errors.clear()
    assert len(admin.site._registry) > 40
    assert not broken, "\n".join(broken)
