"""An empty hub gets its first interface by forms alone: the tutorial's steps without a browser."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from hub.flow.work import drain
from hub.models import Delivery, MessageState
from tests.factories.forms import Page, problems
from tests.functional import building
from tests.functional.busy import send

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]


def test_an_empty_hub_gets_its_first_interface_by_forms_and_delivers_a_record(cast, tmp_path, settings):
    settings.HUB_FILE_ROOTS = [str(tmp_path)]
    (tmp_path / "results").mkdir()
    with change(by=DEMONSTRATION, reason="An administrator for a test"):
        cast.victor.is_superuser = True
        cast.victor.save()
    client = Client()
    client.force_login(cast.victor, backend="django.contrib.auth.backends.ModelBackend")
    for kind, fields in building.steps(str(tmp_path)):
        propose(client, kind, fields)
    (message,) = send("IF-201", building.SAMPLE)
    drain()
    assert MessageState.objects.get(id=message).state == "complete", Delivery.objects.values_list("sentence", flat=True)
    (written,) = (tmp_path / "results").glob("*.json")
    record = json.loads(written.read_text(), parse_float=str)
    assert record["glucose"] == {"value": "0.90", "unit": "g/L"}
    assert record["hub"]["original_id"] == "S-1"


def propose(client: Client, kind: str, fields: dict) -> None:
    page = Page(client, reverse("mapping-new") if kind == "mapping" else reverse("propose-new", args=[kind]))
    given = {f"f.{name}": "on" if value is True else value for name, value in fields.items()}
    if "f.connector" in given:
        page.values["f.connector"] = given["f.connector"]
        page = page.press("as_form")
    page.values |= given
    done = page.propose(reason=building.REASON)
    assert done.status == 302, problems(done)
