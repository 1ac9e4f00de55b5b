"""Who asks in the truth table: one of each role with the rights of hub/roles.py, somebody without, and a system."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.services import persons, service_accounts
from hub.api import tokens
from hub.flow import runtime
from hub.roles import ROLES
from hub.services.grants import allow_role, grant
from tests.factories.cast import PASSWORD
from tests.factories.world import REASON, connection, contents, interface, release
from tests.integration.test_delivery import NONE
from tests.truth.subjects import SPARE, make_subjects

GIVEN, NOT_GIVEN = "IF-001", "IF-002"
WHO = {
    "operator": "operator",
    "engineer": "integration engineer",
    "reviewer": "reviewer",
    "approver": "quality approver",
    "auditor": "auditor",
    "administrator": "administrator",
    "roleless": "",
    "otto": "operator",  # another operator: plans what others approve
    "tilda": "operator",  # on whom the administrator acts
}
# One handler for all questions: a handler of its own reads every static file before it answers the first.
HANDLERS = {is_forged: ClientHandler(enforce_csrf_checks=is_forged) for is_forged in (False, True)}
COLUMNS = ("anonymous", "roleless", *(name for name in list(WHO)[:6]), "system")


def make_truth_world(target) -> SimpleNamespace:
    """The small world with the rights of the role table, and one of everything that an act can be about."""
    release(*contents(target.url))
    release(("connection", connection(target.url, **NONE)))
    release(("interface", interface(key=NOT_GIVEN, label="Given to nobody")))
    release(*SPARE)
    people = {name: _person(name, role) for name, role in WHO.items()}
    for role in ROLES:
        for right in role.on_interface:
            allow_role(role=role.name, permission=right, interface_key=GIVEN, by=DEMONSTRATION, reason=REASON)
    account = service_accounts.ensure(key="lims", system_key="lims", by=DEMONSTRATION, reason=REASON)
    for direction in ("send", "read"):
        grant(account=account, interface_key=GIVEN, direction=direction, by=DEMONSTRATION, reason=REASON)
    expires_at = timezone.now() + timedelta(days=30)
    token = service_accounts.issue_token(account=account, expires_at=expires_at, by=DEMONSTRATION, reason=REASON)
    cookies = {name: _cookie(person) for name, person in people.items()}
    world = SimpleNamespace(people=people, target=target, token=token, account=account, cookies=cookies)
    world.subjects = make_subjects(world)
    return world


def _person(name: str, role: str):
    return persons.enrol(
        username=name,
        full_name=name.title(),
        password=PASSWORD,
        roles=[role] if role else [],
        by=DEMONSTRATION,
        reason=REASON,
    )


def _cookie(person) -> str:
    """Of a session that is signed in once and for all questions."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def asked(
    world: SimpleNamespace,
    who: str,
    ask: Callable[[Client, dict[str, str]], int],
    *,
    is_forged: bool = False,
    is_kept: bool = False,
) -> int:
    """The status of one question, which leaves nothing behind unless it ``is_kept``.

    ``is_forged``: as another site would send it.
    """
    client, headers = Client(), {}
    client.handler = HANDLERS[is_forged]
    if who == "system":
        headers = {"Authorization": f"Bearer {world.token}"}
    if who in world.cookies:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.cookies[who]
    with transaction.atomic():
        status = ask(client, headers)
        transaction.set_rollback(not is_kept)
    tokens.forget()
    runtime.forget()
    return status
