"""Lists: filters are an address, what is not understood is said, files hold exactly what is shown, views are kept."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from governance.models import AuditEvent, Refusal
from governance.sheets import neutral
from hub.console.listing import files
from hub.console.listing.shown import OPENED
from hub.console.listing.writers import plain
from hub.models import SavedView
from hub.selectors.record import messages
from tests.factories.world import sample
from tests.functional.busy import LAB, QUIET, send

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]

LISTS = ("messages", "exceptions", "replays", "audit", "refusals", "drift")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1")


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def sheet(answer) -> list[tuple]:
    book = load_workbook(io.BytesIO(content(answer)))
    return list(book.active.iter_rows(values_only=True))


def rows_of_csv(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("colour=red", "The filter “colour” is not known here; known are:"),
        ("size=-5", "size is “-5”; it takes 1 to 200."),
        ("size=999999999999999999999", "it takes 1 to 200."),
        ("size=٣", "it takes 1 to 200."),
        ("before=7", "before is “7”; it takes the id of a row."),
        ("format=exe", "There is no format “exe”; there are: csv, xlsx, jsonl."),
        ("size=5&size=6", "“size” is given 2 times; give it once."),
        ("sort=colour", "This list cannot be sorted by “colour”; columns to sort by are:"),
        ("sort=--state", "This list cannot be sorted by “--state”"),
    ],
)
def test_what_is_not_understood_is_a_400_that_says_so(busy, as_person, name, query, sentence):
    answer = as_person("olga").get(f"{reverse(name)}?{query}")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=yesterday", "“yesterday” is no time"),
        ("state=strange", "There is no state “strange”."),
        ("interface=IF-999", "There is no interface “IF-999”."),
        ("text=" + "x" * 201, "a filter takes at most 200"),
    ],
)
def test_a_value_that_a_filter_cannot_take_is_a_400_and_nothing_is_looked_for(busy, as_person, query, sentence):
    answer = as_person("olga").get(f"{reverse('messages')}?{query}")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert "S-11" not in answer.content.decode()


def test_an_interface_of_others_is_none(busy, as_person):
    send(QUIET, {**sample(0), "sample": "SECRET-9"})
    for name in ("messages", "exceptions", "replays", "audit", "drift"):
        answer = as_person("rick").get(f"{reverse(name)}?interface={QUIET}")
        assert answer.status_code == 400
        assert f"There is no interface “{QUIET}”." in answer.content.decode()
        assert "Yearly calibration" not in answer.content.decode()
    exported = content(as_person("rick").get(f"{reverse('messages')}?format=csv"))
    assert b"SECRET-9" not in exported
    assert b"SECRET-9" in content(as_person("olga").get(f"{reverse('messages')}?format=csv"))


def test_odd_text_in_a_filter_is_text(busy, as_person):
    for text in ("%F0%9F%A7%AA", "%E2%80%AE", "%FF%FE", "a%CC%81", "%27%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E"):
        for name in ("messages", "audit", "refusals"):
            answer = as_person("olga").get(f"{reverse(name)}?text={text}")
            assert answer.status_code == 200
            assert "<img src=x" not in answer.content.decode()


def test_chips_say_what_is_set_and_take_it_away(busy, as_person):
    page = as_person("olga").get(f"{reverse('messages')}?state=dead&interface={LAB}").content.decode()
    assert f'href="?state=dead" aria-label="Take away the filter Interface: {LAB}' in page
    assert "2</span> match" in page


def test_pages_follow_each_other_and_keep_the_filters(busy, as_person):
    olga, seen, url = as_person("olga"), [], f"{reverse('messages')}?interface={LAB}&size=3"
    while url:
        answer = olga.get(url)
        seen += [row.id for row in answer.context["rows"]]
        following = answer.context["list"]["next"]
        url = reverse("messages") + following if following else ""
    assert seen == [row.id for row in messages.search(busy.cast.olga, interface=LAB, limit=500)]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("exceptions=yes&interface=IF-001", {"S-11", "S-12", "S-20", "S-21", "S-22", "S-30"}),
        ("reason=unmapped", {"S-20", "S-21", "S-22"}),
        ("external_id=nothing-such", set()),
        ("text=s-11", {"S-11"}),
    ],
)
def test_messages_are_found_by_what_befell_them(busy, as_person, query, keys):
    found = as_person("olga").get(f"{reverse('messages')}?{query}").context["rows"]
    assert {row.business_key for row in found} == keys


@pytest.mark.parametrize("name", LISTS)
def test_a_file_holds_exactly_what_the_page_shows(busy, as_person, name):
    olga = as_person("olga")
    olga.post(reverse("interface-pause", args=[LAB]), {"reason": "x"})  # so that something was refused
    count = len(olga.get(f"{reverse(name)}?size=200").context["rows"])
    lines = content(olga.get(f"{reverse(name)}?format=jsonl")).splitlines()
    table = rows_of_csv(olga.get(f"{reverse(name)}?format=csv"))
    more = 1 if name == "audit" else 0  # the file before stands in the trail itself
    assert (len(lines), len(table) - 1) == (count, count + more)
    assert len(sheet(olga.get(f"{reverse(name)}?format=xlsx"))) - 1 == count + 2 * more
    assert all(len(row) == len(table[0]) for row in table)
    assert all(json.loads(line) for line in lines)


def test_a_file_keeps_to_the_filters_and_goes_past_the_page(busy, as_person):
    olga = as_person("olga")
    table = rows_of_csv(olga.get(f"{reverse('messages')}?state=dead&size=1&format=csv"))
    assert {row[2] for row in table[1:]} == {"S-11", "S-12", "C-7"}
    event = AuditEvent.objects.get(kind="list.exported")
    assert event.facts["count"] == 3
    assert event.facts["filters"] == {"state": "dead"}
    assert event.facts["digest"].startswith("sha256:")
    assert event.sentence == "Olga Brandt exported 3 row(s) of the list messages as CSV."


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_file_is_a_formula_and_jsonl_holds_the_exact_text(busy, as_person, formula):
    message = send(LAB, sample(77, lot="L-77", sample=formula))[0]
    olga, url = as_person("olga"), f"{reverse('messages')}?text={message}"
    (kept,) = [row[2] for row in rows_of_csv(olga.get(f"{url}&format=csv"))[1:]]
    (cell,) = [row[2] for row in sheet(olga.get(f"{url}&format=xlsx"))[1:]]
    assert kept == f"'{formula}"
    assert cell.startswith("'")
    assert json.loads(content(olga.get(f"{url}&format=jsonl")))["business_key"] == formula


def test_what_is_too_long_for_a_file_is_refused_and_not_cut(busy, as_person, monkeypatch):
    monkeypatch.setattr(files, "MOST", 3)
    answer = as_person("olga").get(f"{reverse('messages')}?format=csv")
    assert answer.status_code == 422
    assert "More than 3 rows match; a file takes no more." in answer.content.decode()
    assert not AuditEvent.objects.filter(kind="list.exported").exists()


def test_a_view_is_kept_for_oneself_or_for_a_role_and_forgotten(busy, as_person):
    olga, save = as_person("olga"), reverse("view-save")
    given = {"listing": "messages", "name": "My dead letters", "query": f"state=dead&interface={LAB}"}
    assert olga.post(save, given)["Location"] == f"{reverse('messages')}?{given['query']}"
    page = olga.get(reverse("messages")).content.decode()
    assert "My dead letters" in page
    assert "My dead letters" not in olga.get(reverse("audit")).content.decode().split("</form>")[0]
    assert "My dead letters" not in as_person("quinn").get(reverse("messages")).content.decode()
    assert olga.post(save, {**given, "role": "operator"}).status_code == 302  # the same name again: shared now
    assert SavedView.objects.get().role.name == "operator"
    assert olga.post(save, {**given, "role": "quality approver"}).status_code == 422
    view = SavedView.objects.get()
    assert as_person("quinn").post(reverse("view-forget", args=[view.id])).status_code == 404
    assert olga.post(reverse("view-forget", args=[view.id])).status_code == 302
    assert not SavedView.objects.exists()


def test_a_shared_view_that_names_what_one_may_not_see_is_not_shown(busy, as_person):
    from governance.actors import DEMONSTRATION
    from governance.services.persons import enrol

    enrol(username="rosa", full_name="Rosa", password="x" * 12, roles=["reviewer", "operator"], by=DEMONSTRATION,
          reason="A reviewer who operates")  # fmt: skip
    rosa = as_person("rick")  # signs in as a reviewer
    from governance.models import Person

    operator = Person.objects.get(username="rosa")
    SavedView.objects.create(
        listing="messages",
        name="Yearly",
        query=f"interface={QUIET}",
        owner=operator,
        role=operator.groups.get(name="reviewer"),
    )
    assert "Yearly" not in rosa.get(reverse("messages")).content.decode()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"listing": "messages", "name": "", "query": ""}, 422),
        ({"listing": "messages", "name": "x" * 81, "query": ""}, 422),
        ({"listing": "messages", "name": "Wrong", "query": "colour=red"}, 422),
        ({"listing": "nothing", "name": "Wrong", "query": ""}, 404),
    ],
)
def test_a_view_that_could_not_be_opened_is_not_kept(busy, as_person, given, status):
    assert as_person("olga").post(reverse("view-save"), given).status_code == status
    assert not SavedView.objects.exists()


def test_refusals_are_for_who_was_refused_for_whose_interface_it_is_and_for_auditors(busy, as_person):
    as_person("olga").post(reverse("interface-pause", args=[QUIET]), {"reason": "x"})
    assert Refusal.objects.filter(subject_id=QUIET).exists()
    shown = {name: as_person(name).get(reverse("refusals")).content.decode() for name in ("olga", "rick")}
    assert {name: QUIET in page for name, page in shown.items()} == {"olga": True, "rick": False}
    assert "No right" not in shown["rick"]


def test_an_event_shows_what_it_did_to_governed_records(busy, as_person):
    olga = as_person("olga")
    olga.post(reverse("interface-pause", args=[LAB]), {"reason": "The laboratory is being moved."})
    event = AuditEvent.objects.get(kind="interface.paused", interface_key=LAB)
    page = olga.get(reverse("audit-event", args=[event.id])).content.decode()
    for told in ("Olga Brandt paused IF-001.", "paused because", "The laboratory is being moved.", "Interface control"):
        assert told in page
    assert reverse("interface", args=[LAB]) in page


def test_an_event_tells_nothing_of_other_interfaces_that_its_act_touched(busy, as_person):
    """One change released them all; Rick may see IF-002, and not the quiet one."""
    event = AuditEvent.objects.get(kind="revision.released", subject_kind="interface", subject_id="IF-002")
    page = as_person("rick").get(reverse("audit-event", args=[event.id])).content.decode()
    assert "Complaints to quality" in page
    assert QUIET not in page
    assert "Yearly calibration" not in page


def test_an_event_that_is_not_for_one_does_not_exist(busy, as_person):
    enrolled = AuditEvent.objects.filter(kind="person.enrolled").first()
    assert as_person("rick").get(reverse("audit-event", args=[enrolled.id])).status_code == 404


def test_kinds_of_acts_are_shown_in_plain_words(busy, as_person):
    page = as_person("olga").get(f"{reverse('audit')}?kind=interface.paused").content.decode()
    assert "Interface paused" in page
    assert ">interface.paused<" not in page
    assert as_person("olga").get(f"{reverse('audit')}?kind=nothing.such").status_code == 400


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_sorted_both_ways_page_by_page_and_in_files(busy, as_person, name):
    olga = as_person("olga")
    for column in OPENED[name].sortable.values():
        up, down = (read_through(olga, f"{reverse(name)}?sort={sign}{column.name}&size=40") for sign in ("", "-"))
        assert len(up) == len(set(map(key_of, up))) == len(down)
        assert set(map(key_of, up)) == set(map(key_of, down))
        values = [column.value(row) for row in up if column.value(row) not in ("", None)]
        if column.order in ("id", column.name, "interface_key", "size", "count"):
            assert values == sorted(values)
        if name != "audit":  # there the file itself is an event
            exported = rows_of_csv(olga.get(f"{reverse(name)}?sort=-{column.name}&format=csv"))
            place = OPENED[name].columns.index(column)
            shown = [column.value(row) for row in down]
            assert [row[place] for row in exported[1:]] == [
                "" if one is None else str(neutral(plain(one))) for one in shown
            ]


def read_through(client, address: str) -> list:
    """All pages of a list."""
    rows, following = [], address
    while following:
        context = client.get(following).context
        rows += context["rows"]
        following = context["list"]["next"] and address.partition("?")[0] + context["list"]["next"]
    return rows


def key_of(row) -> str:
    return str(getattr(row, "id", "") or row.fingerprint)


def test_a_column_head_turns_the_order_round_and_keeps_the_filters(busy, as_person):
    olga = as_person("olga")
    heads = olga.get(f"{reverse('drift')}?interface={LAB}&sort=-count").context["list"]["heads"]
    head = next(one for one in heads if one["label"] == "Messages")
    assert (head["sorted"], head["url"]) == ("descending", f"?interface={LAB}&sort=count")
    other = next(one for one in heads if one["label"] == "Field of the source")
    assert (other["sorted"], other["url"]) == ("", f"?interface={LAB}&sort=path")
    page = olga.get(f"{reverse('drift')}?sort=-count").content.decode()
    assert 'aria-sort="descending"' in page
    assert '<input type="hidden" name="sort" value="-count">' in page
