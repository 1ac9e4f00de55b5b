"""What stands around every page: notes in their tone, cookies of one hub only, ids that lead to the log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import AuditEvent
from hub.flow.replaying import replay
from tests.factories.signing import sign_on
from tests.functional.busy import LAB

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]

ROOT = Path(__file__).resolve().parents[3]
REASON = "Asked for by the owner of the laboratory."


def test_a_note_that_is_no_success_carries_no_green_tick(busy, as_person):
    plan = replay.plan(message_ids=[busy.dead], mode="same_bytes", by=busy.cast.olga, reason="The target is mended.")
    quinn, url = as_person("quinn"), reverse("sign", args=["replay", str(plan.id), "approved"])
    quinn.post(url, {"intent": "no intent"})
    signed = sign_on(quinn, url, "quinn")
    done = quinn.get(signed["Location"]).content.decode()
    assert '<div class="notice is-ok" role="status">' in done
    late = quinn.get(reverse("offline")).content.decode()
    assert '<div class="notice is-ok" role="status">' not in late


def test_everything_that_one_request_did_has_one_id(busy, as_person):
    answer = as_person("olga").post(reverse("interface-pause", args=[LAB]), {"reason": REASON})
    event = AuditEvent.objects.get(kind="interface.paused", interface_key=LAB)
    assert event.correlation_id == answer["X-Correlation-Id"]
    assert as_person("olga").get("/")["X-Correlation-Id"] != event.correlation_id


@pytest.mark.parametrize(
    ("instance", "names"), [("", "hub_session hub_csrf"), ("8010", "hub_session_8010 hub_csrf_8010")]
)
def test_two_hubs_on_one_host_have_cookies_of_their_own(instance, names):
    program = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'hub.settings'\n"
        "from django.conf import settings\n"
        "print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "HUB_INSTANCE": instance},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == names


def test_the_navigation_marks_where_one_is(busy, as_person):
    content = as_person("olga").get(reverse("landscape")).content.decode()
    marked = content.split('aria-current="page"')[0].rsplit("<a ", 1)[1]
    assert reverse("landscape") in marked


def test_a_stranger_gets_the_same_answer_for_what_is_there_and_what_is_not(busy):
    there, nowhere = Client().get(reverse("interface", args=[LAB])), Client().get(reverse("interface", args=["IF-999"]))
    assert (there.status_code, nowhere.status_code) == (302, 302)
