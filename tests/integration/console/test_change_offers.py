"""What the page of a change offers its reader is what works for them; the rest says why not, or what there is."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from governance.changes import stages
from governance.changes.releasing import rollback
from governance.models import ChangeRequest
from governance.signing.verify_package import check
from tests.factories.deciding import REASON, disposed, release_signed, released, sign, starter_policies
from tests.factories.signing import sign_on
from tests.factories.world import sample, to_canonical
from tests.integration.console.test_change_pages import WORDS, house, proposed, shown, signed_in  # noqa: F401 - a fixture
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]


FEWER = to_canonical(rules=to_canonical()["rules"][:2])


@pytest.fixture
def asked(house):  # noqa: F811
    """A change whose owners are asked: of the system of Quality, and of Olga's interface."""
    return proposed(house, FEWER, "mapping")


def says_of(request, kind: str, key: str) -> str:
    return reverse("change-disposition", args=[request.number, kind, key])


def test_only_who_may_speak_for_an_object_is_offered_it(house, asked):  # noqa: F811
    system, interface = says_of(asked, "system", "qms"), says_of(asked, "interface", "IF-001")
    of_rick, of_olga, of_ivo = (shown(signed_in(one), asked) for one in (house.cast.rick, house.cast.olga, house.ivo))
    assert (system in of_rick, interface in of_rick) == (True, True)
    assert (system in of_olga, interface in of_olga) == (False, True)
    assert "belongs to Quality" in of_olga
    assert (system in of_ivo, interface in of_ivo) == (False, False)
    assert of_ivo.count("you had a hand in it") >= 1
    assert 'disabled aria-describedby="no-word">Say what it means' in of_ivo


def test_what_is_offered_is_what_the_door_takes(house, asked):  # noqa: F811
    said = {"verdict": "accepted", "comment": REASON}
    assert signed_in(house.ivo).post(says_of(asked, "system", "qms"), said).status_code == 403
    assert signed_in(house.cast.olga).post(says_of(asked, "system", "qms"), said).status_code == 403
    assert signed_in(house.cast.olga).post(says_of(asked, "interface", "IF-001"), said).status_code == 302


def test_where_everybody_has_spoken_nobody_is_told_why_they_may_not(house, asked):  # noqa: F811
    disposed(house.cast, asked)
    page = shown(signed_in(house.ivo), asked)
    assert "Somebody else must say what it means" not in page


def test_the_signed_record_stands_with_the_signatures(house):  # noqa: F811
    made = proposed(house)
    record = reverse("signed-package", args=["change", made.number])
    rick = signed_in(house.cast.rick)
    assert record not in shown(rick, made)
    sign(house.cast.quinn, made.number, "approved")
    assert record in shown(rick, made)
    assert check(rick.get(record).content).is_sound
    release_signed(house.cast.olga, made.number)
    page = shown(rick, made)
    assert "Signed record: release<" in page
    assert reverse("signed-package", args=["change_closing", made.number]) not in page  # nobody signed that


def in_force(house, content, kind="system"):  # noqa: F811
    return released(house.cast, house.ivo, proposed(house, content, kind).number)


def test_a_rollback_says_so_where_the_release_handled_no_message(house):  # noqa: F811
    failed = in_force(house, FEWER, "mapping")
    assert "No message was handled under this release yet." in shown(signed_in(house.cast.olga), failed)
    back = rollback.roll_back(number=failed.number, by=house.cast.olga, reason=REASON)
    assert "No message was handled under this release." in shown(signed_in(house.cast.olga), back)
    of_ivo = shown(signed_in(house.ivo), back)  # an interface that he may not see ran with it
    assert "No message of the interfaces that you may see was handled under this release." in of_ivo


def test_a_rollback_lists_what_was_handled_and_then_does_not_say_that_nothing_was(house, client):  # noqa: F811
    failed = in_force(house, FEWER, "mapping")
    assert post(client, house, {**sample(1)}).status_code == 202
    back = rollback.roll_back(number=failed.number, by=house.cast.olga, reason=REASON)
    page = shown(signed_in(house.cast.olga), back)
    assert "1 message, 1 received" in page
    assert "No message" not in page


def test_a_change_that_released_no_interface_says_nothing_of_messages(house):  # noqa: F811
    made = in_force(house, {**WORDS, "key": "cmms", "label": "Maintenance"})
    assert "No message was handled" not in shown(signed_in(house.cast.olga), made)


def test_the_steps_of_a_rollback_are_named_for_what_they_are(house):  # noqa: F811
    failed = in_force(house, FEWER, "mapping")
    back = rollback.roll_back(number=failed.number, by=house.cast.olga, reason=REASON)
    release_signed(house.cast.quinn, back.number)
    page = shown(signed_in(house.cast.olga), back)
    told = html.unescape(page)
    for words in (
        "Begun", "In force again as before", "Rolled back and closed", f"to roll back {failed.number}",
        "released it: what was in force before is in force again",
    ):  # fmt: skip
        assert words in told, words
    assert "Approved</li>" not in page


def test_policies_are_read_by_their_labels(house):  # noqa: F811
    made = proposed(house, FEWER, "mapping")
    labels = "“Every change”, “Whatever changes more than words” and “High risk”"
    assert labels in shown(signed_in(house.ivo), made)
    disposed(house.cast, made)
    plan = {"rollback": "The earlier revision again.", "success": "Nothing is refused for two weeks."}
    stages.plan(number=made.number, by=house.ivo, reason=REASON, **plan)
    page = signed_in(house.cast.rick).get(reverse("sign", args=["change", made.number, "reviewed"])).content.decode()
    assert f"It is decided under the policies {labels}. Each signature" in page
    assert f"<dt>Policies</dt><dd>{labels}</dd>" in page
    assert "every-change" not in page.split("The whole content")[0]


def test_a_policy_that_was_renamed_since_is_read_as_it_counts(house):  # noqa: F811
    made = proposed(house)
    policy = {**next(one for one in starter_policies() if one["key"] == "every-change"), "label": "All changes"}
    renamed = in_force(house, policy, "approval_policy")
    assert "“Every change”" in shown(signed_in(house.ivo), made)
    assert "“All changes”" in shown(signed_in(house.ivo), proposed(house, {**WORDS, "key": "cmms"}))
    assert renamed.released_at


def test_who_approved_it_is_offered_the_release_and_it_works_and_the_author_is_not(house):  # noqa: F811
    made = proposed(house)
    sign(house.cast.quinn, made.number, "approved")
    release = reverse("sign", args=["change_release", made.number, "released"])
    quinn = signed_in(house.cast.quinn)
    assert release in shown(quinn, made)
    page = quinn.get(release).content.decode()
    assert "who reviewed or approved it may be that person" in page
    assert "Each signature by another person" not in page
    assert release not in shown(signed_in(house.ivo), made)
    assert sign_on(quinn, release, username="quinn").status_code == 302
    assert "In force since" in shown(quinn, made)


def test_a_hand_in_it_had_who_wrote_it_and_not_who_verified_it(house):  # noqa: F811
    made = in_force(house, FEWER, "mapping")
    stages.verify(number=made.number, text="I saw ten results arrive.", by=house.cast.rick)
    page = shown(signed_in(house.cast.olga), made)
    assert "<dt>Had a hand in it</dt><dd>Ivo Keller</dd>" in page
    assert "Rick Sato verified that it works" in page


def test_who_began_a_rollback_may_cancel_it_without_the_right_to_propose(house):  # noqa: F811
    failed = in_force(house, FEWER, "mapping")
    back = rollback.roll_back(number=failed.number, by=house.cast.olga, reason=REASON)
    cancel = reverse("change-act", args=[back.number, "cancel"])
    rick, olga = signed_in(house.cast.rick), signed_in(house.cast.olga)
    assert cancel not in shown(rick, back)
    assert "This is for who may propose it, or approve it." in shown(rick, back)
    assert rick.post(cancel, {"reason": REASON}).status_code == 403
    assert cancel in shown(olga, back)
    assert olga.post(cancel, {"reason": REASON}).status_code == 302
    assert ChangeRequest.objects.get(pk=back.pk).state == "cancelled"
    other = reverse("change-act", args=[proposed(house).number, "cancel"])
    assert olga.post(other, {"reason": REASON}).status_code == 403
