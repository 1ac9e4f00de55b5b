"""Lists answer 200 to everybody who is signed in; what stands in them is only what each may know of."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.truth.people import asked, make_truth_world
from tests.truth.test_table import table

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

NOT_OF_HERE = (
    "api-schema",
    "api-docs",
    "api-units",
    "catalogue",
    "units",
    "api-audit-events",
)  # the same for all, or one's own acts
KEYS = (">IF-00", "/IF-00", '"IF-00', "qms-rest", "Lab system", "glucose", "verdict", "ICD-000", "CR-20", "Otto")
OF_IF_001 = {
    "api-interfaces": {"IF-001"},
    "api-systems": {"lims", "qms"},
    "api-connections": {"qms-rest"},
    "api-entities": {"result"},
    "api-elements": {"reference", "lot", "glucose", "verdict", "measured_at"},
    "api-code-lists": {"verdict"},
    "api-local-terms": {"lims_glu"},
}


@pytest.fixture
def truth(db, target):
    return make_truth_world(target)


def lists(is_api: bool) -> list[str]:
    """Names of the addresses that take no argument and answer who has no role."""
    rows = [line for line in table() if line.method == "GET" and not line.args and line.expected[1] == "200"]
    return [line.name for line in rows if line.name.startswith("api-") == is_api and line.name not in NOT_OF_HERE]


def content(world, who: str, name: str):
    """What the address shows."""
    kept = []

    def ask(client, headers) -> int:
        kept.append(client.get(reverse(name), headers=headers))
        return kept[0].status_code

    assert asked(world, who, ask) == 200
    return kept[0]


def test_who_has_no_role_finds_nothing_in_any_list_of_the_api(truth):
    found = {name: content(truth, "roleless", name).json() for name in lists(is_api=True)}
    assert len(found) > 10
    assert {name: rows["results"] for name, rows in found.items() if rows["results"]} == {}


def test_who_has_no_role_reads_no_key_on_any_page(truth):
    shown = {name: content(truth, "roleless", name).content.decode() for name in lists(is_api=False)}
    assert len(shown) > 20
    assert [(name, key) for name, text in shown.items() for key in KEYS if key in text] == []


def test_the_same_pages_show_those_keys_to_who_may_know_of_them(truth):
    shown = "".join(content(truth, "operator", name).content.decode() for name in lists(is_api=False))
    assert [key for key in KEYS if key not in shown] == []


def test_a_system_finds_what_its_interface_touches_and_no_more(truth):
    found = {
        name: {row["key"] for row in content(truth, "system", name).json()["results"]} for name in sorted(OF_IF_001)
    }
    assert found == OF_IF_001


def test_the_auditor_and_the_administrator_read_what_was_refused_to_others(truth):
    def refused(client, headers) -> int:
        pause = reverse("interface-pause", args=["IF-001"])
        return client.post(pause, {"reason": "I may not"}, headers=headers).status_code

    assert asked(truth, "reviewer", refused, is_kept=True) == 403
    readers = ("auditor", "administrator", "reviewer", "roleless")
    told = {who: "Reviewer" in content(truth, who, "refusals").content.decode() for who in readers}
    assert told == {"auditor": True, "administrator": True, "reviewer": True, "roleless": False}
