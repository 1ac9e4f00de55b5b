"""Forms of change control as a person fills them in, over HTTP: open, fill, press a button, read what comes back."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

TITLE = "A change for a test"
REASON = "Agreed with the owner of the laboratory on 20 November."


class _Inputs(HTMLParser):
    """What a browser would send of a page's own form, and the buttons that it has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, str] = {}
        self.buttons: list[tuple[str, bool]] = []  # (value of "do", disabled)
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "button" and name == "do":
            self.buttons.append((given.get("value", ""), "disabled" in given))
        elif tag == "input" and name and given.get("type") in ("checkbox", "radio"):
            self.values |= {name: given.get("value", "on")} if "checked" in given else {}
        elif tag == "input" and name:
            self.values[name] = given.get("value", "")
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data


class Page:
    """One page with its form. ``press`` sends the form with one button and is the page that comes back."""

    def __init__(self, client: Client, url: str, answer: Any = None) -> None:
        self.client, self.url = client, url
        self.answer = client.get(url) if answer is None else answer
        self.status, self.text = self.answer.status_code, self.answer.content.decode()
        read = _Inputs()
        read.feed(_own_part(self.text))
        self.values, self.buttons = read.values, read.buttons

    def fill(self, **fields: str) -> Page:
        """By the last parts of the input's name, ``__`` for the dot: ``source__system="lims"``."""
        for name, value in fields.items():
            self.values[f"f.{name.replace('__', '.')}"] = value
        return self

    def say(self, **fields: str) -> Page:
        """Fields beside the content, by their plain names."""
        self.values |= fields
        return self

    def press(self, do: str, **headers: str) -> Page:
        answer = self.client.post(self.url, {**self.values, "do": do}, headers=headers)
        return Page(self.client, self.url, answer)

    def propose(self, title: str = TITLE, reason: str = REASON) -> Page:
        """Check it, give title and reason, propose it."""
        checked = self.press("check")
        assert checked.status == 200, problems(checked)
        return checked.say(title=title, reason=reason).press("propose")


def problems(page: Page) -> str:
    """The sentences that a page refused with, without its markup."""
    found = re.search(r'<ul class="obstacles">(.*?)</ul>', page.text, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found.group(1) if found else page.text[-2000:])


def _own_part(text: str) -> str:
    """Inside <main>: the search box and the theme button are the frame's."""
    found = re.search(r"<main.*?</main>", text, re.DOTALL)
    return found.group(0) if found else text
