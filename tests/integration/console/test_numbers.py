"""Every number of the overview leads to exactly the rows that it counts."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from governance.changes import CURRENT, propose
from governance.changes.operation import Operation
from hub import objectives
from hub.flow.replaying.replay_items import cancel
from hub.models import Delivery
from hub.permissions import visible_interfaces
from hub.selectors.mending import exceptions
from hub.selectors.watching import behind, interfaces, overview, traffic
from hub.selectors.watching.behind import Window
from hub.selectors.watching.operation import operation
from tests.factories.world import interface, release
from tests.functional.busy import AIR, LAB, ORDERS
from tests.integration.test_replay_again import refused

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]


@pytest.fixture
def figures(busy):
    rows = interfaces.health(busy.cast.olga)
    return overview.figures(rows, traffic.sample([row.key for row in rows]))


def test_what_was_delivered_is_as_many_rows(busy, figures):
    assert behind.arrived(busy.cast.olga, Window()).total == figures.delivered > 600
    seen, before = set(), None
    while (found := behind.arrived(busy.cast.olga, Window(interface=LAB), before=before)).rows:
        seen |= {row.id for row in found.rows}
        before = found.following
        if before is None:
            break
    (health,) = [row for row in interfaces.health(busy.cast.olga) if row.key == LAB]
    assert len(seen) == health.delivered


def test_what_waits_is_as_many_rows(busy, figures):
    found = behind.waiting(busy.cast.olga, Window())
    assert found.total == figures.backlog == len(found.rows) > 0
    assert {row.interface_key for row in found.rows} == {ORDERS, AIR}


def test_the_exceptions_are_as_many_rows(busy, figures):
    assert sum(group.count for group in exceptions.groups(busy.cast.olga)) == figures.exceptions == 8


def test_what_a_retired_interface_has_left_open_is_counted_until_it_is_settled(client, world):
    """Nothing is lost from sight: overview, metrics, sidebar and list say the same number."""
    release(("interface", interface(gxp=False)))
    ids = refused(client, world, 1, 2)
    change = Operation("interface", "IF-001", None, CURRENT)
    propose(operations=[change], title="Retire it", by=world.cast.olga, reason="Its system is taken out of use.")
    olga = world.cast.olga
    rows = interfaces.health(olga)
    told = next(one for one in operation() if one.key == "IF-001")
    assert (
        overview.figures(rows, []).exceptions
        == told.by_state["dead"]
        == exceptions.count(visible_interfaces(olga))
        == 2
    )
    client.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("interface", args=["IF-001"])).status_code == 200
    assert "Retired" in client.get(reverse("interfaces")).content.decode()
    for delivery in Delivery.objects.filter(message_id__in=ids):
        cancel(delivery_id=delivery.id, by=olga, reason="Its target is gone.")
    assert interfaces.health(olga) == operation() == []


def test_the_last_value_of_the_backlog_is_the_backlog(busy, figures):
    keys = [row.key for row in interfaces.health(busy.cast.olga)]
    assert traffic.backlog_by_hour(keys)[-1] == figures.backlog


def test_the_hours_of_a_chart_are_as_many_rows(busy, as_person):
    """Each number in the tables below the charts is followed, and the list says the same number."""
    client = as_person("olga")
    content = client.get(reverse("overview")).content.decode()
    links = re.findall(r'<td class="right num"><a href="(/(?:deliveries|tries)\?[^"]+)">([\d,]+)</a></td>', content)
    throughput = [(unescape(url), number) for url, number in links if "order=" not in url]
    assert len(throughput) > 20
    for url, number in throughput:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert f"<h1>{number} " in answer.content.decode(), url


def test_a_zero_is_grey_and_leads_nowhere(busy, as_person):
    content = as_person("olga").get(reverse("interface", args=["IF-005"])).content.decode()
    assert '<span class="dim">0</span>' in content


def test_only_rows_of_ones_own_interfaces_stand_there(busy, as_person):
    rick = behind.arrived(busy.cast.rick, Window()).total
    assert rick == behind.arrived(busy.cast.olga, Window()).total  # the quiet interface delivered nothing
    assert as_person("rick").get(reverse("deliveries") + "?interface=IF-005").status_code == 400


def test_an_objective_comes_from_the_interface_or_from_the_hub(settings):
    settings.HUB_OBJECTIVE_P95_MS = 4000
    assert (objectives.of({}).p95_ms, objectives.of({}).p95_origin) == (4000, "default of this hub")
    own = objectives.of({"objective": {"p95_ms": 800}})
    assert (own.p95_ms, own.p95_origin) == (800, "set in its release")
    assert own.backlog_origin == "default of this hub"


def test_targets_say_where_they_come_from(busy, as_person):
    content = as_person("olga").get(reverse("overview")).content.decode()
    assert "Target ≤ 5.0 s, default of this hub" in content
    assert "Target ≥ 95 %, default of this hub" in content


@pytest.mark.parametrize("name", ["deliveries", "tries"])
def test_a_list_behind_a_number_says_the_time_that_it_was_asked_for(busy, as_person, name):
    def headed(query: str) -> str:
        answer = as_person("olga").get(f"{reverse(name)}{query}")
        assert answer.status_code == 200
        return " ".join(re.search(r"<h1>(.*?)</h1>", answer.content.decode(), re.DOTALL)[1].split())

    assert headed("").endswith("in the last 24 hours")
    assert headed(f"?interface={LAB}").endswith("in the last 24 hours")
    for query in (
        "?since=2026-11-21T14:00",
        "?until=2126-11-21T15:00",
        "?since=2026-11-21T14:00&until=2126-11-21T15:00",
    ):
        assert headed(query).endswith("in the time asked for")
