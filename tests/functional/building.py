"""From an empty hub to an interface of one's own, by the console's forms: what the tutorial does, step by step."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import expect

REASON = "The laboratory and quality agreed on this on 20 November."
SAMPLE = {"sample": "S-1", "lot": "24-1187", "glucose": {"value": "90", "unit": "mg/dL"}}
RULES = (("reference", "$.sample"), ("lot", "$.lot"), ("glucose", "$.glucose.value"))
UNFOLD = "one => { for (let at = one; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true; }"
SCHEMA = """
$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [sample, lot]
properties:
  sample: {type: string, minLength: 1}
  lot: {type: string}
"""


def build_interface(page: Any, url: str, folder: str) -> str:
    """Systems, dictionary, contract, connection, mapping and interface; returns the interface's key.

    Records are pushed by the system "lab" and end as JSON files below ``folder``.
    """
    for kind, fields in steps(folder):
        if kind == "mapping":
            write_mapping(page, url)
        else:
            propose(page, url, kind, **fields)
    return "IF-201"


def steps(folder: str) -> list[tuple[str, dict[str, Any]]]:
    """(kind, what is filled in) of everything, what is referred to first."""
    meaning = "Mass of glucose in a volume of the sample."
    return [
        ("system", {"key": "lab", "label": "Laboratory", "category": "lims", "owner": "Mara Vogt", "gxp": True}),
        ("system", {"key": "archive", "label": "Quality archive", "category": "qms", "owner": "Quinn Mbeki"}),
        ("element", _element("reference", "Number of a sample")),
        ("element", _element("lot", "Number of a lot")),
        ("element", {**_element("glucose", "Glucose", meaning), "type": "quantity", "unit": "g/L", "digits": "2"}),
        ("entity", _entity()),
        ("icd", _contract()),
        ("connection", _connection(folder)),
        ("mapping", _mapping()),
        ("interface", _interface()),
    ]


def propose(page: Any, url: str, kind: str, **fields: Any) -> str:
    """A new object by its form; returns the number of the change request."""
    page.goto(f"{url}/propose/{kind}")
    fill(page, fields)
    return finish(page)


def fill(page: Any, fields: Mapping[str, Any]) -> None:
    """Fields by the last part of their name; rows and a connector's settings are asked for where they are missing."""
    for name, value in fields.items():
        _show(page, f"f.{name}")
        found = page.locator(f'[name="f.{name}"]')
        kind = found.evaluate("one => one.type || one.tagName.toLowerCase()")
        if kind == "checkbox":
            found.set_checked(value)
        elif kind == "select-one":
            found.select_option(value)
        else:
            found.fill(value)
        if name == "connector":
            page.get_by_role("button", name="Show the fields of this connector").click()
            page.locator('[name^="f.settings."], button[value^="add:f.settings"]').first.wait_for(state="attached")


def finish(page: Any, reason: str = REASON) -> str:
    """Check, look, say why, propose."""
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("heading", name="What it does")).to_be_visible()
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Propose this change").click()
    page.wait_for_url(re.compile(r"/changes/CR-\d{4}-\d{4}$"))
    return str(page.url.rpartition("/")[2])


def write_mapping(page: Any, url: str) -> None:
    """In the editor: the entity first, then a rule a field, each with its picker, then a test case."""
    page.goto(f"{url}/mappings/new")
    page.get_by_label("One record of the source, as JSON").fill(json.dumps(SAMPLE))
    fill(page, {"key": "lab-result", "label": "Result", "entity": "result", "direction": "to_canonical"})
    page.get_by_role("button", name="Preview").last.click()
    for number, (target, path) in enumerate(RULES):
        fill(page, {f"rules.{number}.target": target, f"rules.{number}.path": path})
    page.get_by_role("button", name="Preview").last.click()  # the element of a target brings its pickers
    fill(page, {"rules.2.unit.from_path": "$.glucose.unit"})
    page.get_by_label("Keep sample and result as a test case").fill("a sound result")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#outcomes")).to_contain_text("Holds")
    finish(page)


def _show(page: Any, name: str) -> None:
    """Bring a field onto the page: add its row, open its fold. A page is looked at once it stands whole."""
    page.wait_for_load_state("domcontentloaded")
    for _ in range(4):
        found = page.locator(f'[name="{name}"]')
        if found.count():
            break
        _add(page, name)
    found.evaluate(UNFOLD)


def _add(page: Any, name: str) -> None:
    """Press the nearest "add" button above a field that is not there yet."""
    parts = name.split(".")
    for end in (at for at, part in enumerate(parts) if part.isdigit()):
        start, row = ".".join(parts[:end]), ".".join(parts[: end + 1])
        button = page.locator(f'button[value="add:{start}"]')
        if button.count() and not page.locator(f'[name^="{row}."]').count():
            button.evaluate(UNFOLD)
            button.click()
            page.locator(f'[name="{row}"], [name^="{row}."]').first.wait_for(state="attached")
            return
    raise AssertionError(f"No button adds {name}.")


def _element(key: str, words: str, meaning: str = "") -> dict[str, Any]:
    return {"key": key, "label": words, "definition": meaning or f"{words}, as printed on it.", "type": "text"}


def _mapping() -> dict[str, Any]:
    """What ``write_mapping`` fills in, for who works without the editor's help."""
    found = {"key": "lab-result", "label": "Result", "entity": "result", "direction": "to_canonical"}
    for number, (target, path) in enumerate(RULES):
        found |= {f"rules.{number}.target": target, f"rules.{number}.path": path}
    return {**found, "rules.2.unit.from_path": "$.glucose.unit"}


def _entity() -> dict[str, Any]:
    found: dict[str, Any] = {"key": "result", "label": "Result", "business_key": "reference"}
    for number, name in enumerate(("reference", "lot", "glucose")):
        found |= {f"fields.{number}.name": name, f"fields.{number}.element": name}
    return {**found, "fields.0.required": True, "fields.1.required": True}


def _contract() -> dict[str, Any]:
    return {
        "key": "ICD-0201",
        "label": "Results of the laboratory",
        "entity": "result",
        "schema": SCHEMA.strip(),
        "idempotency_key": "$.sample",
        "ordering_key": "$.lot",
        "order_policy": "strict",
        "business_key": "$.sample",
    }


def _connection(folder: str) -> dict[str, Any]:
    return {
        "key": "archive-files",
        "label": "Folder of the archive",
        "system": "archive",
        "connector": "files",
        "settings.folder": folder,
        "settings.sinks.0.~": "results",
        "settings.sinks.0.folder": "results",
    }


def _interface() -> dict[str, Any]:
    return {
        "key": "IF-201",
        "label": "Results to the archive",
        "owner": "Olga Brandt",
        "gxp": True,
        "source.system": "lab",
        "source.mode": "push",
        "icd": "ICD-0201",
        "mapping": "lab-result",
        "routes.0.key": "archive",
        "routes.0.connection": "archive-files",
        "routes.0.sink": "results",
    }
