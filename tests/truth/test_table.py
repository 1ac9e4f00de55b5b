"""The truth table: every door of the hub, asked by every role, answers as doors.txt says, and no door is left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from tests.truth.bodies import body_of
from tests.truth.people import COLUMNS, asked, make_truth_world

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

TABLE = Path(__file__).with_name("doors.txt")
METHODS = ("GET", "POST", "PUT", "DELETE")
ANY_VERSION = {"If-Match": "*"}  # what a PUT or a DELETE was made from, as far as a right to it goes
NOT_OURS = ("admin:",)  # Django's reading room: tests/integration/console/test_admin.py


@dataclass(frozen=True)
class Line:
    """``GET interface IF-001 : 302 404 200 …``; ``<name>`` stands for something of tests/truth/people.py."""

    method: str
    name: str
    args: tuple[str, ...]
    expected: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Line:
        door, _, statuses = text.partition(":")
        method, name, *args = door.split()
        return cls(method, name, tuple(args), tuple(statuses.split()))

    def address(self, subjects: dict[str, str]) -> str:
        """Its path, and a last argument such as ``?list=verdict`` behind it."""
        query = "".join(one for one in self.args if one.startswith("?"))
        args = [subjects.get(one.strip("<>"), one) for one in self.args if not one.startswith("?")]
        return reverse(self.name, args=args) + query

    def written(self, statuses: tuple[str, ...]) -> str:
        door = " ".join((self.method.ljust(6), self.name, *self.args))
        return f"{door.ljust(60)}: {' '.join(one.ljust(4) for one in statuses)}".rstrip()


def table() -> list[Line]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [Line.read(line) for line in lines if line.strip() and not line.startswith("#")]


def names() -> set[str]:
    """The name of every address, those of Django's admin left out."""
    found: set[str] = set()

    def walk(patterns, prefix: str = "") -> None:
        for one in patterns:
            if isinstance(one, URLPattern):
                found.add(f"{prefix}{one.name}" if one.name else "")
            else:
                walk(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)

    walk(get_resolver().url_patterns)
    return {name for name in found if name and not name.startswith(NOT_OURS)}


def status(world, who: str, line: Line, **how: bool) -> str:
    """What this one is answered."""
    url, body = line.address(world.subjects), body_of(line.method, line.name, line.args, world.subjects)

    def ask(client, headers) -> int:
        if line.method == "GET":
            return client.get(url, headers=headers).status_code
        if line.method == "POST" and not url.startswith("/api/"):
            return client.post(url, body, headers=headers).status_code
        said = {"data": json.dumps(body), "content_type": "application/json", "headers": {**ANY_VERSION, **headers}}
        return client.generic(line.method, url, **said).status_code

    return str(asked(world, who, ask, **how))


def answers(world, line: Line) -> tuple[str, ...]:
    return tuple(status(world, who, line) for who in COLUMNS)


@pytest.fixture
def truth(db, target):
    return make_truth_world(target)


@pytest.mark.parametrize("is_api", [False, True], ids=["pages", "api"])
def test_every_door_answers_every_role_as_the_table_says(truth, is_api):
    wrong = []
    for line in table():
        if line.name.startswith("api-") != is_api:
            continue
        found = answers(truth, line)
        if found != line.expected:
            wrong.append(f"is   {line.written(found)}\nsays {line.written(line.expected)}")
    assert not wrong, "\n".join(["Doors that do not answer as tests/truth/doors.txt says:", *wrong])


def test_every_address_and_every_act_stands_in_the_table(truth):
    missing = left_out(truth, names())
    says = "Add to tests/truth/doors.txt, after you have judged each status (and, for an act, its body to bodies.py):"
    assert not missing, "\n".join([says, *missing])


def left_out(world, wanted: set[str]) -> list[str]:
    """A line for every method of these addresses that answers and that the table lacks."""
    known = {(line.method, line.name) for line in table()}
    args = {line.name: line.args for line in table()}
    asked_for = [(method, name) for name in sorted(wanted) for method in METHODS if (method, name) not in known]
    return [found for method, name in asked_for if (found := lacking(world, method, name, args.get(name, ())))]


def lacking(world, method: str, name: str, args: tuple[str, ...]) -> str:
    """The line to add; "" where the address has no such method."""
    line = Line(method, name, args, ())
    try:
        if status(world, "administrator", line) == "405":
            return ""
    except NoReverseMatch:
        return Line(method, name, ("<what?>",), ()).written(("?",) * len(COLUMNS))
    return line.written(answers(world, line))


def test_no_act_is_done_for_a_form_that_another_site_sends(truth):
    acts = [line for line in table() if line.method != "GET"]
    done = [line.name for line in acts for who in ("operator", "administrator") if forged(truth, who, line) != "403"]
    assert len(acts) > 30
    assert done == []


def forged(world, who: str, line: Line) -> str:
    return status(world, who, line, is_forged=True)


def test_an_address_that_is_left_out_is_noticed(truth, settings):
    settings.ROOT_URLCONF = "tests.truth.planted"
    new = names() - {line.name for line in table()}
    assert new == {"planted-page"}
    assert [line[:60].split() for line in left_out(truth, new)] == [["GET", "planted-page"]]
