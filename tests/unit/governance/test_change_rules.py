"""The rules of change control that need no database: risk, the union of policies, the table of states."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from governance.changes.choosing.policies import Rules, added_up, stricter
from governance.changes.releasing.ordering import working_days_after
from governance.changes.transitions import FOLLOWING, PATHS
from governance.changes.weighing.risk import risk_of
from governance.models.change_request import ChangeState

pytestmark = pytest.mark.req("M7.4")

APPROVAL = {"meaning": "approved", "right": "governance.approve_changerequest"}
REVIEW = {"meaning": "reviewed", "role": "reviewer"}


def rules(key: str, *steps: dict, **more) -> Rules:
    return Rules(key, "1.0.0", "sha256:0", {"steps": list(steps), **more})


@pytest.mark.parametrize(
    ("kind", "criticality", "detectability", "level", "score"),
    [
        ("editorial", "critical", "low", "low", 12),
        ("compatible", "medium", "medium", "low", 8),
        ("compatible", "high", "low", "medium", 18),
        ("semantic", "medium", "medium", "medium", 16),
        ("semantic", "medium", "low", "high", 24),
        ("breaking", "critical", "high", "medium", 12),
        ("semantic", "", "", "medium", 16),
    ],
)
def test_the_risk_is_kind_times_criticality_times_detectability(kind, criticality, detectability, level, score):
    found = risk_of(change_kinds=[kind], criticalities=[criticality], detectabilities=[detectability])
    assert (found.level, found.score) == (level, score)


def test_the_worst_of_several_operations_counts():
    found = risk_of(change_kinds=["editorial", "semantic"], criticalities=["low", "high"], detectabilities=["high"])
    assert (found.change_kind, found.criticality, found.score) == ("semantic", "high", 12)


def test_policies_add_up_to_the_strictest():
    found = added_up([rules("a", APPROVAL), rules("b", REVIEW, {**APPROVAL, "quorum": 2}, path="full")], "short")
    assert [(one["meaning"], one["quorum"]) for one in found["steps"]] == [("reviewed", 1), ("approved", 2)]
    assert found["path"] == "full"


def test_a_lowered_policy_lowers_nothing_and_a_stricter_one_counts():
    pinned = added_up([rules("a", REVIEW, APPROVAL)], "standard")
    lowered = added_up([rules("a", APPROVAL)], "short")
    raised = added_up([rules("a", REVIEW, {**APPROVAL, "needs_code": True})], "full")
    assert [one["meaning"] for one in stricter(pinned, lowered)["steps"]] == ["reviewed", "approved"]
    assert stricter(pinned, lowered)["path"] == "standard"
    assert [one["needs_code"] for one in stricter(pinned, raised)["steps"]] == [False, True]
    assert stricter(pinned, raised)["path"] == "full"


def test_every_state_stands_in_the_table_and_every_path_follows_its_arrows():
    assert set(FOLLOWING) == set(ChangeState)
    for name, path in PATHS.items():
        for state, after in pairwise(path):
            assert after in FOLLOWING[state], f"{name}: {state} → {after}"


def test_working_days_leave_out_the_week_end():
    friday = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    assert working_days_after(friday, 2) == datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
