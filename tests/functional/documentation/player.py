"""Plays a page of the documentation as it stands: bold is pressed, italic must be seen, tables are filled in.

A block of ``sh`` runs in a terminal. A heading that begins with "New" is proposed by the recipe of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.factories.processes import until

STEP = re.compile(
    r"^```sh\n(?P<run>.*?)^```"
    r"|into “(?P<into>[^”]+)”:\n+```\w+\n(?P<content>.*?)^```"
    r"|^\| (?!field |---)(?P<field>[^|]+?) \| (?P<value>[^|]+?) \|$"
    r"|Open (?P<visit>http://\S+)"
    r"|\*\*(?P<press>[^*]+)\*\*"
    r"|\*(?P<see>[^*]+)\*"
    r"|!\[[^\]]*\]\([^)]*?(?P<picture>[\w-]+)\.png\)",
    re.MULTILINE | re.DOTALL,
)
HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
RECIPE, HERE = "How to propose", "Fill in what its table says"
COUNT = r"(, [\d,]+)?$"
OPTIONAL = r"( optional)?$"
SEEN_SECONDS = 20.0


def sections(text: str) -> list[tuple[str, str]]:
    """(heading, what stands under it), without the page's own introduction."""
    parts = HEADING.split(text)
    return list(zip(parts[1::2], parts[2::2], strict=True))


class Player:
    """``desk`` is the terminal: ``run`` a command, ``here`` its own places and secrets in a text of the page."""

    def __init__(self, page: Any, desk: Any, take: Callable[[str, Any], None]) -> None:
        self.page, self.desk, self.take = page, desk, take
        self._printed: Callable[[], str] | None = None  # what the terminal says, where it spoke last
        self._taken: set[str] = set()
        self._is_list = False  # reached by a link, so that asking again loses nothing

    def play(self, text: str) -> None:
        parts = sections(text)
        begin, end = dict(parts)[RECIPE].split(HERE)
        for heading, body in parts:
            if heading.startswith("New "):
                self.steps(begin)
                self.press(heading.partition(":")[0])
                self.steps(body)
                self.steps(end)
            elif heading != RECIPE:
                self.steps(body)

    def steps(self, text: str) -> None:
        for found in STEP.finditer(text):
            match found.lastgroup:
                case "run":
                    self.type(found["run"])
                case "content":
                    self.fill(found["into"], found["content"].strip())
                case "value":
                    self.fill(found["field"], found["value"].strip("`"))
                case "picture":
                    self.show(found["picture"])
                case step:
                    getattr(self, str(step))(found[str(step)])

    def type(self, command: str) -> None:
        """What only reads may be asked again, until it says what the page promises."""
        if command.startswith("cat "):
            self._printed = lambda: self.desk.run(command, may_fail=True)
        else:
            said = self.desk.run(command)
            self._printed = lambda: said

    def visit(self, address: str) -> None:
        self._printed = None
        self.page.goto(self.desk.here(address))

    def press(self, name: str) -> None:
        self._printed = None
        exactly = re.compile(f"^{re.escape(name)}{COUNT}")
        link, button = (self.page.get_by_role(role, name=exactly) for role in ("link", "button"))
        row = self.page.locator("main").get_by_role("link").filter(has_text=name)
        until(lambda: link.or_(button).or_(row).count(), f"A link or button “{name}”", SEEN_SECONDS)
        found = next(one for one in (link, button, row) if one.count()).first
        self._is_list = found.evaluate("one => one.tagName === 'A'")
        found.click()

    def see(self, words: str) -> None:
        words = words.rstrip("…")
        until(lambda: words in self._printed() if self._printed else self._is_shown(words), f"“{words}”", SEEN_SECONDS)

    def show(self, name: str) -> None:
        """Where a picture stands, one is taken: the first time that the player comes by."""
        if name not in self._taken:
            self._taken.add(name)
            self.take(name, self.page)

    def fill(self, name: str, value: str) -> None:
        """A field by its label; "Fields, 2 › Name" is the one in that group of the form."""
        *groups, label = name.split(" › ")
        place = self.page.locator("main")
        for group in groups:
            place = self._group(place, group)
        field = place.get_by_label(re.compile(f"^{re.escape(label)}{OPTIONAL}")).first
        value = self.desk.here(value)
        match field.evaluate("one => one.type"):
            case "checkbox":
                field.set_checked(value == "yes")
            case "select-one":
                field.select_option(value)
            case _:
                field.fill(value)

    def _group(self, place: Any, name: str) -> Any:
        """A group of fields; a row that is not there yet is added first."""
        found = place.get_by_role("group", name=re.compile(f"^{re.escape(name)}{OPTIONAL}"))
        if not found.count():
            rows = name.partition(",")[0].lower()
            adds = "Add a rule" if name.startswith("Rule ") else f"Add to {rows}"
            self.page.get_by_role("button", name=adds).click()
        return found.first

    def _is_shown(self, words: str) -> bool:
        """On the page as it is; a list is asked for again until the hub has got so far."""
        if words in self.page.locator("body").inner_text():
            return True
        if self._is_list:
            self.page.reload()
        return False
