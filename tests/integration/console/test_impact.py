"""The pages of impact, through HTTP, in a world of several systems: who sees what, and what bad input is answered."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from governance import audit
from governance.actors import DEMONSTRATION
from governance.changes import Operation
from governance.changes.deciding.standings import proposal_content
from governance.changes.deciding.voiding import GREW
from governance.changes.effective import revision_of
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.errors import NotAllowed
from governance.guard.context import change
from governance.models import AuditEvent, ChangeRequest, Person
from governance.services.persons import enrol
from hub.services.grants import allow_role
from tests.factories.cast import PASSWORD
from tests.factories.deciding import engineer, put_policies_in_force, sign
from tests.factories.several import make_several
from tests.factories.world import REASON, element, release
from tests.integration.console.test_change_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("B2"), pytest.mark.req("M7.4")]


@pytest.fixture
def several(world):
    make_several(world.target.url)
    for key in ("IF-003", "IF-004"):
        allow_role(role="auditor", permission="view_interface", interface_key=key, by=DEMONSTRATION, reason=REASON)
    return world


def client_of(several, name: str) -> Client:
    client = Client()
    client.force_login(getattr(several.cast, name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(several, name: str = "victor", **query: str):
    return client_of(several, name).get(reverse("impact"), query)


def test_a_field_lists_what_depends_on_it_with_reason_owner_and_criticality(several):
    text = page(several, system="mes", field="charge.no").content.decode()
    for told in (
        "The line to quality",
        "Ivo Keller",
        "rule 2 (lot) of the mapping mes-result, in IF-003",
        "test case “a sound one”",
        "objective p95_ms",
        "input $.lot of results",
    ):
        assert told in text
    assert "IF-001" not in text
    assert "Complaints to quality" not in text


def test_an_object_lists_what_depends_on_it(several):
    text = page(several, kind="element", key="complaint").content.decode()
    assert "Complaints to quality" in text
    assert "The line to quality" not in text


def test_who_may_not_see_an_interface_gets_a_number_in_its_place(several):
    text = page(several, "olga", system="mes", field="$.charge.no").content.decode()
    assert "IF-003" not in text
    assert "that you may not see" in text
    assert "IF-003" in page(several, system="mes", field="$.charge.no").content.decode()


def test_fields_that_only_hidden_interfaces_use_are_not_suggested(several):
    assert "$.charge.no" not in page(several, "olga", system="mes").content.decode()
    assert "$.charge.no" in page(several, system="mes").content.decode()


@pytest.mark.parametrize(
    "query", [{"system": "nowhere"}, {"system": "nowhere", "field": "$.x"}, {"kind": "element", "key": "nowhere"}]
)
def test_what_is_not_there_is_a_404(several, query):
    assert page(several, **query).status_code == 404


def test_who_may_see_nothing_is_answered_as_if_nothing_were_there(several):
    from governance.services.persons import enrol

    nobody = enrol(username="nobody", full_name="No Body", password="correct horse battery", roles=[],
                   by=DEMONSTRATION, reason=REASON)  # fmt: skip
    client = Client()
    client.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    answers = [client.get(reverse("impact"), {"system": key, "field": "$.lot"}) for key in ("lims", "nowhere")]
    assert [one.status_code for one in answers] == [404, 404]
    assert client.get(reverse("impact")).status_code == 200


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"system": "mes", "field": "$..x"}, "is no path of a field"),
        ({"system": "mes", "field": "=cmd()"}, "is no path of a field"),
        ({"colour": "blue"}, "has no filter"),
        ({"kind": "nothing", "key": "x"}, "cannot be"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(several, query, sentence):
    answer = page(several, **query)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_a_field_that_nothing_names_is_answered_so(several):
    answer = page(several, system="mes", field="$.charge.name")
    assert answer.status_code == 200
    assert "Nothing that you may see depends on it" in answer.content.decode()


def test_the_file_holds_every_object_no_formula_and_stands_in_the_trail(several):
    release(("system", {"key": "qms", "label": "=1+1", "category": "qms", "owner": "@SUM(A1)", "level": 3}))
    answer = page(several, system="lims", field="$.lot", format="csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Distance", "Kind", "Key"]
    reached = {row[2]: row for row in rows}
    assert {"IF-001", "lims-result", "qms"} <= reached.keys()
    assert reached["qms"][3:5] == ["'=1+1", "'@SUM(A1)"]
    event = AuditEvent.objects.get(kind="impact.exported")
    assert (event.actor["name"], event.subject_id) == ("Victor Lind", "lims $.lot")
    assert event.facts["count"] == len(rows) - 1


OLD = {
    "openapi": "3.0.3",
    "components": {
        "schemas": {
            "Result": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string"},
                    "charge": {"type": "object", "properties": {"no": {"type": "string"}}},
                    "note": {"type": "string"},
                },
            }
        }
    },
}


def changed(**properties) -> str:
    held = json.loads(json.dumps(OLD))
    shape = held["components"]["schemas"]["Result"]["properties"]
    for name, value in properties.items():
        shape.pop(name, None) if value is None else shape.__setitem__(name, value)
    return json.dumps(held)


def compare(several, name: str = "victor", **posted: str):
    given = {"system": "mes", "document": "", "record": "", "old": json.dumps(OLD), "new": "", **posted}
    return client_of(several, name).post(reverse("impact-description"), given)


def test_a_renamed_field_is_suspected_and_leads_to_what_reads_it(several):
    new = changed(charge={"type": "object", "properties": {"number": {"type": "string"}}}, note=None)
    text = compare(several, new=new).content.decode()
    for told in ("2 differences", "Renamed, perhaps", "$.charge.no", "“number”", "The line to quality", "Ivo Keller"):
        assert told in text
    assert "IF-001" not in text


def test_without_an_old_one_what_is_held_is_compared(several):
    text = compare(several, new=changed(charge=None), old="", document="ICD-0003").content.decode()
    assert "against what is held here" in text
    assert "$.charge.no" in text
    assert "The line to quality" in text
    answer = compare(several, new=changed(), old="")
    assert answer.status_code == 422
    assert "must be known which document this is. Of mes are held: ICD-0003" in answer.content.decode()


def test_a_field_that_a_target_requires_from_now_on_reaches_the_rules_that_write_there(several):
    new = changed(site={"type": "string"})
    new = new.replace('"required": ["id"]', '"required": ["id", "site"]')
    text = compare(several, system="qms", document="results", new=new).content.decode()
    assert "must be given" in text
    assert "Results to quality" in text
    assert "nothing that you may see" in compare(several, system="mes", new=new).content.decode()


LOOP = {"openapi": "3.0.3", "components": {"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}}}  # fmt: skip  # noqa: E501
DEEP = '{"properties":' + '{"a":{"properties":' * 120 + "{}" + "}}" * 120 + "}"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nproperties: {c: *b}\n"
WIDE = {"$defs": {f"d{n}": {"properties": {f"{side}": {"$ref": f"#/$defs/d{n + 1}"} for side in "abc"}} for n in range(18)} | {"d18": {}}, "$ref": "#/$defs/d0"}  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "It is empty."),
        ("[1, 2]", "It is no object"),
        ("hello", "It is no object"),
        ('{"type": "object", "type": "array"}', "stands twice"),
        ('{"properties": {"x": {"minimum": NaN}}}', "no JSON number"),
        ('{"properties": ', "stops being JSON in line 1"),
        ("{" * 100_000, "stops being JSON"),
        ("[" * 100_000, "nests too deeply"),
        (DEEP, "nested more than 100 levels"),
        (BOMB, "alias"),
        ("x: .nan\nproperties: {}", "is no number"),
        (json.dumps(LOOP), "leads back to itself"),
        (json.dumps(WIDE), "unfolds to more than"),
        ('{"$ref": "https://example.com/x.json"}', "which is elsewhere"),
        ('{"$ref": "#/nowhere"}', "leads nowhere"),
        ('{"properties": {"a\\u202eb": {}}}', "turns around what is read"),
        ('{"properties": {"a\\u0000b": {}}}', "NUL"),
        ('{"properties": {"e\\u0301": {}}}', "normalisation form C"),
        ('{"hello": "world"}', "neither OpenAPI nor JSON Schema"),
        ('{"openapi": "3.0.3", "paths": {}}', "describes no record"),
        ("properties:\n" + "  x: {}\n" * 20_000, "at most 150,000 of YAML"),
        ('{"properties": {"x": {}}, "description": "' + "x" * 2_000_001 + '"}', "at most 2,000,000"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_field_and_in_time(several, text, sentence):
    for name in ("new", "old"):
        given = {"new": changed(), "old": json.dumps(OLD), name: text}
        if name == "old" and not text:
            continue
        answer = compare(several, **given)
        assert answer.status_code == 422, sentence
        said = answer.content.decode()
        assert sentence in said
        assert f'id="d-{name}-error"' in said


def test_a_record_that_holds_itself_is_followed_once(several):
    tree = {"$defs": {"node": {"type": "object", "properties": {"name": {"type": "string"}, "below": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}}, "$ref": "#/$defs/node"}  # fmt: skip  # noqa: E501
    less = json.loads(json.dumps(tree))
    less["$defs"]["node"]["properties"].pop("name")
    answer = compare(several, old=json.dumps(tree), new=json.dumps(less))
    assert answer.status_code == 200
    assert "1 difference" in answer.content.decode()


def test_a_script_in_a_name_stays_text(several):
    new = changed(**{"<script>alert(1)</script>": {"type": "string"}})
    text = compare(several, new=new).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_a_field_that_the_form_does_not_have_is_refused(several):
    assert compare(several, new=changed(), state="released").status_code == 422
    assert compare(several, new=changed(), system="nowhere").status_code == 404


def test_a_file_is_taken_in_the_place_of_a_text(several):
    from django.core.files.uploadedfile import SimpleUploadedFile

    held = SimpleUploadedFile("new.json", changed(note=None).encode())
    assert "1 difference" in compare(several, new_file=held).content.decode()
    bad = SimpleUploadedFile("new.json", b"\xff\xfe{")
    assert "is no UTF-8 at byte 1" in compare(several, new_file=bad).content.decode()
    assert "1 difference" in compare(several, new=changed(note=None), new_file="", old_file="").content.decode()
    assert compare(several, new=changed(), new_file="a text").status_code == 422
    other = SimpleUploadedFile("x.json", b"{}")
    assert compare(several, new=changed(), third_file=other).status_code == 422


def test_the_page_of_a_change_names_nothing_that_its_reader_may_not_see(several):
    held = {kind: revision_of(kind, key).content for kind, key in (("element", "complaint"), ("interface", "IF-004"))}
    wanted = [Operation(kind, one["key"], {**one, "label": "Called anew"}) for kind, one in held.items()]
    made = draft(operations=wanted, title="Two names", by=DEMONSTRATION, reason=REASON)
    grown = f"{GREW}: interface IF-004. Earlier signatures are void."
    with change(by=several.cast.olga, reason=REASON):  # who stopped it need not see what it reaches either
        made.stopped_because = grown
        made.save()
        audit.record("change.stopped", subject=("change", made.number), because=grown)
        audit.record("change.edited", subject=("change", made.number), kind="element", key="complaint")
    with change(by=DEMONSTRATION, reason=REASON):
        said = {"kind": "interface", "key": "IF-004", "verdict": "accepted"}
        audit.record("change.dispositioned", subject=("change", made.number), **said)
    for name, is_named in (("olga", False), ("victor", True)):
        page = client_of(several, name).get(page_of(made)).content.decode()
        assert ("IF-004" in page) is is_named, name
        assert (grown in page) is is_named
        assert GREW in page
        listed = client_of(several, name).get(reverse("changes")).content.decode()
        assert GREW in listed
        trail = client_of(several, name).get(reverse("audit"), {"subject": made.number}).content.decode()
        assert f"{made.number} was stopped" in trail or not is_named
        assert ("IF-004" in trail) is is_named
        edited = AuditEvent.objects.get(kind="change.edited", subject_id=made.number)
        acted = client_of(several, name).get(reverse("audit-event", args=[edited.id])).content.decode()
        assert (GREW in acted, "IF-004" in acted) == (is_named, is_named)
        assert grown not in listed


def page_of(made) -> str:
    return reverse("change", args=[made.number])


@pytest.fixture
def draft_of(several):
    """A draft that nobody submitted, of somebody who may propose."""
    author = engineer("nina", "Nina Roth")
    several.cast.nina = author
    wanted = [Operation("element", "glucose", element("glucose", "quantity", unit="mg/dL", digits=2))]
    return draft(operations=wanted, title="Another unit", by=author, reason=REASON)


def test_what_was_found_is_attached_to_a_change_and_stands_in_what_is_signed(several, draft_of):
    client, address = client_of(several, "nina"), reverse("impact") + "?kind=element&key=glucose"
    assert f"{draft_of.number}: Another unit" in client.get(address).content.decode()
    for given, status, told in (
        ({"change": draft_of.number, "reason": "."}, 422, "too little"),
        ({"change": "CR-2020-0001", "reason": REASON}, 422, "There is no change request CR-2020-0001 that takes"),
        ({"change": "", "reason": REASON}, 422, "Choose the change request that it belongs to."),
        ({"change": draft_of.number, "reason": REASON, "is_passed": "on"}, 422, "no field “is_passed”"),
    ):
        answer = client.post(address, given)
        assert (answer.status_code, told in answer.content.decode()) == (status, True), given
    assert client.post(reverse("impact"), {"change": draft_of.number, "reason": REASON}).status_code == 400
    assert not draft_of.evidence.exists()
    answer = client.post(address, {"change": draft_of.number, "reason": REASON})
    assert answer["Location"].startswith(reverse("change", args=[draft_of.number]))
    kept = draft_of.evidence.get()
    assert (kept.kind, kept.facts["about"]) == ("impact", {"kind": "element", "key": "glucose"})
    page = client.get(answer["Location"]).content.decode()
    assert f"Attached to {draft_of.number} as evidence." in page
    assert kept.title.startswith("Impact found: ")
    assert "Asked about: data element glucose." in page
    assert kept.title in page
    assert "<summary>What it says</summary>" in page
    assert kept.digest in str(proposal_content(draft_of))


def test_differences_of_a_description_are_attached_with_what_depends_on_each(several, draft_of):
    client, address = client_of(several, "nina"), reverse("impact-description")
    given = {"system": "mes", "old": json.dumps(OLD), "new": changed(charge=None)}
    shown = client.post(address, given).content.decode()
    assert "Attach this to a change request" in shown
    answer = client.post(address, given | {"change": draft_of.number, "reason": REASON})
    assert answer.status_code == 302, answer.content.decode()
    kept = draft_of.evidence.get()
    assert kept.kind == "api_differences"
    assert kept.facts["differences"]


FOUND = {
    "impact": ("?kind=element&key=glucose", {}),
    "impact-description": ("", {"system": "mes", "old": json.dumps(OLD), "new": changed(charge=None)}),
}


@pytest.mark.parametrize("name", list(FOUND))
def test_who_attached_what_was_found_does_not_decide_on_it_and_who_only_submitted_it_may(several, draft_of, name):
    """Both may draft and approve: one attaches an impact or differences, the other submits what the hub tries then."""
    put_policies_in_force(several.cast, several.cast.nina)
    attaching, submitting = (drafts_and_approves(one) for one in ("Paul Weber", "Petra Klein"))
    asked, given = FOUND[name]
    given = {**given, "change": draft_of.number, "reason": REASON}
    assert signed_in(attaching).post(reverse(name) + asked, given).status_code == 302
    drafting.submit(number=draft_of.number, by=submitting, reason=REASON)
    assert draft_of.evidence.filter(kind="back_test", by__name="Petra Klein").exists()
    shown = signed_in(several.cast.rick).get(page_of(draft_of)).content.decode()
    assert "Had a hand in it</dt><dd>Nina Roth, Paul Weber</dd>" in shown
    with pytest.raises(NotAllowed, match="had a hand in it yourself"):
        sign(attaching, draft_of.number, "rejected")
    sign(submitting, draft_of.number, "rejected")
    assert ChangeRequest.objects.get(pk=draft_of.pk).state == "rejected"


def drafts_and_approves(full_name: str) -> Person:
    return enrol(username=full_name.split()[0].lower(), full_name=full_name, password=PASSWORD,
                 roles=["integration engineer", "quality approver"], by=DEMONSTRATION, reason=REASON)  # fmt: skip


def test_nothing_is_attached_to_a_change_of_somebody_else(several, draft_of):
    address = reverse("impact") + "?kind=element&key=glucose"
    client = client_of(several, "victor")
    assert draft_of.number not in client.get(address).content.decode()
    assert client.post(address, {"change": draft_of.number, "reason": REASON}).status_code == 422
    assert not draft_of.evidence.exists()
