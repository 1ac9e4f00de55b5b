"""The administrator's pages of persons: every act with a reason, none on one's own account, the last one stays."""

from __future__ import annotations

import re

import pytest

from governance.errors import Refused
from governance.models import AuditEvent, Membership, Person
from governance.services import persons
from hub.permissions import visible_interfaces
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import WHY, sign_in
from tests.integration.accounts.test_own_account import change

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


def secret_of(answer) -> str:
    return re.search(r'class="secret">([^<]+)<', answer.content.decode()).group(1)


def test_an_administrator_enrols_and_the_person_chooses_a_password_first(entered):
    given = {"username": "nina", "full_name": "Nina Roth", "role": "reviewer", "reason": WHY}
    answer = entered("ada").post("/accounts/new", given)
    assert (answer.status_code, answer["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    secret = secret_of(answer)
    nina, _ = sign_in("nina", secret)
    assert nina.get("/messages")["Location"] == "/account/password"
    assert nina.get("/api/v1/interfaces").status_code == 403
    assert change(nina, present=secret).status_code == 302
    assert nina.get("/messages").status_code == 200
    assert AuditEvent.objects.filter(kind="person.enrolled", subject_id="nina").exists()


def test_a_name_that_is_taken_is_refused(entered):
    answer = entered("ada").post("/accounts/new", {"username": "olga", "full_name": "Olga Two", "reason": WHY})
    assert answer.status_code == 422
    assert "There is a person &#x27;olga&#x27; already." in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["Ada\nFirst", "Ada\u200b First", "\u2066Ada", "Ada\u2028First", "Ada\x00", "<b>Ada</b>"]
)
def test_a_full_name_that_does_not_read_as_it_is_stored_is_refused(name):
    with pytest.raises(Refused, match="The full name holds") as refused:
        persons.check_name(name)
    assert (refused.value.field, refused.value.value.isprintable()) == ("full_name", True)


@pytest.mark.parametrize("name", ["Zoë O’Neill-Müller", "D'Arcy J. Roth, 2nd", "山田　太郎", "محمد علي", "นภา ใจดี"])
def test_a_full_name_is_written_in_any_script(name):
    persons.check_name(name)


def test_the_console_says_beside_the_field_what_is_wrong_with_a_full_name(entered):
    given = {"username": "nina", "full_name": "Nina \u202ehtoR", "reason": WHY}
    answer = entered("ada").post("/accounts/new", given)
    assert answer.status_code == 422
    assert "The full name holds U+202E (RIGHT-TO-LEFT OVERRIDE)." in answer.content.decode()


def test_a_role_is_given_and_taken_with_a_reason(entered, staff):
    ada = entered("ada")
    assert ada.post("/accounts/of/rick/give-role", {"role": "operator", "reason": ""}).status_code == 422
    assert ada.post("/accounts/of/rick/give-role", {"role": "operator", "reason": WHY}).status_code == 302
    assert ada.post("/accounts/of/rick/give-role", {"role": "operator", "reason": WHY}).status_code == 422
    assert set(staff.rick.groups.values_list("name", flat=True)) == {"reviewer", "operator"}
    assert ada.post("/accounts/of/rick/take-role", {"role": "operator", "reason": WHY}).status_code == 302
    assert [row.group.name for row in Membership.objects.filter(person=staff.rick)] == ["reviewer"]
    assert Membership.history.filter(history_type="-").get().act_reason == WHY


def test_a_right_on_one_object_is_given_and_taken(entered, world, staff):
    ada, given = entered("ada"), {"kind": "interface", "key": "IF-001", "right": "view_interface", "reason": WHY}
    assert ada.post("/accounts/new", {"username": "gus", "full_name": "Gus", "reason": WHY}).status_code == 200
    gus = Person.objects.get(username="gus")
    assert not visible_interfaces(gus).exists()
    assert ada.post("/accounts/of/gus/give-right", given).status_code == 302
    assert visible_interfaces(Person.objects.get(pk=gus.pk)).count() == 1
    assert "IF-001" in ada.get("/accounts/of/gus").content.decode()
    assert ada.post("/accounts/of/gus/give-right", {**given, "kind": "system"}).status_code == 422
    assert ada.post("/accounts/of/gus/take-right", given).status_code == 302
    assert ada.post("/accounts/of/gus/take-right", given).status_code == 422


def test_a_reset_password_ends_the_sessions_and_must_be_changed(entered):
    olga, ada = entered("olga"), entered("ada")
    secret = secret_of(ada.post("/accounts/of/olga/reset-password", {"reason": WHY}))
    assert olga.get("/").status_code == 302
    assert sign_in("olga", PASSWORD)[1].status_code == 422
    assert sign_in("olga", secret)[0].get("/")["Location"] == "/account/password"


def test_who_is_deactivated_is_out_at_once_and_comes_back_with_a_reason(entered):
    olga, ada = entered("olga"), entered("ada")
    assert ada.post("/accounts/of/olga/deactivate", {"reason": WHY}).status_code == 302
    assert olga.get("/").status_code == 302
    assert sign_in("olga")[1].status_code == 422
    assert ada.post("/accounts/of/olga/activate", {"reason": WHY}).status_code == 302
    assert sign_in("olga")[1].status_code == 302


def test_a_lost_authenticator_is_removed(entered, factor):
    ada = entered("ada")
    assert sign_in("olga")[1]["Location"] == "/sign-in/code"
    assert ada.post("/accounts/of/olga/remove-factor", {"reason": WHY}).status_code == 302
    assert sign_in("olga")[1]["Location"] == "/"


@pytest.mark.parametrize("act", ["give-role", "deactivate", "reset-password", "remove-factor"])
def test_nobody_administers_their_own_account(entered, act):
    more = {"role": "operator"} if act == "give-role" else {}
    answer = entered("ada").post(f"/accounts/of/ada/{act}", {**more, "reason": WHY})
    assert answer.status_code == 422
    assert "Another administrator must do this: it is your own account." in answer.content.decode()


def test_the_last_administrator_stays(staff):
    from governance.actors import DEMONSTRATION
    from governance.errors import Refused
    from hub.services import enrolment

    with pytest.raises(Refused, match="the last active administrator"):
        enrolment.deactivate(person=staff.ada, by=DEMONSTRATION, reason=WHY)
    with pytest.raises(Refused, match="the last active administrator"):
        enrolment.take_role(person=staff.ada, role="administrator", by=DEMONSTRATION, reason=WHY)
    enrolment.give_role(person=staff.olga, role="administrator", by=DEMONSTRATION, reason=WHY)
    enrolment.deactivate(person=staff.ada, by=DEMONSTRATION, reason=WHY)


def test_an_auditor_reads_the_list_and_sees_why_the_acts_are_closed(entered):
    victor = entered("victor")
    page = victor.get("/accounts/of/olga").content.decode()
    assert "Only an administrator may do this to an account." in page
    assert victor.post("/accounts/of/olga/deactivate", {"reason": WHY}).status_code == 403


def test_a_person_that_does_not_exist_is_a_404(entered):
    assert entered("ada").get("/accounts/of/nobody").status_code == 404


def test_an_interface_is_given_to_a_role_with_the_rights_of_the_table(entered, world, staff):
    from hub.models import Interface
    from hub.permissions import may_approve, may_operate, may_read_payload

    ada, given = entered("ada"), {"role": "integration engineer", "key": "IF-001", "reason": WHY}
    assert entered("olga").post("/accounts/roles/give-interface", given).status_code == 403
    assert ada.post("/accounts/roles/give-interface", given).status_code == 302
    assert ada.post("/accounts/roles/give-interface", given).status_code == 422
    assert ada.post("/accounts/roles/give-interface", {**given, "key": "IF-999"}).status_code == 404
    mine = Interface.objects.get(key="IF-001")
    ivo = Person.objects.get(username="ivo")
    assert (may_operate(ivo, mine), may_read_payload(ivo, mine), may_approve(ivo, mine)) == (True, True, True)
    assert ada.post("/accounts/roles/take-interface", given).status_code == 302
    assert not visible_interfaces(Person.objects.get(username="ivo")).exists()


def test_nobody_gives_an_interface_to_a_role_of_their_own(entered, world, staff):
    from governance.actors import DEMONSTRATION
    from hub.models import Interface
    from hub.permissions import may_operate
    from hub.services import enrolment

    enrolment.give_role(person=staff.ada, role="integration engineer", by=DEMONSTRATION, reason=WHY)
    given = {"role": "integration engineer", "key": "IF-001", "reason": WHY}
    answer = entered("ada").post("/accounts/roles/give-interface", given)
    assert answer.status_code == 422
    assert "Another administrator must do this: you are integration engineer yourself." in answer.content.decode()
    assert not may_operate(Person.objects.get(username="ada"), Interface.objects.get(key="IF-001"))


def test_the_list_of_persons_costs_as_many_queries_for_many_as_for_few(entered, staff):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from governance.actors import DEMONSTRATION

    ada = entered("ada")

    def queries() -> int:
        with CaptureQueriesContext(connection) as done:
            assert ada.get("/accounts").status_code == 200
        return len(done)

    queries()  # the first one learns what is kept for the next
    few = queries()
    for number in range(8):
        persons.enrol(
            username=f"p{number}", full_name=f"P {number}", password=None, roles=[], by=DEMONSTRATION, reason=WHY
        )
    assert queries() == few


@pytest.mark.parametrize("address", ["/accounts", "/accounts/of/olga", "/service-accounts", "/account/sessions"])
def test_an_unknown_filter_is_refused_by_name(entered, address):
    ada = entered("ada")
    assert ada.get(address).status_code == 200
    answer = ada.get(f"{address}?colour=red")
    assert answer.status_code == 400
    assert "colour" in answer.content.decode()
