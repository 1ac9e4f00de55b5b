"""The roles, and what each may do: the one table that an empty hub and the demonstration are made of.

A right ``everywhere`` holds on every object. A right ``on_interface`` holds on those interfaces that were given to the
role (``hub.services.grants.allow_role``). Rights on single systems and entities, and rights of single persons, are
given the same way. Every migration brings these roles to these rights; roles of a site's own are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.db.models.signals import post_migrate

from governance.guard.transactions import MIGRATION, write

READS_THE_REGISTER = (
    "governance.view_system",
    "governance.view_approvalpolicy",
    "dictionary.view_entity",
    "dictionary.view_dataelement",
)


@dataclass(frozen=True, slots=True)
class Role:
    """``says`` is a sentence for the page of persons."""

    name: str
    says: str
    everywhere: tuple[str, ...] = READS_THE_REGISTER
    on_interface: tuple[str, ...] = ("view_interface",)
    reads_tables: bool = False  # every table of ours, in Django's admin; contents of payloads are not shown there


ROLES: tuple[Role, ...] = (
    Role(
        "operator",
        "Keeps interfaces running: pauses, resumes, replays, decides what is in doubt; releases what is approved.",
        everywhere=(*READS_THE_REGISTER, "governance.release_changerequest"),
        on_interface=("view_interface", "operate_interface", "read_payload"),
    ),
    Role(
        "integration engineer",
        "Proposes changes, checks connections, operates, gives systems tokens for what they may do themselves.",
        everywhere=(
            *READS_THE_REGISTER,
            "governance.add_changerequest",
            "governance.check_connection",
            "governance.view_serviceaccount",
            "governance.administer_serviceaccount",
        ),
        on_interface=("view_interface", "operate_interface", "read_payload"),
    ),
    Role(
        "reviewer",
        "Reads interfaces with their records, and reviews proposals.",
        everywhere=(*READS_THE_REGISTER, "governance.review_changerequest"),
        on_interface=("view_interface", "read_payload", "unmask_payload"),
    ),
    Role(
        "quality approver",
        "Is the second person: approves changes, replays and decisions without operating anything.",
        everywhere=(
            *READS_THE_REGISTER,
            "governance.approve_changerequest",
            "governance.release_changerequest",
            "governance.confirm_signer",
        ),
        on_interface=("view_interface", "approve_interface", "read_payload", "unmask_payload"),
    ),
    Role(
        "auditor",
        "Reads everything, reviews the audit trail, changes nothing. The content of records only where it was given.",
        everywhere=(
            *READS_THE_REGISTER,
            "hub.view_interface",
            "governance.view_auditevent",
            "governance.review_trail",
            "governance.view_refusal",
            "governance.view_changerequest",
            "governance.view_person",
            "governance.view_serviceaccount",
        ),
        reads_tables=True,
    ),
    Role(
        "administrator",
        "Enrols persons, gives and takes roles, unlocks, and revokes the tokens of systems. Approves nothing.",
        everywhere=(
            *READS_THE_REGISTER,
            "hub.view_interface",
            "governance.view_auditevent",
            "governance.view_refusal",
            "governance.view_person",
            "governance.administer_person",
            "governance.confirm_signer",
            "governance.view_serviceaccount",
            "governance.administer_serviceaccount",
            "auth.view_group",
        ),
        reads_tables=True,
    ),
)
_OF_OUR_TABLES = Q(content_type__app_label__in=("governance", "dictionary", "connectors", "hub")) & Q(
    codename__startswith="view_"
)
NAMES = tuple(role.name for role in ROLES)


def role(name: str) -> Role:
    """The role of that name. Raises KeyError where the table has none."""
    return {one.name: one for one in ROLES}[name]


def connect() -> None:
    post_migrate.connect(_after_migration, dispatch_uid="hub.roles")


def _after_migration(sender: Any, **kwargs: Any) -> None:
    """Runs once, after the hub's own migrations, which are the last; as the owner of the tables."""
    if sender.name == "hub":
        with write(MIGRATION):
            ensure()


def ensure() -> None:
    """Every role of the table, with the rights that it has everywhere and with no other."""
    known = {f"{one.content_type.app_label}.{one.codename}": one for one in _permissions()}
    tables = set(Permission.objects.filter(_OF_OUR_TABLES).values_list("pk", flat=True))
    for one in ROLES:
        group, _ = Group.objects.get_or_create(name=one.name)
        wanted = {known[right].pk for right in one.everywhere if right in known}  # a schema of the past lacks some
        wanted |= tables if one.reads_tables else set()
        if wanted != set(group.permissions.values_list("pk", flat=True)):
            group.permissions.set(wanted)


def _permissions() -> Any:
    named = {right.partition(".")[2] for one in ROLES for right in one.everywhere}
    return Permission.objects.select_related("content_type").filter(codename__in=named)
