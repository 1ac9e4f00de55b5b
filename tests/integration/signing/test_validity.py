"""Whether a signature is valid is computed: from its token, the key, its place in the chain and the content."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from joserfc.jwk import OKPKey

from governance.actors import DEMONSTRATION
from governance.errors import NotAllowed, Refused, UngovernedWrite
from governance.guard.transactions import write
from governance.ids import uuid7
from governance.models import AppendOnlyModel, Signature, SigningKey
from governance.signing import demonstration, jws, keys, manifestation
from governance.signing.validity import verdict_of
from tests.integration.signing.conftest import WHY, card, edit, edit_child

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]


def altered(row: Signature, **values) -> Signature:
    """The row as somebody with the database's password would leave it; not stored, since it is only judged."""
    copy = Signature.objects.get(pk=row.pk)
    for name, value in values.items():
        setattr(copy, name, value)
    return copy


def test_a_signature_is_valid_as_long_as_nothing_moved(desk):
    first, second = desk.sign("rick", "reviewed"), desk.sign("quinn", "approved")
    assert verdict_of(first).is_valid
    assert "key that is not known here" in verdict_of(altered(first, key_id="another")).sentence
    assert verdict_of(second).is_valid


@pytest.mark.parametrize("how", ["content", "child"])
def test_content_edited_later_voids_it_and_so_does_a_child(desk, how):
    made = desk.sign("rick", "reviewed")
    edit(desk.cast) if how == "content" else edit_child(desk.cast)
    assert verdict_of(made).sentence == "The content was changed after it was signed."
    if how == "content":
        edit(desk.cast, title="Gauge of the site")
        assert verdict_of(made).is_valid


def test_a_withdrawn_one_is_not_valid(desk):
    made = desk.sign("rick", "reviewed")
    desk.withdraw("rick", made)
    verdict = verdict_of(Signature.objects.get())
    assert (verdict.is_valid, verdict.word) == (False, "withdrawn")


@pytest.mark.parametrize(
    "values",
    [
        {"subject_id": "card-2"},
        {"subject_version": "1.0.1"},
        {"meaning": "approved"},
        {"sentence": "I saw nothing."},
        {"person_id": "0"},
        {"human_id": "0"},
        {"reason": "Another reason"},
        {"position": 2},
        {"step": 1},
        {"digest": "sha256:00"},
        {"policy_digest": "sha256:00"},
        {"policy": "one step 1"},
        {"subject_title": "Another card"},
        {"change": "CR-2026-0001"},
        {"zone": "Asia/Tokyo"},
        {"is_demonstration": False},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_signature_that_is_moved_or_relabelled_is_void(desk, values):
    made = desk.sign("rick", "reviewed")
    card(desk.cast, "card-2")
    verdict = verdict_of(altered(made, **values))
    assert not verdict.is_valid
    assert "not what was signed" in verdict.sentence


def test_a_row_that_somebody_wrote_into_the_table_is_no_signature(desk):
    """With the database's password alone: the token is of another signature, or of a key that is not the hub's."""
    made = desk.sign("rick", "reviewed")
    said = jws.read_statement(base64.urlsafe_b64decode(made.jws.split(".")[1] + "=="))
    own = OKPKey.generate_key("Ed25519")
    for number, token in enumerate((made.jws, jws.sign(said, own, made.key_id), "a.b.c"), 2):
        row = altered(made, pk=uuid7(), intent_id=uuid7(), meaning="approved", step=1, position=number, jws=token)
        row.digest, row.person_id, row.human_id = f"sha256:{number}", str(desk.cast.quinn.pk), desk.cast.quinn.human
        row._state.adding = True
        with write():
            row.save(force_insert=True)
    assert desk.sign("quinn", "approved").step == 1


def test_a_key_that_was_written_into_the_table_signs_nothing(desk, settings):
    """Its row and its history satisfy every guard; what lacks is the code that the database's password cannot make."""
    held, settings.HUB_SIGNING_KEY = settings.HUB_DATA_KEYS, keys.new_secret()
    settings.HUB_DATA_KEYS = f"{held.partition(':')[0]}:{base64.b64encode(bytes(32)).decode()}"
    made = desk.sign("rick", "reviewed")
    assert verdict_of(made).is_valid  # under the code of a thief
    settings.HUB_DATA_KEYS = held
    assert "key that is not known here" in verdict_of(made).sentence
    with pytest.raises(Refused):  # nobody reviewed it
        desk.sign("quinn", "approved")
    with pytest.raises(keys.NoSigningKey, match="not written by this hub"):
        desk.sign("quinn", "reviewed")


def test_an_altered_token_is_void(desk):
    made = desk.sign("rick", "reviewed")
    head, body, seal = made.jws.split(".")
    swapped = "A" if body[20] != "A" else "B"
    for token in (f"{head}.{body[:20]}{swapped}{body[21:]}.{seal}", f"{head}.{body}.{seal[::-1]}", "a.b", ""):
        assert not verdict_of(altered(made, jws=token)).is_valid


def test_a_signature_whose_predecessor_is_gone_is_void(desk):
    desk.sign("rick", "reviewed")
    second = desk.sign("quinn", "approved")
    assert "before it" in verdict_of(altered(second, position=3)).sentence


def test_a_retired_key_signs_nothing_and_what_it_signed_stays_valid(desk, settings):
    from django.utils import timezone

    made = desk.sign("rick", "reviewed")
    keys.retire(kid=made.key_id, by=DEMONSTRATION, reason=WHY)
    with pytest.raises(keys.NoSigningKey, match="retired"):
        desk.sign("quinn", "approved")
    assert verdict_of(made).is_valid
    row = SigningKey.objects.get()
    assert row.valid_until <= timezone.now()
    from governance.guard.context import change

    with change(by=DEMONSTRATION, reason=WHY):
        row.valid_until = made.signed_at - timedelta(days=1)
        row.save()
    assert "key was not in use" in verdict_of(made).sentence


def test_outside_development_a_key_that_nobody_registered_signs_nothing(desk, settings):
    settings.DEVELOPMENT, settings.HUB_ENVIRONMENT = False, "production"
    with pytest.raises(keys.NoSigningKey, match="not registered"):
        desk.sign("rick", "reviewed")
    keys.register(by=DEMONSTRATION, reason=WHY)
    made = desk.sign("rick", "reviewed")
    assert verdict_of(made).is_valid
    assert not made.is_demonstration


def test_without_a_key_nothing_is_signed(desk, settings):
    settings.HUB_SIGNING_KEY = ""
    with pytest.raises(keys.NoSigningKey, match="HUB_SIGNING_KEY"):
        desk.sign("rick", "reviewed")
    assert not Signature.objects.exists()


def test_what_a_demonstration_signed_counts_nowhere_else(desk, settings):
    made = demonstration.sign_as(subject=desk.about, meaning="reviewed", person=desk.cast.rick)
    assert made.is_demonstration
    assert verdict_of(made).is_valid
    settings.DEVELOPMENT, settings.HUB_ENVIRONMENT = False, "production"
    assert "demonstration" in verdict_of(made).sentence
    with pytest.raises(NotAllowed, match="Only a demonstration"):
        demonstration.sign_as(subject=desk.about, meaning="approved", person=desk.cast.quinn)


def test_a_demonstration_breaks_no_rule_of_signing(desk):
    with pytest.raises(NotAllowed, match="had a hand in it"):
        demonstration.sign_as(subject=desk.about, meaning="reviewed", person=desk.cast.olga)


def test_a_signature_of_another_installation_is_no_signature_here(desk, settings):
    made = desk.sign("rick", "reviewed")
    settings.HUB_ORIGIN = "another"
    assert "not here" in verdict_of(made).sentence


def test_no_row_of_signing_can_be_changed_or_removed(desk):
    desk.sign("rick", "reviewed")
    for model in (one for one in AppendOnlyModel.__subclasses__() if "ign" in one.__name__):
        for row in model.objects.all():
            with pytest.raises(UngovernedWrite):
                row.save()
            with pytest.raises(UngovernedWrite):
                row.delete()


def test_the_manifestation_shows_name_meaning_both_times_and_the_hash(desk, settings):
    from zoneinfo import ZoneInfo

    settings.HUB_SITE_ZONE = ZoneInfo("Europe/Zurich")
    made = desk.sign("rick", "reviewed")
    (row,) = manifestation.rows_of(*desk.about)
    assert (row.name, row.meaning, row.digest) == ("Rick Sato", "Review", made.digest)
    assert row.local.endswith("(Europe/Zurich)")
    assert row.utc.endswith(" UTC")
    assert row.name in str(row)
    assert json.dumps(str(row))
