"""Persons, what their roles may do, and the account of the system that pushes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.models import Person, ServiceToken
from governance.models.permission import RoleObjectPermission
from governance.models.service_account import hash_of
from governance.services import persons, service_accounts
from hub.demonstration.content import content
from hub.demonstration.places import Places
from hub.demonstration.words import REASON
from hub.models import Interface
from hub.roles import ROLES
from hub.services.grants import allow_role, grant

TOKEN_LIVES = timedelta(days=365)


def enrol() -> int:
    """Persons who are not there yet; returns how many they were."""
    wanted = {one["username"]: one for one in content("persons")["persons"]}
    there = set(Person.objects.filter(username__in=wanted).values_list("username", flat=True))
    for username in wanted.keys() - there:
        _enrol(wanted[username])
    return len(wanted) - len(there)


def _enrol(one: dict) -> None:
    persons.enrol(
        username=one["username"],
        full_name=one["full_name"],
        title=one["title"],
        password=content("persons")["password"],
        roles=[one["role"]],
        is_staff=one.get("administers", False),
        by=DEMONSTRATION,
        reason=REASON,
    )


def allow() -> int:
    """Rights of roles on interfaces that are not given yet; returns how many they were."""
    given = _given()
    wanted = [
        (role.name, right, interface) for interface in _interfaces() for role in ROLES for right in role.on_interface
    ]
    missing = [one for one in wanted if one not in given]
    with change(by=DEMONSTRATION, reason=REASON) as made:
        for role, right, interface in missing:
            allow_role(role=role, permission=right, interface_key=interface, by=made.by, reason=REASON)
    return len(missing)


def _interfaces() -> list[str]:
    return [one["key"] for one in content("interfaces")["interface"]]


def _given() -> set[tuple[str, str, str]]:
    """(role, right, interface key) of every right that a role has on an interface."""
    keys = {str(pk): key for pk, key in Interface.objects.values_list("pk", "key")}
    rows = RoleObjectPermission.objects.filter(content_type__app_label="hub", content_type__model="interface")
    named = rows.values_list("group__name", "permission__codename", "object_pk")
    return {(role, right, keys.get(pk, "")) for role, right, pk in named}


def connect(places: Places) -> str:
    """Account and grants of the system that pushes; its token where one had to be issued, else ""."""
    if _is_valid(places.token):
        return ""
    one = content("persons")["account"]
    with change(by=DEMONSTRATION, reason=REASON) as made:
        account = service_accounts.ensure(
            key=one["key"], system_key=one["system"], label=one["label"], by=made.by, reason=REASON
        )
        for interface in one["send"]:
            grant(account=account, interface_key=interface, direction="send", by=made.by, reason=REASON)
        expires_at = timezone.now() + TOKEN_LIVES
        secret = service_accounts.issue_token(account=account, expires_at=expires_at, by=made.by, reason=REASON)
    _keep(places.token, secret)
    return secret


def _is_valid(path: Path) -> bool:
    """Whether the kept token still opens this hub: the database may have been made anew."""
    if not path.exists():
        return False
    name = hash_of(path.read_text(encoding="ascii").strip())
    token = ServiceToken.objects.select_related("account").filter(token_hash=name).first()
    return token is not None and token.is_valid


def _keep(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(secret, encoding="ascii")
