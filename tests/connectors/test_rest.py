"""REST bases, and the generic connector that is configured and not coded."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.base import Capability, Guarantee
from connectors.configuration import load
from connectors.conformance import ConnectorContract
from connectors.contrib.rest import GenericRest
from connectors.contrib.rest.settings import Credentials
from connectors.errors import Misconfigured, OutcomeUnknown, RecordRejected, Unreachable, Unsupported
from connectors.records import BrokenRecord, Checkpoint, Receipt, Record

RECORD = Record(("D-7",), {"title": "Label torn", "score": Decimal("7.40")})

STREAM = {
    "name": "capas",
    "path": "/capas",
    "records_at": "data",
    "cursor": "modified_at",
    "cursor_param": "modified_since",
    "ordered": True,
    "paging": {"kind": "next_link", "at": "links.next"},
}
NATIVE = {
    "name": "capas",
    "path": "/capas",
    "idempotency_header": "Idempotency-Key",
    "url_template": "https://qms.example/capas/{id}",
}
PROBE = {
    "name": "capas",
    "path": "/capas",
    "key_field": "ref",
    "find": {"path": "/capas", "params": {"ref": "{key}"}, "records_at": "data", "match": {"ref": "{key}"}},
}


def settings_of(url, *, sink=NATIVE, stream=STREAM):
    login = {"kind": "api_key", "name": "X-API-Key"}
    return {
        "base_url": f"{url}/api",
        "login": login,
        "whoami": "/whoami",
        "streams": [stream] if stream else [],
        "sinks": [sink] if sink else [],
    }


class GenericContract(ConnectorContract):
    connector, sink = GenericRest, NATIVE

    @pytest.fixture(autouse=True)
    def _target(self, target):
        self.target = target
        for number in range(11):
            target.add(title=f"CAPA {number}")

    @pytest.fixture
    def settings(self):
        return settings_of(self.target.url, sink=self.sink)

    @pytest.fixture
    def credentials(self, api_key):
        return Credentials(api_key=api_key)

    @pytest.fixture
    def bad_credentials(self):
        return Credentials(api_key="a-wrong-key")

    @pytest.fixture
    def unreachable(self, closed_url):
        return settings_of(closed_url, sink=self.sink)

    def record(self, sink):
        return RECORD

    def objects(self, sink):
        return len(self.target.capas)

    def answer_with(self, status):
        self.target.status = status

    def lose_answer(self):
        self.target.drop = True


@pytest.mark.req("B5")
@pytest.mark.req("M8.6")
class TestGenericRestThatHonoursKeys(GenericContract):
    """Native: the system makes one object a key."""


@pytest.mark.req("B5")
@pytest.mark.req("M8.6")
class TestGenericRestThatCanBeAsked(GenericContract):
    """Probe: the system ignores our key, and can be searched for it."""

    sink = PROBE


@pytest.fixture
def generic(target, here, api_key):
    """A function that opens the generic connector on the target."""
    opened = []

    def generic(**parts):
        settings = load(GenericRest.Settings, settings_of(target.url, **parts))
        client = GenericRest(settings, Credentials(api_key=api_key), network=here)
        client.open()
        opened.append(client)
        return client

    yield generic
    for client in opened:
        client.close()


# --- reading ---------------------------------------------------------------------------------------------


def test_records_carry_identity_exact_numbers_and_the_time_of_change(generic, target):
    target.add(title="Seal broken")
    (page,) = generic().stream("capas").read(None)
    (record,) = page.records
    assert record.identity == ("1",)
    assert record.data["score"] == Decimal("1.5")
    assert record.changed_at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert page.checkpoint == Checkpoint("2026-03-01T10:00:00Z"), "in the source's own spelling"


def test_an_empty_source_keeps_its_checkpoint(generic):
    for since in (None, Checkpoint("2026-01-01T00:00:00Z")):
        (page,) = generic().stream("capas").read(since)
        assert page.records == ()
        assert page.checkpoint.cursor == (since.cursor if since else None)


@pytest.mark.req("B5")
def test_a_source_that_does_not_sort_is_passed_only_as_a_whole(generic, target):
    for _ in range(9):
        target.add()
    target.capas.reverse()
    pages = list(generic(stream={**STREAM, "ordered": False}).stream("capas").read(None))
    assert [page.checkpoint.cursor for page in pages] == [None, None, "2026-03-01T10:04:00Z"]


@pytest.mark.req("B5")
def test_a_source_that_only_claims_to_sort_is_found_out(generic, target):
    for _ in range(9):
        target.add()
    target.capas.reverse()
    with pytest.raises(Misconfigured, match="declared as ordered by 'modified_at'"):
        list(generic().stream("capas").read(None))


@pytest.mark.req("B5")
def test_one_bad_record_does_not_stop_the_stream(generic, target):
    target.add()
    target.capas.append({"title": "no id", "modified_at": "2026-03-01T10:01:00Z"})
    target.capas.append({"id": 3, "modified_at": "yesterday"})
    target.capas.append({"id": 4, "modified_at": "2026-03-01T10:03:00Z"})
    (page,) = generic(stream={**STREAM, "cursor_param": ""}).stream("capas").read(None)
    assert [type(record) for record in page.records] == [Record, BrokenRecord, BrokenRecord, Record]
    assert "no usable value in its identity field 'id'" in page.records[1].reason
    assert "'yesterday' is not a date and time in ISO 8601" in page.records[2].reason
    assert json.loads(page.records[2].raw)["id"] == 3


def test_a_fresh_record_without_a_time_of_change_is_read(generic, target):
    target.capas.append({"id": 1, "modified_at": None})
    (page,) = generic(stream={**STREAM, "cursor_param": ""}).stream("capas").read(None)
    assert (page.records[0].identity, page.records[0].changed_at) == (("1",), None)


@pytest.mark.req("B5")
def test_a_list_at_the_wrong_place_is_an_error_and_not_an_empty_list(generic, target):
    target.add()
    client = generic(stream={**STREAM, "records_at": "items"})
    with pytest.raises(Misconfigured, match="no list at 'items'"):
        list(client.stream("capas").read(None))


def test_an_overlap_goes_back_before_the_checkpoint(generic, target):
    list(generic(stream={**STREAM, "overlap": 1}).stream("capas").read(Checkpoint("2026-03-01T10:00:00Z")))
    assert "modified_since=2026-03-01T09%3A59%3A59Z" in target.requests[-1][1]


@pytest.mark.parametrize(
    ("form", "early", "late"),
    [
        ("iso", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z"),
        ("iso", "2026-03-01T12:30:00+02:00", "2026-03-01T11:00:00Z"),
        ("epoch_s", 9, 10),
        ("epoch_ms", "9", "10"),
        ("number", Decimal("9.5"), "10"),
    ],
)
def test_cursors_are_compared_by_meaning_and_not_as_text(form, early, late):
    from connectors.cursors import position

    assert position(early, form) < position(late, form)


# --- writing ---------------------------------------------------------------------------------------------


def test_a_receipt_has_id_version_and_a_link_for_a_person(generic, target):
    client = generic(sink={**NATIVE, "version_at": "modified_at"})
    receipt = client.sink("capas").write(RECORD, idempotency_key="k1")
    assert receipt.external_id == "1"
    assert receipt.url == "https://qms.example/capas/1"
    assert receipt.version == "2026-03-01T10:00:00Z"
    assert b'"score":7.40' in target.requests[-1][3], "as an exact number"


def test_paths_are_filled_and_quoted(generic, target):
    sink = {**NATIVE, "path": "/capas/{data.site}/{identity.0}", "method": "PUT"}
    record = Record(("a/b ?",), {"site": "../Basel"})
    with pytest.raises(RecordRejected):
        generic(sink=sink).sink("capas").write(record, idempotency_key="k")
    assert target.requests[-1][:2] == ("PUT", "/api/capas/..%2FBasel/a%2Fb%20%3F")


def test_a_template_that_a_record_cannot_fill_is_the_records_fault(generic, target):
    client = generic(sink={**NATIVE, "path": "/capas/{data.site}"})
    with pytest.raises(RecordRejected, match=r"no single value for \{data\.site\}"):
        client.sink("capas").write(RECORD, idempotency_key="k")
    client = generic(sink={**NATIVE, "path": "/capas/{site}"})
    with pytest.raises(Misconfigured, match=r"slot \{site\}"):
        client.sink("capas").write(RECORD, idempotency_key="k")
    assert target.requests == []


def test_an_answer_without_an_id_leaves_the_outcome_unknown(generic):
    with pytest.raises(OutcomeUnknown, match="without an id at 'capa_id'"):
        generic(sink={**NATIVE, "id_at": "capa_id"}).sink("capas").write(RECORD, idempotency_key="k")


@pytest.mark.req("B5")
def test_after_a_lost_answer_the_probe_finds_the_one_object(generic, target):
    sink = generic(sink=PROBE).sink("capas")
    target.drop = True
    with pytest.raises(OutcomeUnknown):
        sink.write(RECORD, idempotency_key="k9")
    assert sink.find(RECORD, idempotency_key="k9").external_id == "1"
    assert sink.find(RECORD, idempotency_key="k8") is None


@pytest.mark.req("B5")
def test_a_search_that_is_ignored_is_no_proof_of_absence_or_presence(generic, target):
    """A server that does not know the parameter answers with everything."""
    target.add(title="Somebody else's")
    find = {**PROBE["find"], "params": {"unknown_filter": "{key}"}}
    with pytest.raises(OutcomeUnknown, match="not certain to be ours"):
        generic(sink={**PROBE, "find": find}).sink("capas").find(RECORD, idempotency_key="k")


def test_two_objects_of_one_key_are_for_a_person_to_decide(generic, target):
    target.add(ref="k")
    target.add(ref="k")
    with pytest.raises(OutcomeUnknown, match="matches 2 objects"):
        generic(sink=PROBE).sink("capas").find(RECORD, idempotency_key="k")


def test_a_search_at_the_wrong_place_is_no_firm_no(generic, target):
    find = {**PROBE["find"], "records_at": "items"}
    with pytest.raises(Misconfigured, match="nothing at 'items'"):
        generic(sink={**PROBE, "find": find}).sink("capas").find(RECORD, idempotency_key="k")


# --- what settings declare -------------------------------------------------------------------------------


@pytest.mark.req("B5")
def test_the_guarantee_follows_from_the_settings(generic):
    plain = {"name": "capas", "path": "/capas"}
    guarantees = [generic(sink=sink).sink("capas").guarantee() for sink in (NATIVE, PROBE, plain)]
    assert guarantees == [Guarantee.NATIVE, Guarantee.PROBE, Guarantee.NONE]
    with pytest.raises(Unsupported, match="cannot be asked"):
        generic(sink=plain).sink("capas").find(RECORD, idempotency_key="k")


def test_a_connection_offers_what_it_declares_and_no_more(generic):
    assert generic(sink=None).offers() == {Capability.READ, Capability.READ_INCREMENTAL}
    assert generic(stream=None).offers() == {Capability.WRITE, Capability.WRITE_IDEMPOTENT}
    assert GenericRest.capabilities() > generic().offers()


def test_a_missing_credential_is_named(target, here):
    client = GenericRest(load(GenericRest.Settings, settings_of(target.url)), Credentials(), network=here)
    assert client.check().message == "The login 'api_key' needs the credential 'api_key', which is missing."


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"streams": [STREAM, STREAM]}, "name its streams differently"),
        ({"streams": [{**STREAM, "identity": []}]}, "at least one identity field"),
        ({"sinks": [{**PROBE, "find": {"path": "/x", "match": {}}}]}, "proves that an object is ours"),
        ({"sinks": [{**NATIVE, "method": "DELETE"}]}, "one of: POST, PUT, PATCH"),
        ({"login": {"kind": "client_credentials"}}, "name a 'token_url'"),
        ({"base_url": "qms.example"}, "base_url"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(Misconfigured, match=sentence):
        load(GenericRest.Settings, {**settings_of("http://127.0.0.1"), **wrong})


def test_using_it_before_it_is_open_says_so(target):
    client = GenericRest(load(GenericRest.Settings, settings_of(target.url)), Credentials(api_key="k"))
    with pytest.raises(Misconfigured, match="is not open"):
        client.sink("capas").write(RECORD, idempotency_key="k")


# --- several at once --------------------------------------------------------------------------------------


def several(count):
    return [(Record((f"D-{n}",), {"title": f"Label {n}"}), f"k-{n}") for n in range(count)]


@pytest.mark.parametrize(("at_once", "are_there"), [(3, True), (2, False)])
def test_all_are_sent_before_the_first_answer_is_read(wire, here, api_key, at_once, are_there):
    """The server answers nobody until three are in: who sends two is left without an answer."""
    gate = threading.Barrier(3, timeout=0.5)

    def say(head):
        try:
            place = gate.wait()
        except threading.BrokenBarrierError:
            return b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
        body = b'{"id": %d}' % place
        return b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    settings = load(GenericRest.Settings, settings_of(wire(say).url, sink={**NATIVE, "at_once": at_once}))
    with GenericRest(settings, Credentials(api_key=api_key), network=here) as client:
        outcomes = list(client.sink("capas").write_many(several(at_once)))
    assert all(isinstance(one, Receipt) for one in outcomes) is are_there
    if not are_there:
        assert {type(one) for one in outcomes} == {OutcomeUnknown}


def test_each_of_several_has_the_outcome_of_its_own_answer(generic, target):
    sink = generic(sink={**NATIVE, "at_once": 4}).sink("capas")
    items = several(4)
    items[2] = (Record(("D-2",), {"title": object()}), "k-2")  # never leaves
    outcomes = list(sink.write_many(items))
    assert [type(one) for one in outcomes] == [Receipt, Receipt, RecordRejected, Receipt]
    assert {target.by_key[f"k-{n}"]["id"]: f"k-{n}" for n in (0, 1, 3)} == {
        int(outcomes[n].external_id): f"k-{n}" for n in (0, 1, 3)
    }
    assert [type(one) for one in sink.write_many(several(4))] == [Receipt] * 4  # over the same sockets, once each
    assert len(target.capas) == 4


def test_what_could_not_be_sent_stops_the_rest_unsent(here, api_key, closed_url):
    settings = load(GenericRest.Settings, settings_of(closed_url, sink={**NATIVE, "at_once": 3}))
    with GenericRest(settings, Credentials(api_key=api_key), network=here) as client:
        outcomes = list(client.sink("capas").write_many(several(3)))
    assert {type(one) for one in outcomes} == {Unreachable}
    assert [str(one).startswith("Not sent") for one in outcomes] == [False, True, True]


def test_the_tap_hears_each_exchange_with_its_outcome(target, here, api_key):
    heard = []
    settings = load(GenericRest.Settings, settings_of(target.url, sink={**NATIVE, "at_once": 3}))
    with GenericRest(settings, Credentials(api_key=api_key), network=here, tap=heard.append) as client:
        for place, _ in enumerate(client.sink("capas").write_many(several(3)), 1):
            assert len(heard) == place
            assert f"Label {place - 1}" in heard[-1].exchange().request_body
