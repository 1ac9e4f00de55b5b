"""The dictionary goes out as YAML and comes in again as one change that shows its difference first."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from dictionary.models import DataElement, Entity
from dictionary.services import transfer
from governance.actors import DEMONSTRATION
from governance.models import ChangeRequest
from governance.services import persons

pytestmark = [pytest.mark.django_db, pytest.mark.req("M2.2"), pytest.mark.req("M2.5")]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("dictionary", *arguments, stdout=out)
    return out.getvalue()


def enrolled(username: str):
    return persons.enrol(
        username=username,
        full_name=username.title(),
        password=None,
        roles=["integration engineer"],
        by=DEMONSTRATION,
        reason="Proposes changes",
    )


@pytest.fixture
def engineer(cast):
    return enrolled("ivo")


@pytest.fixture
def exported(world, tmp_path) -> Path:
    path = tmp_path / "dictionary.yaml"
    run("export", str(path))
    return path


def test_it_round_trips(exported):
    before = exported.read_text()
    assert "Nothing would change" in run("import", str(exported))
    assert transfer.export() == before


def test_an_import_shows_its_difference_and_changes_nothing_before_yes(exported, engineer):
    content = yaml.safe_load(exported.read_text())
    content["element"][0]["label"] = "Another label"
    exported.write_text(yaml.safe_dump(content))
    changes = ChangeRequest.objects.count()
    shown = run("import", str(exported))
    assert "label: " in shown
    assert "Another label" in shown
    assert ChangeRequest.objects.count() == changes
    run("import", str(exported), "--yes", "--as", engineer.username, "--reason", "Agreed with the laboratory")
    assert DataElement.objects.get(key=content["element"][0]["key"]).label == "Another label"
    author = ChangeRequest.objects.latest("proposed_at").author
    assert (author["kind"], author["name"], author["authenticated_by"]) == ("person", "Ivo", "command line")


@pytest.mark.parametrize(
    ("author", "words"),
    [
        ((), "needs a person who answers for it"),
        (("--as", "nobody"), "There is no person 'nobody'"),
        (("--as", "olga"), "You may not propose changes of the data element"),
        (("--as", "gone"), "Gone is deactivated"),
    ],
)
def test_an_import_needs_a_person_who_may_propose_it(exported, engineer, author, words):
    gone = enrolled("gone")
    persons.set_active(person=gone, is_active=False, by=DEMONSTRATION, reason="They left the site")
    exported.write_text(exported.read_text().replace("label: Lot", "label: Another label"))
    before = ChangeRequest.objects.count()
    with pytest.raises(CommandError, match=words):
        run("import", str(exported), "--yes", *author, "--reason", "Agreed with the laboratory")
    assert ChangeRequest.objects.count() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("element: [", "not YAML"),
        ("- 1", "mapping of kinds"),
        ("colour: [{key: x}]", "no kind of the dictionary"),
        ("element: [{label: x}]", "has no key"),
        ("element: [{key: x, label: X, definition: X, type: rainbow}]", "rainbow"),
    ],
)
def test_a_file_that_is_wrong_says_where(world, engineer, tmp_path, text, words):
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(CommandError, match=words):
        run("import", str(path), "--yes", "--as", engineer.username, "--reason", "A wrong file")


def test_the_starter_dictionary_is_accepted_whole(db):
    from governance.changes import Operation, propose

    keys = ("qms", "erp", "mes", "lims", "maintenance", "hr", "plm", "supplier-portal")
    systems = [
        Operation("system", key, {"key": key, "label": key, "category": "other", "owner": "Quality"}) for key in keys
    ]
    folder = Path(transfer.__file__).parents[1] / "starter"
    starter = transfer.read(path.read_text() for path in sorted(folder.glob("*.yaml")))
    propose(operations=[*systems, *starter], title="Starter", by=DEMONSTRATION, reason="A fresh hub")
    wanted = {"nonconformance", "capa", "supplier", "product", "lot", "inspection_result", "calibration_record",
              "audit_finding", "employee"}  # fmt: skip
    assert wanted <= set(Entity.objects.values_list("key", flat=True))
