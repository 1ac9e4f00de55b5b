"""Real instrument files: both micro signs, words that are no UCUM, numbers that must not lose a digit."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from dictionary.values.json import JsonRefused, dumps, loads
from dictionary.values.units import convert, is_unit

from .public_data import public

pytestmark = pytest.mark.req("M2.3")

WORDS = {"(unitless)": "1", "10^6 cells/mL": "10*6.{cells}/mL", "cell": "{cells}", "mAU": "{mAU}"}


def _files(ending: str) -> list[Path]:
    return sorted(public("instruments").rglob(f"*.{ending}"))


def _quantities(value: object) -> list[dict]:
    """Every {"value", "unit"} of an Allotrope document."""
    if isinstance(value, list):
        return [found for inner in value for found in _quantities(inner)]
    if not isinstance(value, dict):
        return []
    own = [value] if {"value", "unit"} <= value.keys() else []
    return own + [found for inner in value.values() for found in _quantities(inner)]


def test_the_files_use_both_micro_signs():
    texts = [path.read_bytes().decode("utf-16" if "utf16" in path.name else "utf-8") for path in _files("csv")]
    assert any("\u00b5m" in text for text in texts)
    assert any("\u03bcm" in text for text in texts)


def test_every_diameter_converts_whichever_micro_sign_it_has():
    for path in (one for one in _files("csv") if "Vi-Cell" in one.name):
        text = path.read_bytes().decode("utf-16" if "utf16" in path.name else "utf-8")
        for row in csv.DictReader(text.splitlines()):
            name = next(column for column in row if column.startswith("Average diameter"))
            unit = name[name.index("(") + 1 : name.index(")")]
            assert convert(Decimal(row[name]), unit, "nm") == Decimal(row[name]) * 1000


def test_every_unit_is_ucum_or_a_declared_word():
    found = {one["unit"] for path in _files("json") for one in _quantities(json.loads(path.read_bytes()))}
    assert {unit for unit in found if not is_unit(WORDS.get(unit, unit))} == set()
    assert "µm" in found


def test_the_documents_come_back_digit_by_digit():
    for path in (one for one in _files("json") if b"NaN" not in one.read_bytes()):
        document = loads(path.read_bytes())
        assert loads(dumps(document)) == document
        numbers = [one["value"] for one in _quantities(document)]
        assert not any(isinstance(number, float) for number in numbers)


def test_a_file_with_a_number_that_is_none_is_refused_at_its_place():
    """A converter of spectrometer files writes NaN where nothing was measured: that is not JSON (RFC 8259
    §6)."""
    raw = next(one.read_bytes() for one in _files("json") if b"NaN" in one.read_bytes())
    with pytest.raises(JsonRefused) as refused:
        loads(raw)
    assert refused.value.position == raw.index(b"NaN")
    assert (
        refused.value.sentence
        == f"The document is not JSON: NaN or Infinity at byte {raw.index(b'NaN')} is not a number."
    )
