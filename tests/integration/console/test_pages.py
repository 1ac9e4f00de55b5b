"""Each page opens for who may see it, to nobody else, and its lists take a fixed number of queries."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from dictionary.models import Mapping
from dictionary.selectors import mappings
from hub.models import Delivery, MessageState, ReplayPlan
from tests.factories.world import sample
from tests.functional.busy import LAB, QUIET, send

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]


def pages(busy) -> list[str]:
    message = [busy.delivered]
    return [
        reverse("overview"),
        reverse("interfaces"),
        reverse("interfaces") + "?tone=warn&q=lab",
        reverse("interface", args=[LAB]),
        reverse("interface-pause", args=[LAB]),
        reverse("messages"),
        reverse("messages") + f"?state=dead&open={busy.dead}",
        reverse("messages") + "?since=2026-11-21&state=dead&exceptions=yes&reason=rejected",
        reverse("message", args=message),
        *[
            reverse("message", args=message) + f"?stage={stage}"
            for stage in ("received", "canonical", "sent", "difference")
        ],
        reverse("message", args=[busy.quarantined]) + "?stage=canonical",
        reverse("message", args=[busy.doubtful]),
        reverse("message-reject", args=[busy.quarantined]),
        reverse("exceptions"),
        reverse("replays"),
        reverse("systems"),
        reverse("system", args=["qms"]),
        reverse("system", args=["old"]),
        reverse("audit"),
        reverse("audit") + "?actor=Olga&kind=interface.paused&subject=IF-004&text=Sensors",
        reverse("search"),
        reverse("search") + "?q=24-11",
        reverse("dictionary"),
        *[reverse("dictionary") + f"?part={part}" for part in ("entities", "code-lists", "terms")],
        reverse("dictionary") + "?q=defect",
        reverse("element", args=["verdict"]),
        reverse("entity", args=["result"]),
        reverse("entity-schema", args=["result"]),
        reverse("code-list", args=["verdict"]),
        reverse("mappings"),
        reverse("mapping", args=["lims-result"]),
        reverse("mapping-preview", args=["lims-result"]),
    ]


def test_every_page_opens_for_an_operator(busy, as_person):
    client = as_person("olga")
    for url in pages(busy):
        assert client.get(url).status_code == 200, url


def test_every_page_asks_a_stranger_to_sign_in(busy):
    for url in pages(busy):
        answer = Client().get(url)
        assert answer.status_code == 302, url
        assert answer["Location"].startswith(reverse("sign-in")), url


def test_an_interface_of_others_does_not_exist(busy, as_person):
    """Rick may not see the quiet one: its page, its messages and its name are nowhere."""
    client, hidden = as_person("rick"), send(QUIET, {**sample(0), "sample": "SECRET-9"})[0]
    for url in (
        reverse("interface", args=[QUIET]),
        reverse("interface-pause", args=[QUIET]),
        reverse("message", args=[hidden]),
        reverse("messages") + f"?open={hidden}",
    ):
        answer = client.get(url)
        assert answer.status_code == 404, url
        assert b"SECRET-9" not in answer.content
    for url in (
        reverse("messages"),
        reverse("search") + "?q=SECRET",
        reverse("overview"),
        reverse("interfaces"),
    ):
        content = client.get(url).content
        assert b"SECRET-9" not in content, url
        assert b"Yearly calibration" not in content, url


def test_what_is_not_allowed_stays_visible_with_the_sentence_why(busy, as_person):
    content = as_person("victor").get(reverse("interface", args=[LAB])).content.decode()
    assert "disabled" in content
    assert "You may look at IF-001, but not operate it." in content


def test_payloads_are_closed_without_the_right_to_read_them(busy, as_person):
    client = as_person("victor")
    content = client.get(reverse("message", args=[busy.delivered]) + "?stage=received").content.decode()
    assert "mg/dL" not in content
    assert "not at their content" in content
    assert (
        client.post(reverse("mapping-preview", args=["lims-result"]), {"message": str(busy.delivered)}).status_code
        == 422
    )


def test_lists_take_the_same_number_of_queries_however_long_they_are(busy, as_person, django_assert_max_num_queries):
    client = as_person("olga")
    for url, most in (
        ("overview", 45),
        ("interfaces", 30),
        ("messages", 25),
        ("exceptions", 25),
        ("audit", 20),
        ("systems", 15),
    ):
        client.get(reverse(url))
        with django_assert_max_num_queries(most) as few:
            client.get(reverse(url))
        send(
            LAB,
            *[sample(500 + i, lot=f"Q-{url}-{i}", sample=f"{url}-{i}", verdict="MAYBE") for i in range(8)],
        )
        with django_assert_max_num_queries(len(few.captured_queries)):
            client.get(reverse(url))


def test_a_stored_script_is_shown_as_text(busy, as_person):
    script = "<script>alert(1)</script>"
    message = send(LAB, sample(99, lot=script, sample=script, verdict=script))[0]
    for url in (
        reverse("messages"),
        reverse("message", args=[message]) + "?stage=received",
        reverse("exceptions"),
    ):
        assert script not in as_person("olga").get(url).content.decode(), url


def test_pages_hold_no_inline_script_or_style(busy, as_person):
    client = as_person("olga")
    for url in pages(busy):
        content = client.get(url).content.decode()
        assert " style=" not in content, url
        assert "<script>" not in content, url
        assert " onclick" not in content, url


def test_the_world_holds_one_of_each_fate(busy):
    assert set(Delivery.objects.values_list("state", flat=True)) >= {"dead", "in_doubt"}
    assert MessageState.objects.filter(state="quarantined").count() == 4
    assert not ReplayPlan.objects.exists()


def test_the_rules_of_a_mapping_name_the_table_of_a_lookup():
    rule = {"target": "characteristic", "lookup": {"name": "analytes", "path": "$.analyte"}}
    (line,) = mappings.rule_lines(Mapping(key="lims-result", content={"rules": [rule]}))
    assert line.steps == ("looked up in the table “analytes”",)
