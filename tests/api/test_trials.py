"""What is tried before it is done: a replay run dry, a change of a mapping back-tested, a sample previewed."""

from __future__ import annotations

import pytest

from governance.actors import DEMONSTRATION
from governance.models import AuditEvent, Refusal
from hub.flow.work import drain
from hub.models import ReplayPlan
from hub.services.grants import allow_role
from tests.factories.world import REASON, release, sample, to_canonical
from tests.integration.console.test_masking import NAME, inspected  # noqa: F401 - a fixture
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6"), pytest.mark.req("M3.3")]


@pytest.fixture
def fates(client, world) -> dict[str, str]:
    """Ids: one that arrived, one dead at its target, one in quarantine."""
    world.target.status_for["S-2"] = 422
    sent = (sample(1), sample(2, lot="L-2"), sample(3, lot="L-3", verdict="MAYBE"))
    made = [post(client, world, one).json()["id"] for one in sent]
    drain()
    return dict(zip(("arrived", "dead", "held"), made, strict=True))


def test_a_dry_run_counts_and_shows_what_would_be_sent_and_makes_no_plan(api, world, fates, operator):
    asked = {"messages": [fates["held"], fates["dead"]], "mode": "current_release"}
    for how in ({"by": "olga"}, {"token": operator}):
        answer = api("post", "replays/dry-run", asked, **how)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert (told["interface"], told["count"], told["tried"]) == ("IF-001", 2, 2)
        assert told["outcomes"] == {"same": 1, "still_wrong": 1}
        assert [row["message_id"] for row in told["wrong"]] == [fates["held"]]
        assert {row["id"] for row in told["samples"]} == {fates["held"], fates["dead"]}
    assert not ReplayPlan.objects.exists()
    assert len(world.target.effects) == 1


def test_a_dry_run_shows_the_difference_masked_and_records_the_look(api, client, world, inspected):  # noqa: F811
    message = post(client, world, sample(5, lot="L-5", verdict="MAYBE", inspector={"name": NAME})).json()["id"]
    drain()
    codes = {"pass": {"label": "Passed"}, "fail": {"label": "Failed"}}
    release(("code_list", {"key": "verdict", "label": "Verdict", "codes": codes, "crosswalks": {"lims": {
        "OK": "pass", "NOK": "fail", "MAYBE": "fail"}}}))  # fmt: skip
    answer = api("post", "replays/dry-run", {"messages": [message], "mode": "current_release"}, by="olga")
    (one,) = answer.json()["differences"]
    assert (one["outcome"], one["before"], one["after"]["by"]) == ("new", None, "•••• masked")
    assert NAME not in answer.content.decode()
    look = AuditEvent.objects.filter(kind="payload.viewed", subject_id=message).latest("id")
    assert ("dry run" in look.reason, look.source) == (True, "api")


def test_a_dry_run_is_refused_as_the_plan_would_be(api, world, fates, stranger):
    def status(message: str, mode: str = "current_release", **how: str) -> tuple[int, str]:
        answer = api("post", "replays/dry-run", {"messages": [message], "mode": mode}, **how)
        return answer.status_code, answer.json()["errors"][0]["field"]

    assert status(fates["arrived"], by="olga") == (422, "messages")
    assert status(fates["held"], "same_bytes", by="olga") == (422, "mode")
    assert status(fates["held"], "backwards", by="olga") == (422, "mode")
    assert status(fates["held"], by="victor") == (403, "interface")
    assert status(fates["held"], token=stranger) == (404, "message")
    assert Refusal.objects.filter(act="replay.dry_run", status=403).exists()


def test_a_back_test_counts_what_a_draft_would_map_otherwise(api, client, world, engineer, inspected):  # noqa: F811
    """Rick may propose, and reads no content: he counts nothing. With the right he counts, and sees the mask."""
    held = api("get", "mappings/lims-result", by="rick").json()["content"]
    moved = [{"target": "inspector", "path": "$.verdict"} if one["target"] == "inspector" else one
             for one in held["rules"]]  # fmt: skip
    body = {"content": {**held, "rules": moved}, "last": 20}
    blind = api("post", "mappings/lims-result/back-test", body, by="rick")
    assert (blind.status_code, blind.json()["count"]) == (200, 0), blind.content
    allow_role(role="reviewer", permission="read_payload", interface_key="IF-001", by=DEMONSTRATION, reason=REASON)
    told = api("post", "mappings/lims-result/back-test", body, by="rick")
    assert [told.json()[name] for name in ("count", "differing", "refused", "mended")] == [1, 1, 0, 0]
    (one,) = told.json()["differences"]
    assert (one["message_id"], "•••• masked" in one["before"]) == (str(inspected), True)
    assert NAME not in told.content.decode()
    assert AuditEvent.objects.filter(kind="payload.viewed", actor_id=str(engineer.pk), source="api").exists()
    same = api("post", "mappings/lims-result/back-test", {"content": held, "last": 20}, by="rick").json()
    assert (same["count"], same["differing"]) == (1, 0)


def test_a_draft_cannot_ask_a_back_test_for_a_protected_value(api, client, world, engineer, inspected):  # noqa: F811
    """A condition over the hidden value answers a right guess as it answers a wrong one, but for who may unmask."""
    held = api("get", "mappings/lims-result", by="rick").json()["content"]

    def differing(guess: str) -> int:
        when = f"doc.inspector.name.startsWith('{guess}')"
        rules = [{**one, "when": when} if one["target"] == "lot" else one for one in held["rules"]]
        body = {"content": {**held, "rules": rules}, "last": 20}
        return api("post", "mappings/lims-result/back-test", body, by="rick").json()["differing"]

    for right in ("read_payload", "unmask_payload"):
        allow_role(role="reviewer", permission=right, interface_key="IF-001", by=DEMONSTRATION, reason=REASON)
        expected = (1, 1) if right == "read_payload" else (0, 1)
        assert (differing(NAME[:3]), differing("Zoe")) == expected, right


WRONG_DRAFTS: tuple[tuple[dict, str], ...] = (
    ({"last": 21}, "last"),
    ({"last": "20"}, "last"),
    ({"content": {**to_canonical(), "key": "other"}}, "key"),
    ({"content": {**to_canonical(), "rules": [{"target": "smell", "path": "$.smell"}]}}, "content"),
    ({"content": {**to_canonical(), "entity": "nowhere"}}, "content"),
)


def test_a_back_test_that_cannot_be_run_says_why(api, engineer):
    for wrong, field in WRONG_DRAFTS:
        body = {"content": to_canonical(), "last": 20, **wrong}
        answer = api("post", "mappings/lims-result/back-test", body, by="rick")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.content


def test_a_back_test_is_for_who_may_propose(api, world, engineer, stranger):
    body = {"content": to_canonical(), "last": 20}
    assert api("post", "mappings/lims-result/back-test", body, by="olga").status_code == 403
    assert api("post", "mappings/lims-result/back-test", body).status_code == 403
    assert api("post", "mappings/lims-result/back-test", body, token=stranger).status_code == 404
    assert api("post", "mappings/none/back-test", body, by="rick").status_code in (404, 422)


def test_a_preview_says_that_its_reader_may_not_see_the_values_of_the_sample(api, client, world, inspected):  # noqa: F811
    shown = api("post", "mappings/lims-result/preview", {"message": str(inspected)}, by="olga").json()
    assert shown["is_masked"] is True
    assert shown["sentence"].startswith("You may not see all values of this message")
    assert NAME not in str(shown)
    own = api("post", "mappings/lims-result/preview", {"sample": sample(1)}, by="olga").json()
    assert (own["is_masked"], own["sentence"]) == (False, "")
