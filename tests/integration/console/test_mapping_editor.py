"""The mapping editor: a sample and what it becomes, test cases that must hold, a back-test on real messages."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from governance.changes.effective import revision_of
from governance.models import AuditEvent
from tests.factories.forms import Page, problems
from tests.factories.world import sample
from tests.integration.console.test_proposing import author, may_propose  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]

KEY = "lims-result"
PART = {"HX-Request": "true"}


@pytest.fixture
def editor(author) -> Page:  # noqa: F811
    return Page(author, reverse("mapping-edit", args=[KEY]))


def test_it_begins_with_a_recent_message_that_the_user_may_read_and_the_look_is_recorded(editor):
    assert json.loads(editor.values["sample"])["sample"]
    assert "Result, content" in editor.text
    assert AuditEvent.objects.filter(kind="payload.viewed", actor__name="Olga Brandt").exists()


def test_who_may_not_read_payloads_gets_none_to_choose_and_cannot_take_one(busy, as_person):
    may_propose(busy.cast.victor)
    page = Page(as_person("victor"), reverse("mapping-edit", args=[KEY]))
    assert page.values["sample"] == ""
    assert "mg/dL" not in page.text.partition("datalist")[0]
    refused = page.say(message=str(busy.delivered)).press("take")
    assert "no such message whose content you may read" in problems(refused)
    assert refused.values["sample"] == ""


def test_a_script_gets_the_result_alone_and_what_stands_beside_each_rule(editor):
    wrong = sample(1, glucose={"value": "90", "unit": "furlong"})
    part = editor.say(sample=json.dumps(wrong)).press("preview", **{"HX-Request": "true"})
    assert part.status == 200
    assert "<html" not in part.text
    beside = part.text.partition('id="rule-2-live"')[2]
    assert "furlong" in beside.partition("</div>")[0]
    assert "It would go into quarantine" in part.text


def test_without_scripts_the_preview_button_does_the_same(editor):
    page = editor.say(sample=json.dumps(sample(1, verdict="NOK"))).press("preview")
    assert page.status == 200
    assert "&quot;verdict&quot;: &quot;fail&quot;" in page.text


def test_a_rule_that_cannot_be_run_is_refused_beside_it(editor):
    page = editor.fill(rules__0__path="$[").press("preview")
    assert 'id="f.rules.0.path.error"' in page.text or "rule 1 (reference)" in page.text
    assert "No result yet" not in page.text


def test_the_contract_of_the_interfaces_that_use_it_is_looked_at_too(editor):
    page = editor.say(sample=json.dumps({"lot": "L-1"})).press("preview")
    assert "The contract would refuse this sample" in page.text
    assert "ICD-0001" in page.text


def test_a_sample_is_kept_as_a_test_case_and_stands_in_the_released_content(editor):
    kept = editor.say(sample=json.dumps(sample(7)), case_name="a sound result").press("keep")
    assert kept.status == 200, problems(kept)
    assert kept.propose().status == 302
    found = revision_of("mapping", KEY)
    (case,) = found.content["cases"]
    assert case["name"] == "a sound result"
    assert json.loads(case["expected"])["reference"] == "S-7"
    assert found.version == "1.0.1"  # a test case alters no value


def test_a_failing_test_case_closes_the_button_and_the_door(editor):
    kept = editor.say(sample=json.dumps(sample(7, verdict="NOK")), case_name="a failed one").press("keep")
    broken = kept.fill(rules__3__path="$.judgement").press("preview")
    assert ("check", True) in broken.buttons
    assert "A test case fails, so it cannot be proposed" in broken.text
    refused = broken.press("check")
    assert refused.status == 422
    assert "The test case &#x27;a failed one&#x27; fails" in refused.text
    assert revision_of("mapping", KEY).version == "1.0.0"


def test_a_case_that_must_be_refused_is_one_too(editor):
    wrong = sample(8, glucose={"value": "90", "unit": "furlong"})
    kept = editor.say(sample=json.dumps(wrong), case_name="a unit of length").press("keep")
    assert kept.propose().status == 302
    assert revision_of("mapping", KEY).content["cases"][0]["refused"] == ["glucose"]


def test_a_back_test_counts_what_would_differ_and_shows_it(editor):
    same = editor.say(last="20").press("back_test")
    assert "No difference" in same.text
    other = editor.fill(rules__1__path="$.sample").say(last="20").press("back_test")
    assert "Mapped otherwise" in other.text
    assert other.text.count("Message <a") == 5
    back = other.press("back")
    assert back.values["f.rules.1.path"] == "$.sample"


def test_a_target_is_chosen_from_the_entity_and_brings_its_pickers(editor):
    assert '<option value="glucose" selected>' in editor.text
    assert 'data-element="glucose"' in editor.text
    assert "f.rules.3.codes.system" in editor.values
    assert "<code>NOK</code> → <code>fail</code>" in editor.text


def test_units_are_found_by_word_and_kept_to_what_converts(author):  # noqa: F811
    found = author.get(reverse("units"), {"q": "gram", "element": "glucose"}, headers=PART).content.decode()
    assert 'data-pick="mg/dL"' in found
    assert 'data-pick="kg"' not in found
    assert author.get(reverse("units"), {"element": "nothing"}).status_code == 404
    assert author.get(reverse("units"), {"like": "furlong"}).status_code == 400


def test_codes_are_found_by_what_a_system_calls_them(author):  # noqa: F811
    part = author.get(reverse("codes"), {"list": "verdict", "q": "nok"}, headers={"HX-Request": "true"})
    text = part.content.decode()
    assert 'data-pick="fail"' in text
    assert 'data-pick="pass"' not in text
    assert "<html" not in text


def test_the_verdict_on_another_schema_names_what_breaks(author):  # noqa: F811
    url = reverse("icd", args=["ICD-0001"])
    broken = author.post(url, {"candidate": "type: object\nrequired: [sample, lot, operator]"}).content.decode()
    assert "is now required" in broken
    assert "Breaking" in broken
    assert author.post(url, {"candidate": "type: nonsense"}).status_code == 422
