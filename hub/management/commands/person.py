"""``manage.py person``: enrols the first administrator of an empty hub, and helps where nobody can sign in."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actors import Actor
from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person
from governance.services import passwords, persons, signing_suspension
from hub.roles import ROLES
from hub.services import enrolment

FIRST_ROLES = ("administrator", "integration engineer", "operator")
BY = Actor("system", "command-line", "Command line", authenticated_by="command line")


class Command(BaseCommand):
    help = "Enrols persons, gives and takes roles, unlocks. Each act has a reason and is recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        enrol = self._act(acts, "enrol", "A new person; the password is asked for, or read from stdin in a pipe.")
        enrol.add_argument("--name", required=True, help="The full name, as it stands under signatures.")
        enrol.add_argument("--title", default="")
        enrol.add_argument("--email", default="")
        enrol.add_argument("--role", action="append", default=[], help="May stand more than once.")
        for name, says in (("give-role", "One role more."), ("take-role", "One role less.")):
            self._act(acts, name, says).add_argument("role")
        for name, says in (("give-right", "A right on one object."), ("take-right", "The reverse.")):
            act = self._act(acts, name, says)
            act.add_argument("right", help="view_interface, propose_entity, …")
            act.add_argument("kind", help="interface, system or entity")
            act.add_argument("key")
        self._act(acts, "reset-password", "Shows a one-time password, this once.")
        self._act(acts, "unlock", "Forgets failed sign-ins.")
        self._act(acts, "deactivate", "Nobody signs in with it any more.")
        self._act(acts, "activate", "Lets the person in again.")
        self._act(acts, "remove-factor", "Removes the second factor.")
        acts.add_parser("first", help="The first person of an empty hub on this machine; nothing where there is one.")
        acts.add_parser("roles", help="What the roles are for.")

    def _act(self, acts: Any, name: str, says: str) -> Any:
        parser = acts.add_parser(name, help=says)
        parser.add_argument("username")
        parser.add_argument("--reason", required=True)
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['act'].replace('-', '_')}")(options)
        except Refused as error:
            raise CommandError(error.sentence) from None

    def _roles(self, options: dict[str, Any]) -> None:
        for role in ROLES:
            self.stdout.write(f"{role.name:<22}{role.says}")

    def _first(self, options: dict[str, Any]) -> None:
        """For ``make new``: somebody who can set up everything, with a one-time password that is shown this once."""
        if Person.objects.exists():
            return
        person, secret = enrolment.enrol(
            username="first",
            full_name="First person",
            title="",
            email="",
            roles=FIRST_ROLES,
            by=BY,
            reason="The first person of a new hub",
        )
        self.stdout.write(f"Nobody was enrolled yet. Sign in as first with the one-time password {secret}")
        self.stdout.write(_holds(person))

    def _enrol(self, options: dict[str, Any]) -> None:
        """The rules for passwords hold here too; the person keeps the one that is typed.

        Who typed it knows it, so that they sign nothing before somebody has confirmed who they are.
        """
        self._check_new(options)
        password = _typed()
        passwords.check_new(password, None)
        with change(by=BY, reason=options["reason"]):
            person = persons.enrol(
                username=options["username"],
                full_name=options["name"],
                title=options["title"],
                email=options["email"],
                password=password,
                roles=options["role"],
                is_staff="administrator" in options["role"],
                by=BY,
                reason=options["reason"],
            )
            signing_suspension.suspend(person=person, by=BY, reason=options["reason"])
        self.stdout.write(f"{person} may sign in as {person.username}: {', '.join(options['role']) or 'no role'}.")
        self.stdout.write("They sign electronically once somebody else has confirmed them under Signers.")

    def _check_new(self, options: dict[str, Any]) -> None:
        """A known role, a user name of its own, a readable full name: before a password is asked for."""
        unknown = set(options["role"]) - {role.name for role in ROLES}
        if unknown:
            known = ", ".join(role.name for role in ROLES)
            raise CommandError(f"There is no role {', '.join(sorted(unknown))}; there are: {known}.")
        enrolment.check_is_new(options["username"])
        persons.check_name(options["name"])

    def _give_role(self, options: dict[str, Any]) -> None:
        enrolment.give_role(role=options["role"], **_about(options))

    def _take_role(self, options: dict[str, Any]) -> None:
        enrolment.take_role(role=options["role"], **_about(options))

    def _give_right(self, options: dict[str, Any]) -> None:
        enrolment.give_right(**{name: options[name] for name in ("right", "kind", "key")}, **_about(options))

    def _take_right(self, options: dict[str, Any]) -> None:
        enrolment.take_right(**{name: options[name] for name in ("right", "kind", "key")}, **_about(options))

    def _reset_password(self, options: dict[str, Any]) -> None:
        about = _about(options)
        secret = enrolment.reset_password(**about)
        self.stderr.write(f"One-time password; it is shown this once. {_holds(about['person'])}")
        self.stdout.write(secret)

    def _unlock(self, options: dict[str, Any]) -> None:
        enrolment.unlock(**_about(options))

    def _deactivate(self, options: dict[str, Any]) -> None:
        enrolment.deactivate(**_about(options))

    def _activate(self, options: dict[str, Any]) -> None:
        enrolment.activate(**_about(options))

    def _remove_factor(self, options: dict[str, Any]) -> None:
        enrolment.remove_factor(**_about(options))


def _about(options: dict[str, Any]) -> dict[str, Any]:
    return {"person": persons.called(options["username"]), "by": BY, "reason": options["reason"]}


def _holds(person: Person) -> str:
    return f"It holds until {person.one_time_until:%Y-%m-%d %H:%M} UTC."


def _typed() -> str:
    """Never an argument: those stand in the list of processes and in the shell's history."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass("Password: ")
    if getpass("Again: ") != first:
        raise CommandError("The two are not the same.")
    return first
