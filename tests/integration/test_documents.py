"""Interface control documents: what is generated agrees with what runs, or the change is refused with the list."""

from __future__ import annotations

import pytest
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.changes.effective import revision_of
from governance.changes.operation import Operation
from governance.changes.releasing import rollback
from governance.errors import ContentRefused, Refused
from governance.models import Refusal, Signature
from governance.signing import ceremony, keys
from hub.documents import door, proof
from hub.flow.intake.poll import poll_due
from hub.models import Message, StreamState
from tests.factories.cast import PASSWORD
from tests.factories.deciding import REASON, engineer, put_policies_in_force, release_signed, released, session_of
from tests.factories.documents import WRITTEN, describe, document, put, wanted
from tests.factories.world import connection, element, icd, interface, release, sample, to_canonical
from tests.integration.test_intake import post
from tests.integration.test_poll import HEADER, files, polled

pytestmark = [pytest.mark.django_db, pytest.mark.req("M1.6")]

TRIES = "IF-001 › When something fails › Tries"


@pytest.fixture
def described(world):
    """IF-001 in production, described whole by ICD-0001."""
    return describe(world)


def refused(operations: list[Operation], by, *, bring: bool = False) -> str:
    with pytest.raises(ContentRefused) as error:
        put(operations, by, bring=bring)
    return str(error.value)


def rows(content: dict, key: str = "IF-001") -> dict[str, str]:
    return {
        f"{section['title']} › {row['name']}": row["value"]
        for section in content["generated"][key]
        for row in section["rows"]
    }


def test_it_holds_what_follows_from_the_configuration(described):
    found = rows(revision_of("icd", "ICD-0001").content)
    assert found["What it connects › From"] == "Lab system (lims)"
    assert found["What it connects › Stage"] == "production"
    assert found["How records arrive › Door"].startswith("POST /api/v1/interfaces/IF-001/messages")
    assert found["What is made of them › glucose"] == "$.glucose.value; unit at $.glucose.unit → g/L with 2 digits"
    assert found["Route qms › Guarantee"].startswith("Native:")
    assert found["Route qms › Address"] == described.target.url
    assert found["When something fails › Tries"] == "5"
    assert found["Service level › Backlog"] == "the default of this hub"
    assert found["Protection › Data class"] == "internal"


@pytest.mark.parametrize(
    ("changed", "row"),
    [
        (("interface", interface(stage="production", retry={"max_attempts": 9}), "IF-001"), TRIES),
        (("interface", interface(stage="production", objective={"backlog": 7}), "IF-001"), "Service level › Backlog"),
        (("connection", connection("https://elsewhere.example"), "qms-rest"), "Route qms › Address"),
        (("connection", connection("https://user:word@qms.example/x?k=v"), "qms-rest"), "https://qms.example/x”"),
        (("mapping", to_canonical(rules=to_canonical()["rules"][:4]), "lims-result"), "› measured_at"),
        (("element", element("glucose", "quantity", unit="mg/dL", digits=2), "glucose"), "→ mg/dL with 2 digits"),
    ],
)
def test_a_change_that_makes_it_wrong_is_refused_with_the_list_and_accepted_with_the_document(described, changed, row):
    said = refused(wanted(changed), described.cast.olga)
    assert "icd ICD-0001" in said
    assert row in said
    assert "user:word" not in said
    assert revision_of("icd", "ICD-0001").version == "1.1.0"
    made = put(wanted(changed), described.cast.olga)
    assert {one.key for one in made.operations.all()} == {changed[2], "ICD-0001"}
    assert revision_of("icd", "ICD-0001").version == "1.2.0"


def test_a_change_that_it_says_nothing_about_needs_no_document(described):
    made = put(
        wanted(("interface", interface(stage="production", label="Another name"), "IF-001")), described.cast.olga
    )
    assert [one.key for one in made.operations.all()] == ["IF-001"]


def test_what_is_generated_cannot_be_written_by_hand(described):
    held = revision_of("icd", "ICD-0001").content
    forged = {**held, "generated": {"IF-001": [{"section": "x", "title": "X", "rows": [{"name": "a", "value": "b"}]}]}}
    said = refused(wanted(("icd", forged, "ICD-0001")), described.cast.olga)
    assert "IF-001 › X › a: the document says “b”, the configuration has no such thing." in said
    other = {**held, "generated": {"IF-009": held["generated"]["IF-001"]}}
    assert "'interfaces' does not name" in refused(wanted(("icd", other, "ICD-0001")), described.cast.olga)


def test_it_names_only_interfaces_that_run_with_it(described):
    said = refused(
        wanted(("icd", document() | {"interfaces": ["IF-001", "IF-404"]}, "ICD-0001")), described.cast.olga, bring=True
    )
    assert "It names the interface 'IF-404', which does not run with ICD-0001" in said
    put(
        wanted(
            ("icd", icd(key="ICD-0002"), "ICD-0002"), ("interface", interface(key="IF-002", icd="ICD-0002"), "IF-002")
        ),
        described.cast.olga,
    )
    said = refused(
        wanted(("icd", document() | {"interfaces": ["IF-001", "IF-002"]}, "ICD-0001")), described.cast.olga, bring=True
    )
    assert "'IF-002', which does not run with ICD-0001" in said
    assert "ICD-0002" not in said


@pytest.mark.parametrize("part", WRITTEN)
def test_production_needs_every_part(world, part):
    whole = {name: text for name, text in document().items() if name != part}
    said = refused(
        wanted(("icd", whole, "ICD-0001"), ("interface", interface(stage="production"), "IF-001")),
        world.cast.olga,
        bring=True,
    )
    assert "cannot carry production traffic: its document ICD-0001 says nothing about:" in said


def test_an_interface_without_a_document_that_describes_it_is_not_put_into_production(world):
    said = refused(wanted(("interface", interface(stage="production"), "IF-001")), world.cast.olga)
    assert "cannot carry production traffic: its document ICD-0001 does not describe it." in said
    assert revision_of("interface", "IF-001").content.get("stage") is None


def test_the_document_of_a_production_interface_cannot_let_go_of_it(described):
    for content in (icd(**WRITTEN), document() | {"security": ""}):
        said = refused(wanted(("icd", content, "ICD-0001")), described.cast.olga, bring=True)
        assert "interface IF-001" in said
        assert "cannot carry production traffic" in said


def test_a_retired_interface_leaves_its_document_in_the_same_change(described):
    assert "does not run with ICD-0001" in refused(wanted(("interface", None, "IF-001")), described.cast.olga)
    put(wanted(("interface", None, "IF-001")), described.cast.olga)
    assert revision_of("icd", "ICD-0001").content["interfaces"] == []
    assert "generated" not in revision_of("icd", "ICD-0001").content


def test_words_alone_are_a_small_change_and_the_schema_a_great_one(described):
    put(wanted(("icd", document() | {"service_level": "Working days."}, "ICD-0001")), described.cast.olga)
    assert revision_of("icd", "ICD-0001").version == "1.2.0"
    put(wanted(("icd", document() | {"label": "Results"}, "ICD-0001")), described.cast.olga)
    assert revision_of("icd", "ICD-0001").version == "1.3.0"  # the service level goes back with it
    put(
        wanted(("icd", document() | {"label": "Results", "idempotency_key": ["$.lot"]}, "ICD-0001")),
        described.cast.olga,
    )
    assert revision_of("icd", "ICD-0001").version == "2.0.0"


def test_the_door_of_production_takes_records_only_with_an_approved_document(client, described, settings):
    assert post(client, described, sample(1)).status_code == 202
    settings.DEVELOPMENT, settings.HUB_ENVIRONMENT = False, "production"
    door.forget()
    answer = post(client, described, sample(2))
    assert answer.status_code == 409, "it came into force before there was a policy, unsigned"
    assert "no approval of its document ICD-0001 1.1.0 counts in this hub" in answer.json()["detail"]
    keys.register(by=DEMONSTRATION, reason=REASON)
    author, cast = engineer(), described.cast
    put_policies_in_force(cast, author)
    made = put(wanted(("icd", document() | {"service_level": "Working days."}, "ICD-0001")), author)
    assert post(client, described, sample(2)).status_code == 409, "not while it is only proposed"
    released(cast, author, made.number)
    assert post(client, described, sample(2)).status_code == 202
    said = Signature.objects.get(subject_kind="change", subject_id=made.number, meaning="approved")
    with pytest.raises(Refused):  # what is released rests on it
        ceremony.withdraw(
            signature=said, by=cast.quinn, session_key=session_of(cast.quinn), password=PASSWORD, reason=REASON
        )
    again = put(wanted(("icd", document() | {"service_level": "Nights, too."}, "ICD-0001")), author)
    released(cast, author, again.number)
    back = rollback.roll_back(number=again.number, by=cast.olga, reason=REASON)
    release_signed(cast.quinn, back.number)
    door.forget()
    assert post(client, described, sample(4)).status_code == 202, "what was approved came back"
    settings.HUB_ORIGIN = "https://another.example"
    door.forget()
    assert post(client, described, sample(3)).status_code == 409, "a signature of another hub counts nowhere else"


def test_what_a_demonstration_signed_carries_no_production_traffic(client, described, settings):
    author = engineer()
    put_policies_in_force(described.cast, author)
    made = put(wanted(("icd", document() | {"service_level": "Working days."}, "ICD-0001")), author)
    released(described.cast, author, made.number)
    settings.DEVELOPMENT, settings.HUB_ENVIRONMENT = False, "production"
    answer = post(client, described, sample(1))
    assert answer.status_code == 409
    assert "no approval of its document ICD-0001 1.2.0 counts" in answer.json()["detail"]


def test_in_a_hub_of_production_an_interface_in_test_takes_nothing(client, world, settings):
    assert post(client, world, sample(1)).status_code == 202
    settings.HUB_ENVIRONMENT = "production"
    answer = post(client, world, sample(2))
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("not_in_production")
    assert "its document ICD-0001 is approved for it and its stage is production" in answer.json()["detail"]


def test_the_door_refuses_by_itself_what_came_into_production_without_a_document(client, world, monkeypatch):
    with monkeypatch.context() as patched:  # as a build would have let it, that did not know the rule
        patched.setattr(proof, "gaps", lambda interface, icd, document: [])
        put(wanted(("interface", interface(stage="production"), "IF-001")), world.cast.olga)
    answer = post(client, world, sample(1))
    assert answer.status_code == 409
    assert "does not describe it" in answer.json()["detail"]
    assert Message.objects.count() == 0
    assert Refusal.objects.get(act="message.receive").field == "icd"


def test_a_stream_of_an_interface_in_test_is_not_read_in_production(world, tmp_path, settings):
    release(("connection", files(tmp_path)), ("interface", polled("IF-010", "lims-files", "results")))
    (tmp_path / "one.csv").write_text(HEADER + "S-1,L-1,OK\n")
    settings.HUB_ENVIRONMENT = "production"
    assert poll_due() == 0
    assert (tmp_path / "one.csv").exists()
    state = StreamState.objects.get(interface_key="IF-010")
    assert "is in the stage test, and this hub is in production" in state.sentence
    settings.HUB_ENVIRONMENT = "development"
    StreamState.objects.update(due_at=timezone.now())
    assert poll_due() == 1
