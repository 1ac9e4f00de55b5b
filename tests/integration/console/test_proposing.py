"""Every controlled kind is changed through a form: filled in, checked, given a reason; nothing lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.changes.effective import revision_of
from governance.console import places
from governance.guard.context import change
from governance.models import ChangeRequest, PersonPermission, Refusal, System
from governance.shapes.field import KEY
from tests.factories.forms import Page, problems
from tests.factories.world import connection, release
from tests.functional.busy import LAB, QUIET

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

KINDS = {
    "system": "qms",
    "code_list": "verdict",
    "element": "glucose",
    "entity": "result",
    "local_term": "mes_defect",
    "icd": "ICD-0001",
    "mapping": "lims-result",
    "connection": "qms-rest",
    "interface": LAB,
}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def author(busy, as_person) -> Client:
    """Olga, who may propose changes of everything that she sees."""
    may_propose(busy.cast.olga)
    return as_person("olga")


def may_propose(person) -> None:
    found = Permission.objects.get(content_type__app_label="governance", codename="add_changerequest")
    with change(by=DEMONSTRATION, reason="The rights of a test"):
        PersonPermission(person=person, permission=found).save()


def url(kind: str, key: str = "") -> str:
    if kind == "mapping":
        return reverse("mapping-edit", args=[key]) if key else reverse("mapping-new")
    return reverse("propose-change", args=[kind, key]) if key else reverse("propose-new", args=[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_opens_as_a_form_and_sent_back_untouched_it_changes_nothing(author, kind):
    page = Page(author, url(kind, KINDS[kind]))
    assert page.status == 200
    checked = page.press("check")
    assert checked.status == 422
    assert "Nothing would change" in problems(checked)


@pytest.mark.parametrize("kind", KINDS)
def test_a_label_is_changed_by_its_form_and_is_in_force_with_reason_and_version(author, kind):
    name = "term" if kind == "local_term" else "label"
    done = Page(author, url(kind, KINDS[kind])).fill(**{name: "Another name"}).propose()
    assert done.status == 302, problems(done)
    found = revision_of(kind, KINDS[kind])
    assert found is not None
    assert found.content[name] == "Another name"
    assert found.version == ("2.0.0" if kind == "local_term" else "1.0.1")
    shown = author.get(reverse("change", args=[found.change.number])).content.decode()
    assert "Agreed with the owner of the laboratory" in shown
    assert "Another name" in shown


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_as_text(author, kind):
    page = Page(author, url(kind, KINDS[kind])).press("as_text")
    content = yaml.safe_load(page.values["text"])
    assert content == revision_of(kind, KINDS[kind]).content
    name = "term" if kind == "local_term" else "label"
    done = page.say(text=yaml.safe_dump({**content, name: "Written"})).propose()
    assert done.status == 302, problems(done)
    assert revision_of(kind, KINDS[kind]).content[name] == "Written"


def test_a_broken_rule_stands_beside_its_field_and_nothing_changes(author):
    page = Page(author, url("element", "glucose")).fill(unit="furlong", definition="short").press("check")
    assert page.status == 422
    assert 'id="f.definition.error"' in page.text
    page = page.fill(definition="Long enough to be one.").press("check")
    assert "furlong" in problems(page)
    assert page.values["f.unit"] == "furlong"
    assert revision_of("element", "glucose").version == "1.0.0"


def test_rows_are_added_and_removed_by_ordinary_buttons(author):
    page = Page(author, url("code_list", "verdict")).press("add:f.codes")
    page.values[f"f.codes.2.{KEY}"] = "open"
    done = page.fill(codes__2__label="Still open").press("remove:f.codes.1").press("check")
    assert done.status == 422
    assert "is no code of the list" in problems(done)  # the crosswalk still leads to the removed one
    page = Page(author, url("code_list", "verdict")).press("add:f.codes")
    page.values[f"f.codes.2.{KEY}"] = "open"
    assert page.fill(codes__2__label="Still open").propose().status == 302
    assert set(revision_of("code_list", "verdict").content["codes"]) == {"pass", "fail", "open"}
    assert revision_of("code_list", "verdict").version == "1.1.0"  # a new code is compatible


def test_another_connector_asks_for_other_fields_and_secrets_never_stand_in_content(author):
    page = Page(author, url("connection")).fill(key="mes-sql", label="Database", system="mes", connector="sql")
    page = page.press("as_form")
    assert "f.settings.engine" in page.values
    assert "f.credentials.password" in page.values
    page.fill(settings__engine="sqlite", settings__database="/tmp/x.sqlite3", credentials__password="hunter2")
    refused = page.press("check")
    assert refused.status == 422
    assert revision_of("connection", "mes-sql") is None
    assert refused.fill(credentials__password="env:HUB_CONNECTION_MES").propose().status == 302


def test_a_reason_that_says_nothing_is_refused_beside_its_field_and_recorded(author):
    checked = Page(author, url("system", "qms")).fill(owner="Quality").fill(label="QMS").press("check")
    refused = checked.say(title="A new label", reason="x").press("propose")
    assert refused.status == 422
    assert 'id="reason.error"' in refused.text
    assert Refusal.objects.filter(act="change.propose", field="reason").count() == 1
    assert refused.say(reason="The site was renamed.").press("propose").status == 302


def test_who_may_not_propose_sees_the_button_disabled_with_the_sentence_and_the_form_is_closed(busy, as_person):
    client = as_person("victor")
    shown = client.get(reverse("element", args=["glucose"])).content.decode()
    assert "You may not propose changes of the data element glucose." in shown
    assert "You may not propose a new system." in client.get(url("system")).content.decode()
    assert client.get(url("element", "glucose")).status_code == 403
    assert client.post(url("element", "glucose"), {"do": "check"}).status_code == 403


def test_what_one_may_not_know_of_is_404_in_form_list_and_request(busy, as_person):
    """Rick may not see the quiet interface: not its form, not the request that made it, not as a dependent."""
    may_propose(busy.cast.rick)
    client = as_person("rick")
    assert client.get(url("interface", QUIET)).status_code == 404
    assert client.get(reverse("propose-retire", args=["interface", QUIET])).status_code == 404
    for address in (reverse("changes"), reverse("icd", args=["ICD-0002"]), reverse("icds")):
        assert QUIET not in client.get(address).content.decode(), address
    assert client.get(url("nonsense", "x")).status_code == 404
    assert client.get(reverse("change", args=["CR-1999-0001"])).status_code == 404


def test_an_unknown_field_is_refused_by_its_name(author):
    page = Page(author, url("system", "qms")).fill(is_admin="on")
    refused = page.press("check")
    assert refused.status == 422
    assert "f.is_admin" in problems(refused)
    assert author.post(url("system", "qms"), {"do": "check", "version": "9"}).status_code == 422


def test_an_unknown_filter_is_refused_by_its_name(author):
    for address in ("changes", "dictionary", "icds", "mappings", "units"):
        answer = author.get(reverse(address), {"colour": "red"})
        assert answer.status_code == 400, address
        assert "colour" in answer.content.decode()
    assert author.get(reverse("changes"), {"kind": "nonsense"}).status_code == 400


def test_a_change_that_came_first_is_shown_beside_mine_and_nothing_is_lost(author):
    page = Page(author, url("system", "qms")).fill(owner="Quality assurance")
    theirs = {**revision_of("system", "qms").content, "label": "Renamed meanwhile"}
    release(("system", theirs))
    conflict = page.press("check")
    assert conflict.status == 409
    assert "Renamed meanwhile" in conflict.text
    assert "Quality assurance" in conflict.text
    merged = conflict.press("merge")
    assert merged.status == 200
    assert merged.propose().status == 302
    content = revision_of("system", "qms").content
    assert (content["label"], content["owner"]) == ("Renamed meanwhile", "Quality assurance")


def test_the_same_between_check_and_reason(author):
    checked = Page(author, url("system", "qms")).fill(owner="Quality assurance").press("check")
    release(("system", {**revision_of("system", "qms").content, "owner": "Somebody else"}))
    conflict = checked.say(title="Another owner", reason="The office moved.").press("propose")
    assert conflict.status == 409
    assert "<code>owner</code>" in conflict.text
    assert "You both changed owner" in conflict.press("merge").text


def test_what_is_used_cannot_be_retired_and_what_is_not_can(author):
    held = Page(author, reverse("propose-retire", args=["code_list", "verdict"]))
    assert "cannot be retired" in held.text
    assert "disabled" in held.text
    refused = held.say(title="Away with it", reason="Nobody needs it.").press("")
    assert refused.status == 422
    page = Page(author, reverse("propose-retire", args=["local_term", "mes_defect"]))
    assert page.say(title="Away with it", reason="Nobody says so any more.").press("").status == 302
    assert author.get(reverse("term", args=["mes_defect"])).status_code == 404


def test_what_stands_in_the_way_of_retiring_is_not_named_to_who_may_not_know_of_it(busy, as_person):
    may_propose(busy.cast.rick)
    page = Page(as_person("rick"), reverse("propose-retire", args=["icd", "ICD-0002"]))
    assert QUIET not in page.text
    assert "something that you may not see refers to it" in page.text
    assert "the interface &#x27;IF-002&#x27; refers to it" in page.text


def test_a_reference_to_what_one_may_not_know_of_leads_nowhere(author):
    place = places.place_of("system")
    places.register(replace(place, visible=lambda user: System.objects.exclude(key="old")))
    try:
        page = Page(author, url("local_term", "mes_defect"))
        page.values["f.system"] = "old"
        assert "the system &#x27;old&#x27;, which does not exist" in page.press("check").text
    finally:
        places.register(place)


def test_a_key_that_is_taken_is_refused_for_a_new_object(author):
    page = Page(author, url("system")).fill(key="qms", label="Second", category="qms", owner="Me")
    refused = page.press("check")
    assert refused.status == 422
    assert "is taken" in problems(refused)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &a [x]\nb: [*a, *a]", "alias"),
        ("key: qms\nkey: mes", "stands twice"),
        ("!!python/name:os.system ''", "could not determine a constructor"),
        ("- a list", "list of names"),
        ("x" * 400_001, "at most 400,000"),
        ('label: "\\0"', "NUL"),
    ],
)
def test_text_that_could_do_harm_is_refused_with_a_sentence(author, text, why):
    page = Page(author, url("system", "qms") + "?as=text").say(text=text).press("check")
    assert page.status == 422
    assert why in problems(page)


def test_a_stored_script_is_text_on_every_page_of_a_proposal(author):
    label = f"{SCRIPT}“”"
    turned = Page(author, url("system", "crm")).fill(label=f"{label}\u202e", description=SCRIPT).press("check")
    assert "The text at label holds U+202E" in turned.text
    page = Page(author, url("system", "crm")).fill(label=label, description=SCRIPT)
    checked = page.press("check")
    assert SCRIPT not in checked.text
    done = checked.say(title=SCRIPT, reason=SCRIPT).press("propose")
    number = ChangeRequest.objects.get(number=done.answer["Location"].rpartition("/")[2]).number
    for address in (reverse("changes"), reverse("change", args=[number]), url("system", "crm")):
        assert SCRIPT not in author.get(address).content.decode(), address
    assert System.objects.get(key="crm").label == label


def test_a_form_without_its_token_is_refused(busy):
    client = Client(enforce_csrf_checks=True)
    client.force_login(busy.cast.olga, backend="django.contrib.auth.backends.ModelBackend")
    may_propose(busy.cast.olga)
    assert client.post(url("system", "qms"), {"do": "check"}).status_code == 403


def test_the_list_of_changes_is_narrowed_by_kind_key_words_and_author(author):
    release(("connection", {**connection("https://qms.example"), "label": "Moved"}))
    newest = ChangeRequest.objects.latest("number").number
    for query in ("?kind=connection", "?key=qms-rest", f"?q={newest}", "?author=Demonstration", "?state=released"):
        assert newest in author.get(reverse("changes") + query).content.decode(), query
    assert newest not in author.get(reverse("changes") + "?kind=icd").content.decode()


ANYTHING = ([], {}, 5, "x", None, True, [[]], [5], {"a": {"b": 5}}, "‮\u0301" * 40, "x" * 5000)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_stands_in_a_draft_is_answered_and_never_an_error_of_ours(author, kind):
    """Each field in turn holds what it must not: checked as text, and shown as a form."""
    content = revision_of(kind, KINDS[kind]).content
    page = Page(author, url(kind, KINDS[kind])).press("as_text")
    for number, name in enumerate(sorted({*content, "rules", "cases", "connector", "settings"})):
        wrong = yaml.safe_dump({**content, name: ANYTHING[number % len(ANYTHING)]})
        for do in ("check", "as_form"):
            assert page.say(text=wrong).press(do).status in (200, 422), (name, do)


def test_lists_take_as_many_queries_for_many_as_for_few(author, django_assert_max_num_queries):
    for address in ("changes", "icds", "mappings", "dictionary"):
        author.get(reverse(address))
        with django_assert_max_num_queries(60) as few:
            author.get(reverse(address))
        for number in range(4):
            icd = {**revision_of("icd", "ICD-0001").content, "key": f"ICD-{address}-{number}"}
            release(("icd", icd))
        with django_assert_max_num_queries(len(few.captured_queries)):
            author.get(reverse(address))


@pytest.mark.parametrize("name", ["title", "reason", "base"])
def test_a_nul_character_is_refused_and_never_an_error_of_ours(author, name):
    checked = Page(author, url("system", "qms")).fill(owner="Quality assurance").press("check")
    words = {"title": "Another owner", "reason": "The office moved.", "base": checked.values["base"]}
    refused = checked.say(**{**words, name: "1.0.9\x00" if name == "base" else f"{words[name]}\x00"}).press("propose")
    assert refused.status == (409 if name == "base" else 422)
    assert revision_of("system", "qms").content["owner"] == "Quality"


@pytest.mark.parametrize("text", ['{"key": "qms", "label": "\\u0000"}', '{"key": "qms", "label": "\\ud800"}', "[", "5"])
def test_what_came_back_broken_from_the_last_step_is_refused(author, text):
    checked = Page(author, url("system", "qms")).fill(owner="Quality assurance").press("check")
    refused = checked.say(content=text, title="Another owner", reason="The office moved.").press("propose")
    assert refused.status == 422
    assert revision_of("system", "qms").content["owner"] == "Quality"
