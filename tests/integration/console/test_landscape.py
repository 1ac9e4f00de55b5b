"""The landscape: what is connected with what, as far as the reader may see it, narrowed by filters."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from hub.selectors.watching import behind, interfaces
from hub.selectors.watching.behind import Window
from hub.selectors.watching.landscape import Filter, landscape
from tests.functional.busy import AIR, LAB, ORDERS, QUIET

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]


def seen(user, **wanted):
    return landscape(user, interfaces.health(user), Filter(**wanted))


def keys(found) -> set[str]:
    return {flow.interface_key for flow in found.flows}


def test_filters_take_flows_and_the_systems_at_their_ends(busy):
    olga = busy.cast.olga
    assert keys(seen(olga, tone="mute")) == {AIR, QUIET}
    assert keys(seen(olga, gxp=True)) == {LAB}
    assert keys(seen(olga, level=1)) == {AIR}
    assert keys(seen(olga, criticality="low")) == set()
    assert {one.key for one in seen(olga, level=1).systems} == {"air", "qms"}


def test_what_is_left_out_on_purpose_stands_there_until_something_is_filtered(busy):
    assert "old" in {one.key for one in seen(busy.cast.olga).systems}
    assert "old" not in {one.key for one in seen(busy.cast.olga, gxp=True).systems}


def test_a_line_counts_what_went_over_its_own_connection(busy):
    flows = {(flow.interface_key, flow.target): flow.delivered for flow in seen(busy.cast.olga).flows}
    assert set(flows) >= {(ORDERS, "erp"), (ORDERS, "qms")}
    assert sum(n for (key, _), n in flows.items() if key == ORDERS) == next(
        row.delivered for row in interfaces.health(busy.cast.olga) if row.key == ORDERS
    )


def test_the_number_of_a_line_is_as_many_rows(busy):
    for flow in seen(busy.cast.olga).flows:
        found = behind.arrived(busy.cast.olga, Window(interface=flow.interface_key, system=flow.target))
        assert found.total == flow.delivered, flow


def test_an_interface_of_others_is_not_drawn(busy):
    assert QUIET not in keys(seen(busy.cast.rick))
    assert QUIET in keys(seen(busy.cast.olga))


def test_every_node_and_every_line_is_a_link_with_a_name(busy, as_person):
    content = as_person("olga").get(reverse("landscape")).content.decode()
    drawn = re.findall(r'<a class="(edge|node)[^"]*" href="([^"]+)"\s+aria-label="([^"]+)"', content)
    found = seen(busy.cast.olga)
    assert len(drawn) == 2 * (len(found.flows) + len(found.systems)), "wide and narrow"
    assert all(address.startswith(("/interfaces/", "/systems/")) and name for _, address, name in drawn)


def test_the_table_says_the_same_as_the_drawing(busy, as_person):
    content = as_person("olga").get(reverse("landscape")).content.decode()
    table = content.split('aria-label="Paths, table"')[1]
    assert table.count("<tr>") - 1 == len(seen(busy.cast.olga).flows)
