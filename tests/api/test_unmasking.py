"""Unmasking over the API: an act of a person, with a reason, for one answer."""

from __future__ import annotations

import pytest

from governance.models import AuditEvent, Refusal
from tests.integration.console.test_masking import NAME, REASON, inspected  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6"), pytest.mark.req("M3.3")]


def test_who_may_sees_one_stage_once_and_it_is_recorded(api, world, inspected):  # noqa: F811
    masked = api("get", f"messages/{inspected}/payload", by="quinn")
    for stage in ("received", "canonical", "sent", "values"):
        answer = api("post", f"messages/{inspected}/unmask", {"stage": stage, "reason": REASON}, by="quinn")
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store"), answer.content
        assert NAME in answer.content.decode()
        event = AuditEvent.objects.filter(kind="payload.unmasked").latest("id")
        assert (event.actor["name"], event.reason, event.source) == ("Quinn Mbeki", REASON, "api")
        assert (event.subject_id, event.facts["stage"]) == (str(inspected), stage)
    assert api("get", f"messages/{inspected}/payload", by="quinn").content == masked.content  # the mask is back
    assert NAME not in masked.content.decode()


def test_without_the_right_or_a_reason_nothing_is_unmasked(api, world, inspected, stranger):  # noqa: F811
    path, body = f"messages/{inspected}/unmask", {"stage": "received", "reason": REASON}
    assert api("post", path, body, by="olga").status_code == 403
    assert api("post", path, body, by="victor").status_code == 403
    assert api("post", path, body, token=stranger).status_code == 404
    of_another_stage = {**body, "delivery": str(inspected)}
    wrong = ({"stage": "received"}, {"stage": "inner", "reason": REASON}, {**body, "reason": ""}, of_another_stage)
    for one, field in zip(wrong, ("reason", "stage", "reason", "delivery"), strict=True):
        answer = api("post", path, one, by="quinn")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.content
    elsewhere = {**body, "stage": "sent", "delivery": str(inspected)}
    assert api("post", path, elsewhere, by="quinn").status_code == 404
    assert not AuditEvent.objects.filter(kind="payload.unmasked").exists()


def test_a_service_account_is_told_that_only_a_person_unmasks(api, world, inspected):  # noqa: F811
    answer = api("post", f"messages/{inspected}/unmask", {"stage": "received", "reason": REASON})
    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (403, "a person")
    assert "Only a person unmasks" in answer.json()["detail"]
    assert Refusal.objects.filter(act="payload.unmask", status=403).count() == 1
    assert NAME in api("get", f"messages/{inspected}/payload").content.decode()  # nothing is masked for it
