"""One act is one finding of the review, however many rows it wrote, and the list behind it has every one of them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.models import AuditEvent
from governance.review import queue
from governance.review.acts import by_act, in_trail
from governance.review.finding import Finding
from hub.models import Message, Run
from hub.services.grants import allow_role
from tests.factories.signing import sign_on
from tests.factories.trail import past_the_guards, run
from tests.factories.world import sample
from tests.integration.test_intake import post
from tests.integration.trail.test_review import chosen, everything, reviewer  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.2")]
WHY = "The new interface is opened for everybody who works on it."
RIGHTS = ("view_interface", "operate_interface", "read_payload", "unmask_payload")


def gives_rights() -> list[AuditEvent]:
    """Four rights in one act, as a load gives them."""
    with change(by=DEMONSTRATION, reason=WHY) as made:
        for right in RIGHTS:
            allow_role(role="auditor", permission=right, interface_key="IF-001", by=made.by, reason=WHY)
    return list(AuditEvent.objects.filter(change_id=made.id).order_by("id"))


def of_act(events: list[AuditEvent]) -> list[Finding]:
    keys = tuple(f"privileges:{one.id}" for one in events)
    return [one for one in queue.open_findings(*everything()) if one.key.startswith(keys)]


def test_an_act_of_many_rows_is_one_finding_whose_evidence_lists_them_all(world, reviewer):  # noqa: F811
    events = gives_rights()
    (found,) = of_act(events)
    assert (found.count, found.score) == (4, 60)
    assert found.sentence == f"{events[0].sentence} And 3 more in the same act."
    page = reviewer.get(reverse("review")).content.decode()
    address = f"{reverse('audit')}?act={events[0].change_id}"
    assert f'href="{address}">Evidence: all 4<' in page
    listed = reviewer.get(address).content.decode()
    assert all(str(reverse("audit-event", args=[one.id])) in listed for one in events)


def test_another_act_is_another_finding_and_a_single_row_reads_as_before(world):
    first, second = gives_rights(), gives_rights()
    assert len(of_act([*first, *second])) == 2
    with change(by=DEMONSTRATION, reason=WHY) as made:
        allow_role(role="auditor", permission="view_interface", interface_key="IF-001", by=made.by, reason=WHY)
    (alone,) = AuditEvent.objects.filter(change_id=made.id)
    (found,) = of_act([alone])
    assert (found.key, found.count, found.sentence) == (f"privileges:{alone.id}", 1, alone.sentence)


def test_a_signed_review_of_an_act_closes_all_of_it_and_keeps_what_it_was(world, reviewer):  # noqa: F811
    events = gives_rights()
    (found,) = of_act(events)
    address = chosen(reviewer, [found.key])["Location"]
    assert "By the reviewer who wrote it" in reviewer.get(address).content.decode()
    assert sign_on(reviewer, address, username="victor").status_code == 302
    assert of_act(events) == []
    kept = reviewer.get(reverse("review")).content.decode()
    review = re.search(r"/review/[0-9a-f-]{36}", kept).group(0)
    assert f"?act={events[0].change_id}" in reviewer.get(review).content.decode()


def test_a_row_that_comes_into_a_closed_act_later_opens_it_again():
    def finding(row: str, score: int = 60) -> Finding:
        return Finding(f"privileges:{row}", "privileges", score, f"{row} was given.", timezone.now(), "demo")

    rows = [("act", "role.allowed", finding("a")), ("act", "role.allowed", finding("b"))]
    (before,) = by_act(rows, in_trail)
    (after,) = by_act([*rows, ("act", "role.given", finding("c", 90))], in_trail)
    assert before.key != after.key
    assert (after.score, after.sentence) == (90, "c was given. a was given. And 1 more in the same act.")
    assert [one.key for one in by_act([(None, "", finding("d")), (None, "", finding("e"))], in_trail)] == [
        "privileges:d",
        "privileges:e",
    ]


def test_an_act_of_many_sorts_tells_the_highest_scored_ones():
    scores = {"a": 40, "b": 50, "c": 50, "d": 60, "e": 70, "f": 90}

    def finding(row: str, score: int) -> Finding:
        return Finding(f"x:{row}", "x", score, f"{row} {score}.", timezone.now(), "demo")

    rows = [("act", row, finding(row, score)) for row, score in scores.items()] + [("act", "a", finding("a", 80))]
    (found,) = by_act(rows, in_trail)
    assert found.sentence == "f 90. a 80. e 70. d 60. And 3 more in the same act."
    assert (found.score, found.count) == (90, 7)


def test_two_who_did_it_under_one_act_are_two_findings():
    def finding(row: str, who: str) -> tuple[str, str, Finding]:
        return "act", "kind", Finding(f"x:{row}", "x", 50, "It was given.", timezone.now(), who)

    assert len(list(by_act([finding("a", "olga"), finding("b", "rick"), finding("c", "olga")], in_trail))) == 2


def test_late_records_of_one_reading_are_one_finding_and_those_that_were_pushed_are_one_each(world, client):
    for number in (1, 2, 3, 4):
        assert post(client, world, {**sample(number)}).status_code == 202
    table, now = Message._meta.db_table, timezone.now()
    first, second, third, _ = Message.objects.order_by("id").values_list("id", flat=True)
    began = Message.objects.get(id=first).received_at - timedelta(seconds=1)
    Run.objects.create(interface_key="IF-001", started_at=began)
    with past_the_guards(table):
        run(f"UPDATE {table} SET occurred_at = '{now - timedelta(days=3):%Y-%m-%d %H:%M:%S}'")
        run(f"UPDATE {table} SET occurred_at = '{now - timedelta(days=5):%Y-%m-%d %H:%M:%S}' WHERE id = %s", second.hex)
        for one in (first, second, third):
            run(f"UPDATE {table} SET actor_id = 'poll:IF-001' WHERE id = %s", one.hex)
    found = [one for one in queue.findings(*everything()) if one.rule == "late"]
    assert [one.count for one in found] == [3, 1]
    assert "3 records of IF-001 that one reading of its stream brought in arrived 3 to 5 days" in found[0].sentence
    assert found[0].score == 35
    name, filters = found[0].listed
    assert (name, dict(filters)["interface"]) == ("messages", "IF-001")
