"""What goes wrong has a page that says what to do next, with the incident id that stands in the log."""

from __future__ import annotations

import logging
import re

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance.console import query
from hub.console.errors import EmptyPages
from hub.console.watching import systems
from tests.functional.busy import LAB

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]

INCIDENT = re.compile(r'Incident <span class="mono"[^>]*>([0-9a-f-]{36})')


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/?colour=blue", "This page has no filter “colour”. It takes none."),
        ("/landscape?tone=blue", "The filter “tone” cannot be “blue”. It takes: bad, warn, mute, ok."),
        ("/landscape?lvl=4&x=1", "This page has no filters “lvl”, “x”. It takes: level, criticality, gxp, tone."),
        ("/interfaces?standing=merry", "The filter “standing” cannot be “merry”."),
        ("/interfaces/IF-001?open=1", "This page has no filter “open”."),
        ("/systems?level=9", "The filter “level” cannot be “9”. It takes: 4, 3, 2, 1, 0."),
        ("/systems/qms?tab=1", "This page has no filter “tab”."),
        ("/deliveries?interface=IF-999", "The filter “interface” cannot be “IF-999”."),
        ("/deliveries?since=yesterday", "The filter “since” cannot be “yesterday”. It takes a time"),
        ("/deliveries?before=1", "The filter “before” cannot be “1”. It takes the id of a row."),
        ("/tries?order=slowest", "This page has no filter “order”."),
        ("/search?qq=lot", "This page has no filter “qq”. It takes: q, all."),
    ],
)
def test_an_unknown_filter_is_refused_by_name(busy, as_person, url, words):
    answer = as_person("olga").get(url)
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "method", "url", "status", "words"),
    [
        ("victor", "get", f"/interfaces/{LAB}/pause", 403, "not operate it"),
        ("olga", "get", "/nowhere", 404, "There is nothing at this address"),
        ("olga", "get", "/connections/qms-rest/check", 405, "This address cannot be used this way"),
        ("olga", "post", "/systems", 405, "This address cannot be used this way"),
    ],
)
def test_a_refusal_says_what_to_do_next_and_stands_in_the_log(busy, as_person, caplog, who, method, url, status, words):
    with caplog.at_level(logging.WARNING, "django.request"):
        answer = getattr(as_person(who), method)(url)
    content = answer.content.decode()
    assert answer.status_code == status
    assert words in content
    assert "Back to the overview" in content
    (incident,) = INCIDENT.findall(content)
    assert answer["X-Correlation-Id"] == incident
    assert any(record.name == "django.request" for record in caplog.records)


def test_a_method_that_is_not_offered_names_those_that_are(busy, as_person):
    assert as_person("olga").post("/systems")["Allow"] == "GET, HEAD"


def test_too_many_requests_say_when_to_try_again(busy, rf):
    """Whoever limits answers 429 without a body; the page is made around it."""
    request = rf.get("/sign-in")
    request.user, request.session = busy.cast.olga, {}
    answer = EmptyPages(lambda _: HttpResponse(status=429, headers={"Retry-After": "60"}))(request)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Wait a few minutes, then try it once more." in answer.content.decode()


def test_an_error_of_the_hub_is_told_without_its_details(busy, as_person, monkeypatch):
    def fails(*args, **kwargs):
        raise ValueError("the password is hunter2")

    monkeypatch.setattr(systems.systems, "listed", fails)
    client = as_person("olga")
    client.raise_request_exception = False
    answer = client.get(reverse("systems"))
    assert answer.status_code == 500
    assert "hunter2" not in answer.content.decode()
    assert INCIDENT.search(answer.content.decode()).group(1) == answer["X-Correlation-Id"]


def test_a_database_that_is_down_is_a_503_that_asks_it_nothing(busy, as_person):
    def down(execute, sql, params, many, context):
        raise OperationalError("could not connect to server")

    client = as_person("olga")
    client.raise_request_exception = False
    with connection.execute_wrapper(down):
        page, data = client.get("/"), client.get("/api/v1/messages")
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "database does not answer" in page.content.decode()
    assert "Try again in half a minute" in page.content.decode()
    assert data.status_code in (500, 503)
    assert data["Content-Type"].startswith("application/problem+json")


def test_maintenance_closes_every_door_but_the_probes(busy, as_person, settings):
    settings.HUB_MAINTENANCE = "The database moves to a new server until 14:00 UTC."
    page = as_person("olga").get("/")
    assert (page.status_code, page["Retry-After"]) == (503, "120")
    assert "moves to a new server until 14:00 UTC" in page.content.decode()
    sent = Client().post(f"/api/v1/interfaces/{LAB}/messages", data="{}", content_type="application/json")
    assert (sent.status_code, sent.json()["code" if "code" in sent.json() else "type"]) == (
        503,
        "urn:interlock:problem:maintenance",
    )
    assert Client().get("/livez").status_code == 200
    assert Client().get("/sign-in").status_code == 503


def test_a_form_that_is_too_old_says_so(busy):
    client = Client(enforce_csrf_checks=True)
    client.force_login(busy.cast.olga, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/interfaces/{LAB}/pause", {"reason": "It must rest."})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


def test_the_catalogue_is_not_there_in_production(busy, as_person, settings):
    assert as_person("olga").get(reverse("catalogue")).status_code == 200
    settings.HUB_ENVIRONMENT = "production"
    assert as_person("olga").get(reverse("catalogue")).status_code == 404


def test_the_offline_page_and_its_worker_open_for_everybody(db):
    assert "cannot be reached" in Client().get("/offline").content.decode()
    assert Client().get("/worker.js")["Content-Type"] == "text/javascript"


def test_a_bad_query_is_refused_with_field_value_and_rule(rf):
    with pytest.raises(query.BadQuery) as refused:
        query.choice(rf.get("/?tone=blue"), "tone", ("", "ok"))
    assert (refused.value.field, refused.value.value, refused.value.rule) == ("tone", "blue", "one of ok")


@pytest.mark.parametrize(
    ("address", "media_type"),
    [("/search?q=%00", "text/html"), ("/api/v1/messages?text=%00", "application/problem+json")],
)
def test_a_nul_is_refused_as_a_page_to_people_and_as_a_problem_to_systems(db, address, media_type):
    answer = Client().get(address)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith(media_type)
    assert "NUL" in answer.content.decode()
