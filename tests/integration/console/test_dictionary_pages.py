"""Pages of the dictionary: lists with filters, what uses what, the story of each version."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.changes.effective import revision_of
from tests.factories.world import release, sample
from tests.functional.busy import LAB, QUIET, send

pytestmark = [pytest.mark.django_db, pytest.mark.req("M2.4")]


@pytest.fixture
def read(busy, as_person):
    """The text of a page as Olga sees it."""
    client = as_person("olga")
    return lambda name, *args, query="": client.get(reverse(name, args=args) + query).content.decode()


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?type=quantity", "glucose", "measured_at"),
        ("?type=code", "verdict", "glucose"),
        ("?part=terms&system=mes", "defect", "nothing-of-that-name"),
        ("?part=terms&relation=same", "Nothing matches", "mes_defect"),
    ],
)
def test_a_list_is_narrowed_by_its_filters(read, query, there, gone):
    content = read("dictionary", query=query).partition("<main")[2]
    assert there in content
    assert gone not in content


@pytest.mark.parametrize("query", ["?type=furlong", "?part=nonsense", "?part=entities&type=code", "?colour=red"])
def test_a_filter_that_the_list_does_not_have_is_refused(busy, as_person, query):
    assert as_person("olga").get(reverse("dictionary") + query).status_code == 400


def test_an_element_says_its_unit_in_words_and_who_runs_with_it(read):
    content = read("element", "glucose")
    assert "gram per liter" in content
    assert "mass·length⁻³" in content
    assert reverse("mapping", args=["lims-result"]) in content
    assert reverse("interface", args=[LAB]) in content


def test_consumers_that_one_may_not_see_are_not_named(busy, as_person):
    content = as_person("rick").get(reverse("icd", args=["ICD-0002"])).content.decode()
    assert "IF-002" in content
    assert QUIET not in content


def test_each_version_stands_with_what_it_changed_and_the_request_that_made_it(read):
    release(("element", {**revision_of("element", "glucose").content, "digits": 3}))
    content = read("element", "glucose")
    assert "2.0.0" in content
    assert "1 field changed" in content
    assert revision_of("element", "glucose").change.number in content


def test_a_code_list_shows_each_systems_words_and_a_term_its_element(read):
    assert "<code>NOK</code>" in read("code-list", "verdict")
    content = read("term", "mes_defect")
    assert "means less than the element" in content
    assert reverse("element", args=["verdict"]) in content


def test_an_icd_shows_its_fields_keys_and_interfaces(read):
    content = read("icd", "ICD-0001")
    assert "<code>$.sample</code>" in content
    assert "minLength: 1" in content
    assert reverse("interface", args=[LAB]) in content


def test_the_search_finds_icds_too(read):
    assert reverse("icd", args=["ICD-0001"]) in read("dictionary", query="?q=ICD-0001")


def test_a_preview_begins_with_a_message_of_today_for_who_may_read_it_and_with_nothing_for_others(busy, as_person):
    send(LAB, sample(77, lot="24-1999"))
    assert "24-1999" in as_person("olga").get(reverse("mapping-preview", args=["lims-result"])).content.decode()
    assert "24-1999" not in as_person("victor").get(reverse("mapping-preview", args=["lims-result"])).content.decode()
