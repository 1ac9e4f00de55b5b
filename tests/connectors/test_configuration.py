"""Settings: every mistake is named by field, value and rule."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import jsonschema_rs
import pytest

from connectors.configuration import InvalidSettings, describe, load
from connectors.errors import Disposition, Misconfigured


@dataclass(frozen=True)
class Point:
    name: str = field(metadata={"pattern": "[a-z]+", "rule": "be lower case"})
    weight: Decimal = Decimal("1.0")


@dataclass(frozen=True)
class Settings:
    host: str = field(metadata={"help": "Name of the host"})
    port: int = field(default=443, metadata={"min": 1, "max": 65535})
    ratio: float = 0.5
    secure: bool = True
    mode: Literal["read", "write"] = "read"
    tags: tuple[str, ...] = ()
    aliases: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    home: Point | None = None

    def __post_init__(self) -> None:
        if self.mode == "write" and not self.secure:
            raise ValueError("be secure where it writes")


FULL = {
    "host": "lims",
    "port": 8443,
    "ratio": 1,
    "secure": False,
    "mode": "read",
    "tags": ["a", "b"],
    "aliases": ["c"],
    "headers": {"X-Site": "Basel"},
    "points": [{"name": "a", "weight": "0.10"}, {"name": "b", "weight": 0.3}],
    "home": None,
}


def test_what_is_right_becomes_the_dataclass():
    loaded = load(Settings, FULL)
    assert loaded.tags == ("a", "b")
    assert (loaded.ratio, type(loaded.ratio)) == (1.0, float)
    assert [point.weight for point in loaded.points] == [Decimal("0.10"), Decimal("0.3")]
    assert load(Settings, {"host": "lims"}) == Settings("lims")


@pytest.mark.req("B5")
@pytest.mark.parametrize(
    ("wrong", "name", "rule"),
    [
        ({"host": 7}, "host", "be text"),
        ({"port": "443"}, "port", "be a whole number"),
        ({"port": True}, "port", "be a whole number"),
        ({"port": 4.0}, "port", "be a whole number"),
        ({"port": 0}, "port", "be at least 1"),
        ({"port": 70000}, "port", "be at most 65535"),
        ({"ratio": "half"}, "ratio", "be a number"),
        ({"ratio": float("nan")}, "ratio", "be a number"),
        ({"secure": 1}, "secure", "be true or false"),
        ({"mode": "append"}, "mode", "be one of: read, write"),
        ({"mode": ["read"]}, "mode", "be one of: read, write"),
        ({"tags": "a"}, "tags", "be a list"),
        ({"tags": ["a", 2]}, "tags[1]", "be text"),
        ({"headers": {"X": 1}}, "headers.X", "be text"),
        ({"headers": []}, "headers", "be an object with named fields"),
        ({"points": [{"name": "A"}]}, "points[0].name", "be lower case"),
        ({"points": [{"name": "a", "weight": "much"}]}, "points[0].weight", "be a decimal number"),
        ({"points": [{"name": "a", "weight": "NaN"}]}, "points[0].weight", "be a decimal number"),
        ({"home": "here"}, "home", "be an object with named fields"),
        ({"prot": 1}, "prot", "not be given"),
        ({"mode": "write", "secure": False}, "settings", "be secure where it writes"),
    ],
)
def test_what_is_wrong_is_named_by_field_value_and_rule(wrong, name, rule):
    with pytest.raises(InvalidSettings) as caught:
        load(Settings, {"host": "lims", **wrong})
    assert (caught.value.field, caught.value.rule.startswith(rule)) == (name, True)
    assert f"The setting {name!r} " in caught.value.message


def test_the_value_of_an_unknown_setting_is_not_repeated():
    """It may be a secret in the wrong field, and a refusal is kept."""
    with pytest.raises(InvalidSettings) as caught:
        load(Settings, {"host": "lims", "password": "hunter2-in-the-wrong-place"})
    assert "hunter2" not in caught.value.message
    assert caught.value.value == "not shown"
    assert isinstance(caught.value, Misconfigured)
    assert caught.value.disposition is Disposition.HALT


def test_all_mistakes_are_told_at_once():
    with pytest.raises(InvalidSettings) as caught:
        load(Settings, {"port": "x", "points": [{}, {"name": "B"}]})
    assert {problem.field for problem in caught.value.problems} == {
        "host",
        "port",
        "points[0].name",
        "points[1].name",
    }
    assert "The setting 'host' is missing: it must be text." in caught.value.message


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_settings_must_be_an_object(data):
    with pytest.raises(InvalidSettings, match="be an object"):
        load(Settings, data)


def test_a_long_value_is_not_repeated_in_full():
    with pytest.raises(InvalidSettings) as caught:
        load(Settings, {"host": ["x" * 5000]})
    assert len(caught.value.message) < 200


def test_the_description_is_a_json_schema_that_agrees_with_load():
    schema = json.loads(json.dumps(describe(Settings)))
    assert schema["properties"]["host"] == {"type": "string", "description": "Name of the host"}
    assert schema["required"] == ["host"]
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid(FULL)
    for wrong in ({"port": 0}, {"mode": "x"}, {"prot": 1}, {"points": [{}]}, {"tags": [1]}):
        assert not validator.is_valid({"host": "lims", **wrong})
