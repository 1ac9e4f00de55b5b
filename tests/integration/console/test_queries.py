"""How many queries each page takes: a fixed number, however many rows it shows.

Counted beyond those of the frame (session, person, navigation), which the catalogue has and nothing else.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.world import release, sample
from tests.functional.busy import LAB, send, system

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]

QUERIES = {  # address → queries; a change here is a decision, not an accident
    "overview": 19,
    "landscape": 12,
    "interfaces": 9,
    "systems": 3,
    "deliveries": 8,
    "deliveries?state=waiting": 10,
    "deliveries?order=slowest": 6,
    "tries": 8,
    "search?q=s": 37,
}


def address(name: str) -> str:
    path, _, query = name.partition("?")
    return reverse(path) + (f"?{query}" if query else "")


def taken(client: Client, url: str) -> int:
    client.get(url)  # what is read once a process is not the page's
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200, url
    return len(captured)


def counted(client: Client) -> dict[str, int]:
    frame = taken(client, reverse("catalogue"))
    return {name: taken(client, address(name)) - frame for name in QUERIES}


def more() -> None:
    """Many more of everything that the lists show."""
    send(LAB, *[sample(500 + i, lot=f"Q-{i}", verdict="MAYBE") for i in range(20)])
    release(*[system(f"site-{i}", f"Site {i}", "mes", 3) for i in range(20)])


def test_pages_take_a_fixed_number_of_queries(busy, as_person):
    """Counted with a few rows, and with many more of everything."""
    client = as_person("olga")
    few = counted(client)
    more()
    assert counted(client) == few == QUERIES
