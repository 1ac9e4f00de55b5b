"""Pages of signing in both themes and widths, and a signature given in a real browser."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.guard.transactions import write
from governance.models import ForeignRecord, Signature
from governance.services import signing_suspension
from governance.services.persons import enrol
from governance.signing.demonstration import sign_as
from hub.flow.replaying import replay
from tests.factories.cast import PASSWORD
from tests.functional.looking import look_at, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.req("M6.1"), pytest.mark.django_db(transaction=True)]
WHY = "The target is mended."


@pytest.fixture
def plan(busy):
    return replay.plan(message_ids=[busy.dead], mode="same_bytes", by=busy.cast.olga, reason=WHY)


def test_a_plan_is_signed_in_the_browser_and_the_signature_shows_itself(visit, busy, plan):
    seen = visit("quinn")
    seen.page.goto(seen.url + reverse("replay", args=[plan.id]))
    seen.page.get_by_role("link", name="Approve and sign").click()
    seen.page.get_by_label("Your user name").fill("quinn")
    seen.page.get_by_label("Your password").fill("wrong password")
    seen.page.get_by_role("button", name="Sign", exact=True).click()
    assert seen.page.get_by_text("Nothing was signed.").is_visible()
    found = wrong_with(seen, "sign-wrong", refuses=True)
    seen.page.get_by_label("Your user name").fill("quinn")
    seen.page.get_by_label("Your password").fill(PASSWORD)
    seen.page.get_by_role("button", name="Sign", exact=True).click()
    seen.page.wait_for_url("**/signatures/*")
    made = Signature.objects.get()
    assert seen.page.get_by_role("heading", name="Quinn Mbeki: Approval").is_visible()
    found += wrong_with(seen, "signature")
    seen.page.goto(seen.url + reverse("sign", args=["replay", str(plan.id), "approved"]))
    found += wrong_with(seen, "sign-closed", refuses=True)
    seen.page.goto(seen.url + reverse("signature-withdraw", args=[made.id]))
    found += wrong_with(seen, "signature-withdraw")
    assert found == []


@pytest.mark.slow
def test_pages_of_signers_and_of_foreign_records_are_accessible_and_clean(visit, busy, plan):
    busy.cast.ada = enrol(
        username="ada",
        full_name="Ada Admin",
        password=PASSWORD,
        roles=["administrator"],
        by=DEMONSTRATION,
        reason=WHY,
    )
    signing_suspension.suspend(person=busy.cast.rick, by=busy.cast.quinn, reason="He forgot his password")
    signed = sign_as(subject=("replay", str(plan.id)), meaning="approved", person=busy.cast.quinn)
    with write():
        record = ForeignRecord(
            package="",
            digest="sha256:0",
            origin="site-two",
            subject_kind="change",
            subject_id="CR-2026-0001",
            subject_version="1.0.0",
            title="Unit of glucose",
            imported_by={"name": "Ada Admin"},
            imported_at=signed.signed_at,
        )
        record.save()
    look_at(
        visit("ada"),
        {
            "signers": reverse("signers"),
            "signer-confirm": reverse("signer-confirm", args=["rick"]),
            "account-suspended": reverse("account", args=["rick"]),
            "account-same-person": reverse("account-same-person", args=["rick"]),
            "foreign-records": reverse("foreign-records"),
            "foreign-record": reverse("foreign-record", args=[record.id]),
            "replay-signed": reverse("replay", args=[plan.id]),
        },
    )
