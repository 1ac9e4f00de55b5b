"""A person builds and changes what the hub runs by, in a real browser."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from governance.changes import Operation
from governance.changes.effective import revision_of
from governance.changes.propose import draft
from governance.changes.proposing import companions
from governance.models import ChangeRequest
from hub.flow.work import drain
from hub.models import Delivery, MessageState
from tests.factories.world import release
from tests.functional.building import SAMPLE, build_interface, finish
from tests.functional.busy import send
from tests.functional.conftest import session_of
from tests.functional.looking import look_at, violations
from tests.integration.console.test_proposing import SCRIPT, may_propose

pytestmark = [pytest.mark.browser, pytest.mark.req("M3.6"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_page(browser, cast, live_server):
    """Pages of Ada, who may do everything, on a hub that holds nothing but its persons."""
    from governance.actors import DEMONSTRATION
    from governance.guard.context import change

    with change(by=DEMONSTRATION, reason="An administrator for a test"):
        cast.victor.is_superuser = True
        cast.victor.save()

    def opened(**options):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", **options)
        context.add_cookies([{**session_of(cast.victor), "url": live_server.url}])
        page = context.new_page()
        page.errors = []
        page.on("console", lambda note: page.errors.append(note.text) if note.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        return page

    return opened


@pytest.mark.slow
@pytest.mark.parametrize("with_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_empty_hub_gets_its_first_interface_by_forms_and_delivers_a_record(
    open_page, live_server, tmp_path, settings, with_scripts
):
    settings.HUB_FILE_ROOTS = [str(tmp_path)]
    (tmp_path / "results").mkdir()
    page = open_page(java_script_enabled=with_scripts)
    key = build_interface(page, live_server.url, str(tmp_path))
    (message,) = send(key, SAMPLE)
    drain()
    assert MessageState.objects.get(id=message).state == "complete", Delivery.objects.values_list("sentence", flat=True)
    (written,) = (tmp_path / "results").glob("*.json")
    record = json.loads(written.read_text(), parse_float=str)
    assert record["glucose"] == {"value": "0.90", "unit": "g/L"}
    assert record["hub"]["original_id"] == "S-1"
    assert not page.errors


def test_the_editor_shows_the_result_of_every_change_at_once(open_page, world, live_server):
    page = open_page()
    page.goto(live_server.url + reverse("mapping-edit", args=["lims-result"]))
    page.get_by_label("One record of the source, as JSON").fill(json.dumps(SAMPLE))
    expect(page.locator("#result")).to_contain_text('"lot": "24-1187"')
    page.locator('[name="f.rules.1.path"]').fill("$.sample")
    expect(page.locator("#result")).to_contain_text('"lot": "S-1"')
    page.locator('[name="f.rules.2.unit.from"]').fill("milligram per dec")
    page.locator('[data-pick="mg/dL"]').click()
    expect(page.locator('[name="f.rules.2.unit.from"]')).to_have_value("mg/dL")
    assert not page.errors


def test_two_persons_at_once_lose_nothing(open_page, world, live_server):
    page = open_page()
    page.goto(live_server.url + reverse("propose-change", args=["system", "qms"]))
    page.get_by_label("Owner").fill("Quality assurance")
    release(("system", {**revision_of("system", "qms").content, "label": "Renamed meanwhile"}))
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("heading", name="Somebody changed qms meanwhile")).to_be_visible()
    assert not violations(page)
    page.get_by_role("button", name="Put my changes on top of").click()
    finish(page)
    content = revision_of("system", "qms").content
    assert (content["label"], content["owner"]) == ("Renamed meanwhile", "Quality assurance")


def test_a_stored_script_stays_text_in_the_browser(open_page, world, live_server):
    """In every text that a system, an element or a mapping holds."""
    page = open_page()
    page.on("dialog", lambda dialog: page.errors.append(f"dialog: {dialog.message}"))
    system = {**revision_of("system", "qms").content, "label": SCRIPT, "owner": SCRIPT, "description": SCRIPT}
    element = {**revision_of("element", "glucose").content, "label": SCRIPT, "definition": SCRIPT, "notes": SCRIPT}
    mapping = {**revision_of("mapping", "lims-result").content, "label": SCRIPT, "source": SCRIPT}
    release(("system", system), ("element", element), ("mapping", mapping))
    for address in (
        reverse("changes"),
        reverse("change", args=[revision_of("system", "qms").change.number]),
        reverse("propose-change", args=["system", "qms"]),
        reverse("element", args=["glucose"]),
        reverse("mapping", args=["lims-result"]),
        reverse("mapping-edit", args=["lims-result"]),
        reverse("dictionary"),
    ):
        page.goto(live_server.url + address)
        assert page.locator("main script").count() == 0, address
    assert not page.errors


def test_on_a_telephone_no_column_of_a_difference_is_cut(visit, busy):
    """Old and new stand below each other, in meaning and in text."""
    may_propose(busy.cast.olga)
    seen = visit(width=390)
    seen.page.goto(seen.url + reverse("change", args=[drafted(busy).number]))
    for fold in seen.page.locator("details.as-text").all():
        fold.evaluate("one => one.open = true")
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.getAttribute('aria-label'))"
    assert seen.page.locator(".table-wrap").evaluate_all(cut) == []
    assert seen.page.locator(".diff .added").first.bounding_box()["x"] < 100
    expect(seen.page.get_by_text("Quality system, called otherwise").first).to_be_visible()


def drafted(busy) -> ChangeRequest:
    """A draft of two objects, which Olga may edit."""
    words = {"label": "Quality system, called otherwise", "owner": "Quality assurance of the site"}
    wanted = [
        Operation(kind, key, {**revision_of(kind, key).content, **more})
        for kind, key, more in (("system", "qms", words), ("element", "glucose", {"digits": 3}))
    ]
    return draft(operations=companions.bring(wanted), title="Two objects", by=busy.cast.olga, reason="For a picture")


@pytest.mark.slow
def test_every_page_of_change_control_is_accessible_and_clean(visit, busy):
    may_propose(busy.cast.olga)
    look_at(visit(), addresses(busy), refuses={"unreadable", "change-objects-none"})


def addresses(busy) -> dict[str, str]:
    """Name of the picture → address."""
    number = drafted(busy).number
    objects = reverse("change-objects", args=[number])
    change = revision_of("local_term", "mes_defect").change.number
    kinds = {"connection": "qms-rest", "interface": "IF-001", "code_list": "verdict", "icd": "ICD-0001"}
    return {
        "changes": reverse("changes"),
        "change": reverse("change", args=[change]),
        "change-draft": reverse("change", args=[number]),
        "change-drop": reverse("change-drop", args=[number, "system", "qms"]),
        "change-objects": objects,
        "change-objects-none": f"{objects}?kind=mapping&key=nowhere&do=change",
        "propose": reverse("propose"),
        **{f"propose-{kind}": reverse("propose-change", args=[kind, key]) for kind, key in kinds.items()},
        "propose-text": reverse("propose-change", args=["icd", "ICD-0001"]) + "?as=text",
        "propose-new": reverse("propose-new", args=["element"]),
        "retire": reverse("propose-retire", args=["code_list", "verdict"]),
        "editor": reverse("mapping-edit", args=["lims-result"]),
        "editor-new": reverse("mapping-new"),
        "term": reverse("term", args=["mes_defect"]),
        "icds": reverse("icds"),
        "icd": reverse("icd", args=["ICD-0001"]),
        "units": reverse("units") + "?q=gram",
        "codes": reverse("codes") + "?list=verdict",
        "unreadable": reverse("changes") + "?colour=red",
    }
