"""Secrets with a recognisable text are used rightly and wrongly; none of them is found where it does not belong."""

from __future__ import annotations

import io
import json
import logging
import re
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from governance.actors import DEMONSTRATION
from governance.services import persons, second_factors
from hub import tasks, telemetry
from hub.flow import bell
from hub.flow.work import drain
from hub.urls import urlpatterns as ours
from tests.factories.provider import SECRET
from tests.factories.world import sample
from tests.integration.accounts.conftest import WHY, code_of, sign_in
from tests.integration.accounts.test_oidc import provider, visit  # noqa: F401 - a fixture
from tests.integration.accounts.test_own_account import change
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

PASSWORD = "canary-password-7Qx"
WRONG = "canary-wrong-9Zk"
TOTP = "CANARYCANARYCANARYCANARYCANARY23"
GUESSED = "ilk_canary-guessed-token-that-nobody-issued-000"
ROWS = ("governance", "hub", "connectors", "dictionary", "sessions")


def broken(request: HttpRequest) -> HttpResponse:
    kept = (request.POST.get("password"), request.headers.get("Authorization"))
    raise RuntimeError(f"Something broke after {len(kept)} values")


urlpatterns = [path("broken", broken), *ours]


class Collector:
    """Every answer that was given; those that show a secret to its owner are not kept."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.log = io.StringIO()

    def __call__(self, answer: HttpResponse) -> HttpResponse:
        self.answers.append(f"{answer.serialize_headers().decode()}\n{answer.content.decode(errors='replace')}")
        return answer


@pytest.fixture
def told(caplog):
    """What is answered, and what the hub's own log handler writes from now on, down to DEBUG."""
    caplog.set_level(logging.DEBUG)
    handler = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    made = Collector()
    before = handler.setStream(made.log)
    yield made
    handler.setStream(before)


def stored() -> str:
    """Everything that stands in any table, the hashes and ciphertexts too."""
    parts = []
    for label in ROWS:
        for model in apps.get_app_config(label).get_models():
            parts += [str(row) for row in model._base_manager.values_list()]
    return "\n".join(parts)


def found(text: str, secrets: list[str]) -> list[str]:
    return [one for one in secrets if one in text]


class Spans:
    """Stands for a tracer: keeps each span's name and what it is told."""

    def __init__(self, kept: list[object]) -> None:
        self.kept = kept
        self.set_attributes = self.kept.append

    def set_attribute(self, *given: object) -> None:
        self.kept.append(given)

    @contextmanager
    def start_as_current_span(self, *given: object, **named: object):
        self.kept.append((given, named))
        yield self


@pytest.fixture
def passed_on(settings, monkeypatch):
    """What goes to the broker and to a collector of traces."""
    kept: list[object] = []
    settings.HUB_EMBEDDED = False
    monkeypatch.setattr(bell, "_last_rung", {})
    monkeypatch.setattr(tasks.work, "apply_async", lambda *given, **named: kept.append((given, named)))
    monkeypatch.setattr(telemetry, "_tracer", Spans(kept))
    return kept


def check(told: Collector, *secrets: str) -> None:
    """None of these stands in an answer, in a row or in the log."""
    named = [*secrets]
    for where, text in {
        "an answer": "\n".join(told.answers),
        "a row": stored(),
        "the log": told.log.getvalue(),
    }.items():
        assert not found(text, named), f"{found(text, named)} stands in {where}"


@pytest.fixture
def olga(cast):
    """With the canary's password and authenticator."""
    from governance.guard.context import change as changing

    with changing(by=cast.olga, reason=WHY):
        cast.olga.set_password(PASSWORD)
        cast.olga.save()
    second_factors.enrol(person=cast.olga, secret=TOTP, code=code_of(TOTP, steps=-1), reason=WHY)
    return cast.olga


def test_passwords_codes_and_secrets_of_persons(olga, told):
    told(sign_in("olga", WRONG)[1])
    told(sign_in(PASSWORD, WRONG)[1])  # the password in the wrong field
    told(Client().get(f"/sign-in?next=/messages&password={PASSWORD}"))
    told(Client().get("/messages", {"password": PASSWORD}))
    client, answer = sign_in("olga", PASSWORD)
    told(answer)
    told(client.post("/sign-in/code", {"code": TOTP}))
    told(client.post("/sign-in/code", {"code": code_of(TOTP)}))
    told(change(client, WRONG, present=WRONG))
    told(change(client, PASSWORD, present=PASSWORD))
    told(change(client, f"{WRONG} and more", present=PASSWORD))
    answers = [one for one in told.answers if f"password={PASSWORD}" not in one]
    told.answers = [re.sub(r"password%3D[^\s\"&]+", "", one) for one in answers]
    check(told, PASSWORD, WRONG, TOTP)


def test_tokens_of_systems(client, world, told):
    for token in (world.token, GUESSED):
        right = {"Authorization": f"Bearer {token}"}
        told(client.get("/api/v1/interfaces", headers=right))
        told(client.get("/api/v1/interfaces", headers={"Authorization": f"Basic {token}"}))
        told(client.get("/api/v1/messages", {"token": token}, headers=right))
        told(client.get("/api/v1/messages", {token: "1"}, headers=right))
        told(client.get(f"/api/v1/interfaces/{token}", headers=right))
        told(client.get(f"/api/{token}", headers=right))
        told(client.get(f"/{token}"))
        for body in ({"token": token}, {token: 1}, {"reason": token}, [token]):
            for name in ("interfaces/IF-001/pause", "interfaces/IF-001/messages", f"interfaces/{token}/pause"):
                given = json.dumps(body)
                told(client.post(f"/api/v1/{name}", given, content_type="application/json", headers=right))
        told(client.post(f"/api/v1/interfaces/{token}/messages", "{}", content_type="application/json", headers=right))
        told(client.post("/api/v1/interfaces/IF-001/messages", f'{{"{token}', content_type="application/json"))
    check(told, world.token, GUESSED)


def test_files_tasks_and_traces_hold_no_secret(client, world, told, passed_on):
    sign_in("olga", WRONG)
    sign_in(PASSWORD, WRONG)
    for number, token in enumerate((world.token, GUESSED)):
        post(client, world, sample(number), token=token)
    client.get("/api/v1/messages", {GUESSED: "1"}, headers={"Authorization": f"Bearer {world.token}"})
    drain()
    ada = persons.enrol(
        username="ada", full_name="Ada", password=PASSWORD, roles=["administrator"], by=DEMONSTRATION, reason=WHY
    )
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("audit", "refusals", "messages", "exceptions"):
        for kind in ("csv", "jsonl"):
            answer = client.get(reverse(name), {"format": kind})
            assert answer.status_code == 200
            told.answers.append(answer.getvalue().decode())
    assert "A sign-in failed." in "".join(told.answers)  # the refused guess stands in the file, without what was typed
    assert any("queue" in str(one) for one in passed_on)
    assert any("interlock." in str(one) for one in passed_on)
    told.answers.append(str(passed_on))
    check(told, PASSWORD, WRONG, GUESSED, world.token)


def test_the_hubs_secret_at_the_provider(provider, cast, told):  # noqa: F811
    told(visit(provider)[1])
    told(visit(provider, aud="another")[1])
    provider.forge = lambda claims: "canary-no-token"
    told(visit(provider)[1])
    check(told, SECRET, "canary-access", "canary-no-token", "canary-code")


@pytest.mark.parametrize("debug", [False, True])
def test_a_page_about_a_failure_of_the_hub_shows_no_value(world, told, settings, debug):
    settings.ROOT_URLCONF, settings.DEBUG = __name__, debug
    client = Client(raise_request_exception=False)
    answer = told(
        client.post(
            f"/broken?token={world.token}",
            {"password": PASSWORD},
            headers={"Authorization": f"Bearer {world.token}"},
        )
    )
    assert answer.status_code == 500
    check(told, world.token, PASSWORD)


def test_the_canary_sings_where_a_secret_is_let_out(told, db):
    logging.getLogger("hub.test").warning("A careless line: %s", PASSWORD)
    with pytest.raises(AssertionError, match="stands in the log"):
        check(told, PASSWORD)
