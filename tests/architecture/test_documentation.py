"""The documentation names nothing that is not there: pages, headings, commands, settings, files, pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.functional.documentation.pictures import IMAGES, MOST_BYTES, PICTURES, TUTORIAL
from tests.functional.pages import names_of_urls

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "connectors").rglob("*.md")])
SHOWN = {page: page.read_text(encoding="utf-8") for page in PAGES}
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
MAKE = re.compile(r"(?:`|^ {4}|^)make ([a-z][a-z-]*)", re.MULTILINE)
MANAGE = re.compile(r"manage\.py ([a-z_]+)")
SETTING = re.compile(r"\bHUB_[A-Z][A-Z_]*[A-Z]")
PATH = re.compile(r"`((?:tests|docs|deploy|hub|governance|dictionary|connectors|templates|static|bench)/[\w./-]*\w)`")
NOT_LISTED = {"index.md"}


def places(pattern: re.Pattern[str]) -> list[tuple[Path, str]]:
    """(page, what was found) over all pages."""
    return [(page, found) for page, text in SHOWN.items() for found in pattern.findall(text)]


def slugs(page: Path) -> set[str]:
    """Names of the headings of a page, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", SHOWN[page], flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_every_link_leads_somewhere():
    dead = []
    for page, (path, anchor) in places(LINK):
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in slugs(target)):
            dead.append(f"{name(page)} → {path}#{anchor}")
    assert dead == []


def test_every_page_is_found_from_the_index():
    linked = {(DOCS / path).resolve() for path, _ in LINK.findall(SHOWN[DOCS / "index.md"])}
    lost = [page for page in DOCS.rglob("*.md") if not linked & {page, page.parent} and page.name not in NOT_LISTED]
    assert [name(page) for page in lost] == []


def test_every_command_of_make_exists():
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert [f"{name(page)}: make {one}" for page, one in places(MAKE) if one not in known] == []


def test_every_command_of_manage_exists():
    known = get_commands()
    assert [f"{name(page)}: manage.py {one}" for page, one in places(MANAGE) if one not in known] == []


def test_every_setting_exists():
    """By its name in the reference, which is made from code; a name that ends with "_" and dots is a beginning."""
    known = set(SETTING.findall((DOCS / "reference" / "settings.md").read_text(encoding="utf-8")))
    unknown = {
        f"{name(page)}: {one}"
        for page, one in places(SETTING)
        if one.removesuffix("_FILE") not in known and not any(other.startswith(one) for other in known)
    }
    assert sorted(unknown) == []


def test_every_file_that_is_named_exists():
    assert [f"{name(page)}: {path}" for page, path in places(PATH) if not (ROOT / path).exists()] == []


@pytest.mark.req("M3.6")
def test_every_picture_is_there_and_every_one_is_shown():
    wanted = {(page.parent / path).resolve() for page, path in places(IMAGE)}
    kept = set(IMAGES.iterdir())
    assert sorted(one.name for one in wanted - kept) == [], "A page shows these; they are not there."
    assert sorted(one.name for one in kept - wanted) == [], "No page shows these."


@pytest.mark.req("M3.6")
def test_every_picture_shows_a_page_of_the_console_and_is_taken_by_a_test():
    shows = TUTORIAL | {one: picture.page for one, picture in PICTURES.items()}
    assert sorted(one.stem for one in IMAGES.iterdir() if one.stem not in shows) == [], "No test takes these."
    assert sorted(shows.keys() - {one.stem for one in IMAGES.iterdir()}) == [], "`make pictures` has not taken these."
    assert {one: page for one, page in shows.items() if page not in names_of_urls()} == {}, "Their page is gone."


def test_the_tutorial_shows_what_its_player_takes():
    shown = {Path(path).stem for path in IMAGE.findall(SHOWN[DOCS / "tutorial" / "first-interface.md"])}
    assert shown == TUTORIAL.keys()


def test_pictures_are_small():
    assert {one.name: one.stat().st_size for one in IMAGES.iterdir() if one.stat().st_size > MOST_BYTES} == {}
