"""Rules that hold for every table."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from governance import checks as governance_checks
from governance.models import GovernedModel
from hub.database.partitioning import PARTITIONED
from hub.flow.states import DELIVERY_FOLLOWING, MESSAGE_FOLLOWING, DeliveryStatus, MessageStatus

FLOORS = {"governance": 1, "dictionary": 2, "connectors": 2, "hub": 3}
OURS = [model for model in apps.get_models() if model._meta.app_label in FLOORS]
ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
STANDS_ALONE = {"verify.py"}  # an inspector is given this one file, so that it cannot be several


def climbs(source: str, target: str) -> bool:
    """Whether a key from one app to the other would point upward, or across a floor."""
    if target not in FLOORS or source == target:
        return False
    return FLOORS[target] >= FLOORS[source]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_to_the_same_floor_or_below(model):
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            target = field.related_model._meta.app_label
            assert not climbs(model._meta.app_label, target), f"{model._meta.label}.{field.name} points up to {target}"


def test_a_planted_key_upward_is_caught():
    assert climbs("governance", "hub")
    assert climbs("dictionary", "connectors")
    assert not climbs("hub", "governance")


def test_governed_models_keep_history_and_lose_no_digits():
    assert governance_checks.governed_models_are_sound(None) == []
    assert [model for model in OURS if issubclass(model, GovernedModel)]


def test_a_planted_float_is_caught():
    class Planted(models.Model):
        weight = models.FloatField()

        class Meta:
            app_label = "tests"

        def __str__(self) -> str:
            return "planted"

    assert {error.id for error in governance_checks._faults(Planted)} == {"governance.E002", "governance.E004"}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_who_and_when_go_together(model):
    """A nullable ``x_at`` beside an ``x_by`` has a constraint that holds them together."""
    names = {field.name for field in model._meta.fields}
    if "_historical" in model._meta.db_table:
        return
    for field in model._meta.fields:
        stem = field.name.removesuffix("_at")
        if stem != field.name and field.null and f"{stem}_by" in names:
            texts = [
                str(constraint.condition) for constraint in model._meta.constraints if hasattr(constraint, "condition")
            ]
            assert any(f"{stem}_at" in text and f"{stem}_by" in text for text in texts), f"{model._meta.label}.{stem}"


def test_tables_that_are_partitioned_have_no_keys_between_them():
    for model in OURS:
        if model._meta.db_table in PARTITIONED:
            assert not [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]


@pytest.mark.parametrize(
    ("following", "states"), [(MESSAGE_FOLLOWING, MessageStatus), (DELIVERY_FOLLOWING, DeliveryStatus)]
)
def test_every_state_has_its_place_in_the_transition_table(following, states):
    assert set(following) == set(states)
    reached = {state for followers in following.values() for state in followers}
    assert set(states) - reached <= {MessageStatus.RECEIVED, DeliveryStatus.WAITING_DEPENDENCY, DeliveryStatus.PENDING}


def test_no_file_is_a_god():
    for house in FLOORS:
        for path in (ROOT / house).rglob("*.py"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= LONGEST_FILE or "migrations" in path.parts or path.name in STANDS_ALONE, (
                f"{path} has {lines} lines"
            )


def test_every_module_says_what_it_is_for():
    """A docstring a module, but for markers, URL lists and app configurations."""
    silent = []
    for house in FLOORS:
        for path in (ROOT / house).rglob("*.py"):
            if "migrations" in path.parts or path.name in ("__init__.py", "apps.py", "urls.py"):
                continue
            if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))):
                silent.append(str(path))
    assert silent == []
