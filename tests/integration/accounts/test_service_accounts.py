"""Tokens of systems: shown once, rotated without a gap, revoked, and reported where they end or nobody uses them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import call_command, load_command_class
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.ids import floor_of
from governance.models import AuditEvent, ServiceToken, TokenUse
from governance.services import service_accounts
from hub.api import tokens
from hub.services import rights
from tests.factories.world import sample
from tests.integration.accounts.conftest import WHY
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


def opens(client, token: str) -> bool:
    tokens.forget()
    return client.get("/api/v1/interfaces", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def issued(answer) -> str:
    return re.search(r"ilk_[\w-]{43}", answer.content.decode()).group()


@pytest.fixture
def ivo(world, entered):
    """An engineer whose role has the interface."""
    rights.give_interface(role="integration engineer", key="IF-001", by=DEMONSTRATION, reason=WHY)
    return entered("ivo")


def test_a_token_is_shown_once_and_the_old_one_lives_on(client, world, ivo):
    answer = ivo.post("/service-accounts/lims/token", {"days": 30, "reason": WHY})
    new = issued(answer)
    assert "no-store" in answer["Cache-Control"]
    assert (opens(client, new), opens(client, world.token)) == (True, True)
    page = ivo.get("/service-accounts/lims").content.decode()
    assert new[:10] in page
    assert new not in page


def test_with_an_overlap_the_old_token_ends_after_it(client, world, ivo):
    ivo.post("/service-accounts/lims/token", {"days": 30, "overlap_days": 0, "reason": WHY})
    assert not opens(client, world.token)
    assert AuditEvent.objects.filter(kind="service_token.shortened").count() == 1


def test_a_revoked_token_opens_nothing_and_is_not_revoked_twice(client, world, ivo):
    token = ServiceToken.objects.get()
    url = f"/service-accounts/lims/tokens/{token.id}/revoke"
    assert ivo.post(url, {"reason": ""}).status_code == 422
    assert opens(client, world.token)
    assert ivo.post(url, {"reason": WHY}).status_code == 302
    assert not opens(client, world.token)
    assert ivo.post(url, {"reason": WHY}).status_code == 404


def test_last_use_is_written_once_a_minute_and_not_for_each_message(client, world):
    tokens._noted.clear()
    post(client, world, sample(1))
    first = TokenUse.objects.get().used_at
    for number in range(2, 5):
        tokens.forget()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            post(client, world, sample(number))
        assert not [one for one in queries if "tokenuse" in one["sql"]]
    assert TokenUse.objects.get().used_at == first
    assert timezone.now() - first < timedelta(minutes=1)


def test_what_ends_soon_and_what_nobody_uses_is_reported(world, ivo, capsys):
    long_ago = timezone.now() - timedelta(days=100)
    service_accounts.issue_token(
        account=world.account, expires_at=timezone.now() + timedelta(days=5), by=DEMONSTRATION, reason=WHY
    )
    row = ServiceToken.objects.order_by("-id").first()
    TokenUse.objects.create(token=row, used_at=long_ago)
    call_command("service_account", "--report")
    said = capsys.readouterr().out
    assert f"{row.hint}… was not used for 100 days" in said
    assert "the last token ends on" in said
    assert "was not used for 100 days" in ivo.get("/service-accounts").content.decode()


def test_a_token_that_was_never_used_counts_from_its_issue():
    from governance.ids import time_of

    moment = timezone.now() - timedelta(days=91)
    assert abs(time_of(floor_of(moment)) - moment) < timedelta(seconds=1)


def test_the_command_shows_the_token_alone_on_its_output_and_warns_of_a_stranger(client, world, capsys):
    call_command("service_account", "partner", system="qms", send=["IF-001"], days=5, reason=WHY)
    shown = capsys.readouterr()
    assert re.fullmatch(r"ilk_[\w-]{43}\n", shown.out)
    assert "IF-001 has the source lims, and partner is of qms." in shown.err
    call_command("service_account", "lims", system="lims", send=["IF-001"], days=5, overlap=0, reason=WHY)
    assert "Mind" not in capsys.readouterr().err
    assert not opens(client, world.token)


def test_an_option_of_the_command_may_stand_more_than_once():
    parser = load_command_class("hub", "service_account").create_parser("manage.py", "service_account")
    given = parser.parse_args(["lims", "--read", "IF-105", "--read", "IF-101", "IF-102", "--send", "IF-105"])
    assert (given.read, given.send, given.operate) == (["IF-105", "IF-101", "IF-102"], ["IF-105"], [])


def test_the_command_says_what_is_missing(world):
    with pytest.raises(CommandError, match="Give also: key, system, reason"):
        call_command("service_account")


@pytest.mark.parametrize(
    ("name", "status"), [("olga", 403), ("rick", 403), ("victor", 200), ("ada", 200), ("ivo", 200)]
)
def test_who_may_look_at_accounts_of_systems(world, entered, name, status):
    assert entered(name).get("/service-accounts").status_code == status
    assert entered(name).get("/service-accounts/lims").status_code == status


def test_an_auditor_issues_no_token(world, entered):
    victor = entered("victor")
    assert "disabled" in victor.get("/service-accounts/lims").content.decode()
    assert victor.post("/service-accounts/lims/token", {"days": 30, "reason": WHY}).status_code == 403
    assert ServiceToken.objects.count() == 1


def test_the_daily_report_warns_of_each(world):
    from hub.services.token_report import write_report

    assert write_report() == 1  # the token of the world lives for a day
    service_accounts.issue_token(
        account=world.account, expires_at=timezone.now() + timedelta(days=60), by=DEMONSTRATION, reason=WHY
    )
    assert write_report() == 0


def test_nobody_issues_a_token_that_opens_more_than_they_may_do_themselves(world, entered):
    """Whoever sees the secret could send as the system and read what it reads."""
    ada = entered("ada")
    page = ada.get("/service-accounts/lims").content.decode()
    assert "with which you may not do the same yourself" in page
    refused = ada.post("/service-accounts/lims/token", {"days": 30, "reason": WHY})
    assert refused.status_code == 403
    assert "IF-001" in refused.content.decode()
    assert ServiceToken.objects.count() == 1


def test_an_interface_that_the_reader_may_not_see_is_not_named(world, entered, ivo):
    """The engineer's role lost the interface: neither its key is shown, nor can a token for it be made."""
    rights.take_interface(role="integration engineer", key="IF-001", by=DEMONSTRATION, reason=WHY)
    page = ivo.get("/service-accounts/lims").content.decode()
    assert "IF-001" not in page
    refused = ivo.post("/service-accounts/lims/token", {"days": 30, "reason": WHY})
    assert refused.status_code == 403
    assert "IF-001" not in refused.content.decode()
