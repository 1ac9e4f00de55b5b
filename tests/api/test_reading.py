"""Lists over the API: paged one way, filtered by name, and silent about what is somebody else's."""

from __future__ import annotations

import json

import pytest

from hub.flow.work import drain
from hub.models import Delivery, Drift
from tests.factories.world import element, release, sample
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6"), pytest.mark.req("M3.6")]

LISTS = (
    *("systems", "connections", "elements", "entities", "code-lists", "local-terms", "icds", "mappings"),
    *("interfaces", "messages", "replays", "exceptions", "drift", "changes", "audit-events"),
)


@pytest.fixture
def three_fates(client, world):
    """One message each: complete, dead, in quarantine; the last has a field that no rule names."""
    world.target.status_for["S-2"] = 422
    ids = [post(client, world, one).json()["id"] for one in (sample(1), sample(2), sample(3, verdict="MAYBE"))]
    drain()
    return ids


def follow(api, path, **how):
    """All rows of a list, by the addresses that it gives."""
    rows = []
    while path:
        answer = api("get", path, **how)
        found = answer.json()
        rows += found["results"]
        path = found["next"] and found["next"].partition("testserver")[2]
        assert ("Link" in answer) == bool(path)
    return rows


def test_every_list_answers_in_the_same_way(api, world):
    for name in LISTS:
        found = api("get", name, by="olga")
        assert found.status_code == 200, found.content
        assert set(found.json()) == {"results", "next"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("limit=-5", "limit"),
        ("limit=201", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("limit=%D9%A3", "limit"),
        ("limit=1.5", "limit"),
        ("cursor=%21%21", "cursor"),
        ("cursor=WyJuby1pZCIsIDFd", "cursor"),
        ("limit=5&limit=6", "limit"),
    ],
)
def test_a_query_that_makes_no_sense_is_a_400_that_names_it(api, world, query, field):
    """Of every list; what one list alone takes stands in the next test."""
    for name in LISTS:
        answer = api("get", f"{name}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), name
        assert answer["Content-Type"] == "application/problem+json"


WRONG_VALUES = (  # of each kind of filter a value that it takes, and one that it cannot
    ("messages?state=complete", "messages?state=asleep"),
    ("messages?since=2026-11-21T08:30:00Z", "messages?since=yesterday"),
    ("messages?before=01980000-0000-7000-8000-000000000001", "messages?before=0198"),
    ("messages?interface=IF-001", "messages?interface=IF-999"),
    ("messages?text=abc", f"messages?text={'a' * 201}"),
    ("drift?interface=IF-001", "drift?interface="),
    ("replays?mode=same_bytes", "replays?mode=other"),
    ("exceptions?state=dead", "exceptions?state=asleep"),
    ("interfaces?source=lims", "interfaces?source=nowhere"),
    ("systems?category=qms", "systems?category=space"),
    ("connections?connector=rest", "connections?connector=pigeon"),
    ("elements?type=text", "elements?type=smell"),
    ("elements?owner_system=lims", "elements?owner_system=nowhere"),
    ("local-terms?element=lot", "local-terms?element=nowhere"),
    ("mappings?entity=result", "mappings?entity=nowhere"),
    ("changes?kind=element", "changes?kind=smell"),
    ("audit-events?kind=interface.paused", "audit-events?kind=interface.tickled"),
)


def test_a_value_that_a_filter_cannot_take_is_a_400_and_never_an_empty_list(api, world):
    for good, bad in WRONG_VALUES:
        assert api("get", good, by="olga").status_code == 200, good
        answer = api("get", bad, by="olga")
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), bad
        (error,) = answer.json()["errors"]
        assert error["field"] == bad.partition("?")[2].partition("=")[0]
        assert error["value"]
        assert error["rule"]


def test_a_filter_by_what_is_somebody_elses_is_answered_like_one_by_nothing(api, world, stranger):
    theirs = api("get", "messages?interface=IF-001", token=stranger).json()
    nobodys = api("get", "messages?interface=IF-999", token=stranger).json()
    for told in (theirs, nobodys):
        told.pop("correlation_id")
    assert theirs["status"] == 400
    assert theirs == json.loads(json.dumps(nobodys).replace("IF-999", "IF-001"))


@pytest.mark.parametrize("name", ["elements", "changes", "audit-events"])
def test_pages_follow_each_other_without_gap_or_repeat(api, world, name):
    for number in range(4):
        release(("element", element(f"colour_{number}", "text")))
    whole = follow(api, f"{name}?limit=200", by="olga")
    assert len(whole) > 2
    assert follow(api, f"{name}?limit=2", by="olga") == whole


def test_pages_stay_true_while_rows_are_added(api, world):
    first = api("get", "elements?limit=2", by="olga").json()
    release(("element", element("aaa", "text")), ("element", element("zzz", "text")))
    rest = follow(api, first["next"].partition("testserver")[2], by="olga")
    keys = [row["key"] for row in first["results"] + rest]
    assert len(keys) == len(set(keys))
    assert "zzz" in keys
    assert "aaa" not in keys  # before the cursor: the reader has passed it


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00%2B23:59"]
)
def test_times_at_the_ends_of_the_calendar_are_only_times(api, world, moment):
    for name in ("messages", "audit-events"):
        for field in ("since", "until"):
            assert api("get", f"{name}?{field}={moment}", by="olga").status_code in (200, 400)
    assert api("get", f"messages?since={moment}&until={moment}").status_code in (200, 400)


@pytest.mark.parametrize("text", ["%F0%9F%A6%84", "%E2%80%AE", "%25", "_", "%5C", "%27%3B--", "%FF", "a" * 150])
def test_odd_text_in_a_filter_finds_nothing_and_breaks_nothing(api, world, text):
    for query in (f"messages?text={text}", f"messages?business_key={text}", f"audit-events?actor={text}"):
        assert api("get", query, by="olga").status_code == 200
    assert api("get", f"elements?owner_system={text}", by="olga").status_code == 400
    assert api("get", f"messages?text={text}{'a' * 300}").status_code == 400


def test_messages_are_found_by_the_state_and_reason_of_their_deliveries(api, three_fates):
    for query, number in (
        ("state=complete", 0),
        ("state=dead", 1),
        ("reason=rejected", 1),
        ("state=quarantined", 2),
        ("reason=unmapped", 2),
        ("state=dead&interface=IF-001&business_key=S-2", 1),
    ):
        rows = api("get", f"messages?{query}").json()["results"]
        assert [row["id"] for row in rows] == [three_fates[number]], query


def test_the_old_way_of_paging_still_works_and_says_when_it_ends(api, three_fates):
    old = api("get", f"messages?before={three_fates[2]}")
    assert [row["business_key"] for row in old.json()["results"]] == ["S-2", "S-1"]
    assert old["Deprecation"] == "@1795219200"  # RFC 9745: seconds since 1970
    assert old["Sunset"] == "Sun, 21 Nov 2027 00:00:00 GMT"  # RFC 8594
    new = api("get", "messages")
    assert "Deprecation" not in new
    assert "Sunset" not in new


def test_what_waits_for_a_person_is_listed_with_its_members(api, three_fates):
    groups = api("get", "exceptions").json()["results"]
    assert [one["state"] for one in groups] == ["dead", "quarantined"]
    items = api("get", f"exceptions/{groups[0]['fingerprint']}").json()["results"]
    assert [one["message_id"] for one in items] == [three_fates[1]]
    assert [one["state"] for one in follow(api, "exceptions?limit=1")] == ["dead", "quarantined"]
    assert [one["state"] for one in api("get", "exceptions?state=dead").json()["results"]] == ["dead"]
    assert api("get", "exceptions/000000000000").status_code == 404


def test_drift_is_listed_for_one_interface_and_for_all(api, client, world):
    post(client, world, sample(1, colour="red"))
    drain()
    assert Drift.objects.exists()
    one, every = (api("get", path).json()["results"] for path in ("interfaces/IF-001/drift", "drift"))
    assert one == every
    assert one[0]["path"] == "$.colour"


def test_a_stranger_learns_nothing_of_others(api, three_fates, stranger):
    dead = Delivery.objects.get().id
    for name in ("interfaces", "messages", "replays", "exceptions", "drift", "connections", "audit-events"):
        assert api("get", name, token=stranger).json()["results"] == [], name
    for path in (f"messages/{three_fates[0]}", f"deliveries/{dead}/decision", "connections/qms-rest"):
        theirs, nobodys = api("get", path, token=stranger), api("get", path.replace("0", "1"), token=stranger)
        assert theirs.status_code == nobodys.status_code == 404, path


def test_a_service_account_reads_the_audit_events_of_its_interfaces_only(api, world, three_fates):
    rows = api("get", "audit-events").json()["results"]
    assert rows
    assert {row["interface"] for row in rows} | {row["subject"] for row in rows} >= {"IF-001"}
    assert all("IF-001" in (row["interface"], row["subject"]) or row["actor"] == "Lab system" for row in rows)
    assert not any(row["subject_kind"] in ("person", "service_account", "change") for row in rows)


def test_audit_events_are_filtered_and_one_is_read(api, world):
    assert api("post", "interfaces/IF-001/pause", {"reason": "An upgrade"}, by="olga").status_code == 200
    (row,) = api("get", "audit-events?kind=interface.paused&subject=IF-001&actor=Olga", by="olga").json()["results"]
    assert api("get", f"audit-events/{row['id']}", by="olga").json() == row
    assert api("get", "audit-events?since=2099-01-01T00:00:00Z", by="olga").json()["results"] == []
    assert api("get", f"audit-events/{row['id'][:-4]}0000", by="olga").status_code == 404


def test_an_address_with_a_slash_at_its_end_is_answered_too(api, world, three_fates):
    assert api("get", "systems/", by="olga").json() == api("get", "systems", by="olga").json()
    assert api("get", f"messages/{three_fates[0]}/").json()["message"]["id"] == three_fates[0]
    assert api("post", "interfaces/IF-001/pause/", {"reason": "An upgrade"}, by="olga").status_code == 200
    assert api("get", "/api/docs/", by="olga").status_code == 200
    for nowhere in ("nowhere/", "systems//", "/api/", "/api/v1/"):
        assert api("get", nowhere, by="olga")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["options", "trace", "patch", "delete", "put"])
def test_a_method_that_is_not_offered_is_a_problem_document(api, world, method):
    answer = api(method, "messages")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer.json()["errors"][0]["field"] == "method"
    assert answer["Allow"] == "GET, HEAD"


def test_no_cache_between_keeps_what_one_reader_may_read(api, three_fates):
    found = api("get", "messages")
    assert found["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(found["Vary"].split(", "))
    assert api("get", f"messages/{three_fates[0]}/payload")["Cache-Control"] == "no-store"
