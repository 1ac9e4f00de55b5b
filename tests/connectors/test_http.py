"""What becomes of a request: every way to fail, for reads and for writes, on both transports."""

from __future__ import annotations

import gzip
import time
from decimal import Decimal
from email.utils import formatdate

import pytest

from connectors.answer import STATUS_ERRORS, retry_after
from connectors.auth import ApiKey
from connectors.errors import (
    AccessDenied,
    Conflict,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    RecordRejected,
    Unreachable,
)
from connectors.http import HttpClient, default_error
from connectors.transport import Timeouts
from tests.factories.tap import listening

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n" + b'{"a":   1.10}'


@pytest.fixture(params=["session", "lean"])
def connect(request, here):
    """A function that opens a client on the transport under test."""
    opened = []

    def connect(url, **options):
        client = HttpClient(url, network=here, lean=request.param == "lean", **options)
        opened.append(client)
        return client

    yield connect
    for client in opened:
        client.close()


def status(code, *headers):
    lines = [f"HTTP/1.1 {code} Said", "Content-Length: 0", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode()


# --- statuses --------------------------------------------------------------------------------------------


@pytest.mark.req("B5")
@pytest.mark.parametrize(("code", "expected"), [*STATUS_ERRORS.items(), (418, RecordRejected)])
def test_a_complete_4xx_keeps_its_class_for_reads_and_writes(wire, connect, code, expected):
    client = connect(wire(status(code)).url)
    for call in (client.read, client.write):
        with pytest.raises(expected) as caught:
            call("/x")
        assert type(caught.value) is expected


@pytest.mark.req("B5")
@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_5xx_is_unreachable_for_a_read_and_unknown_for_a_write(wire, connect, code):
    client = connect(wire(status(code)).url)
    with pytest.raises(Unreachable):
        client.read("/x")
    with pytest.raises(OutcomeUnknown, match="it may have been applied"):
        client.write("/x", json={})


def test_a_429_says_how_long_to_wait(wire, connect):
    client = connect(wire(status(429, "Retry-After: 17")).url)
    with pytest.raises(RateLimited) as caught:
        client.write("/x", json={})
    assert caught.value.retry_after == 17.0


def test_retry_after_reads_seconds_and_dates_and_nothing_else():
    now = 1_800_000_000
    assert retry_after({"Retry-After": "120"}) == 120.0
    assert retry_after({"Retry-After": formatdate(now + 90, usegmt=True)}, now=now) == 90.0
    assert retry_after({"Retry-After": formatdate(now - 90, usegmt=True)}, now=now) == 0.0
    assert retry_after({"Retry-After": "soon"}) is None
    assert retry_after({}) is None


def test_the_complaints_of_a_problem_document_are_told_by_field(connect, target, api_key):
    client = connect(target.url, auth=ApiKey(api_key))
    target.status = 422
    with pytest.raises(RecordRejected) as caught:
        client.write("/api/capas", json={"title": ""})
    assert caught.value.field_errors == {"title": "too short"}


def test_a_vendor_may_judge_before_the_table(wire, connect):
    """503 on this write is documented as "nothing was applied"; an error hides inside a 200."""

    def judge(answer):
        if answer.status == 503:
            return Unreachable("Documented maintenance.")
        return Conflict("Stale.") if b"1.10" in answer.body else default_error(answer)

    with pytest.raises(Unreachable, match="Documented"):
        connect(wire(status(503)).url, error_for=judge).write("/x")
    with pytest.raises(Conflict, match="Stale"):
        connect(wire(OK).url, error_for=judge).write("/x")
    with pytest.raises(AccessDenied):
        connect(wire(status(401)).url, error_for=judge).write("/x")


# --- no answer -------------------------------------------------------------------------------------------


@pytest.mark.req("B5")
def test_what_fails_before_a_byte_is_sent_is_unreachable_also_for_a_write(connect, closed_url):
    client = connect(closed_url)
    for call in (client.read, client.write):
        with pytest.raises(Unreachable) as caught:
            call("/x")
        assert type(caught.value) is Unreachable


def test_a_name_that_cannot_be_found_is_unreachable_also_for_a_write(connect):
    client = connect("http://no-such-host.invalid")
    with pytest.raises(Unreachable, match="cannot be found"):
        client.write("/x", json={})


@pytest.mark.req("B5")
@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort",
        b"HTTP/1.1 2",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\noops",
    ],
    ids=["cut body", "cut chunk", "cut status", "no HTTP", "bad gzip"],
)
def test_a_broken_answer_is_unreachable_for_a_read_and_unknown_for_a_write(wire, connect, said):
    client = connect(wire(said).url)
    with pytest.raises(Unreachable):
        client.read("/x")
    with pytest.raises(OutcomeUnknown):
        client.write("/x", json={})


@pytest.mark.req("B5")
def test_a_connection_dropped_after_the_request_leaves_a_write_unknown(connect, target, api_key):
    client = connect(target.url, auth=ApiKey(api_key))
    target.drop = True
    with pytest.raises(OutcomeUnknown):
        client.write("/api/capas", json={"title": "Seal broken"})
    assert len(target.capas) == 1, "it was applied: to send it again would make a second one"


def test_silence_is_unreachable_for_a_read_and_unknown_for_a_write(wire, connect):
    client = connect(wire(b"").url, timeouts=Timeouts(connect=1, read=0.05))
    with pytest.raises(Unreachable):
        client.read("/x")
    with pytest.raises(OutcomeUnknown):
        client.write("/x", json={})


def test_an_answer_that_drips_forever_is_given_up(connect, wire):
    """Each byte comes in time, the whole does not."""
    ticks = iter(range(0, 10_000_000, 10))
    client = connect(wire(OK).url, timeouts=Timeouts(total=5))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.http.time.monotonic", lambda: next(ticks))
        with pytest.raises(Unreachable, match="did not finish within 5 s"):
            client.read("/x")


@pytest.mark.parametrize("value", [0, -1, None, 1e9])
def test_a_time_out_cannot_be_switched_off(value):
    with pytest.raises(Misconfigured, match="'read'"):
        Timeouts(read=value)


# --- bodies ----------------------------------------------------------------------------------------------


def test_json_keeps_its_digits_both_ways(wire, connect, target, api_key):
    assert connect(wire(OK).url).read("/x").json() == {"a": Decimal("1.10")}
    client = connect(target.url, auth=ApiKey(api_key))
    client.write("/api/capas", json={"ph": Decimal("7.40"), "big": 12345678901234567890123})
    assert target.requests[-1][3] == b'{"ph":7.40,"big":12345678901234567890123}'


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), object()])
def test_what_json_cannot_say_is_refused_before_sending(connect, target, value):
    with pytest.raises(RecordRejected):
        connect(target.url).write("/api/capas", json={"x": value})
    assert target.requests == []


def test_a_page_of_html_is_no_answer(wire, connect):
    body = b"<h1>Maintenance</h1>"
    said = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    client = connect(wire(said).url)
    with pytest.raises(Unreachable, match=r"not JSON \(text/html\)"):
        client.read("/x").json()
    with pytest.raises(OutcomeUnknown):
        client.write("/x").json()


def test_an_answer_that_is_nested_too_deeply_says_so(wire, connect):
    body = b"[" * 100_000
    client = connect(wire(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)).url)
    with pytest.raises(Unreachable, match="answered 200 with JSON that is nested too deeply"):
        client.read("/x").json()


def test_a_bomb_is_stopped_at_the_limit(wire, connect):
    bomb = gzip.compress(b"0" * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    client = connect(wire(head + bomb).url, limit=1_000_000)
    with pytest.raises(Misconfigured, match="more than 1000000 bytes"):
        client.read("/x")
    with pytest.raises(OutcomeUnknown):
        client.write("/x")


def test_gzip_within_the_limit_is_read(wire, connect):
    packed = gzip.compress(b'{"a": [%s]}' % (b"1," * 100_000 + b"2"))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    assert len(connect(wire(head + packed).url).read("/x").json()["a"]) == 100_001


def test_a_blank_in_the_query_is_percent_twenty(wire, connect):
    server = wire(OK)
    connect(server.url).read("/x", params={"filter": "a b+c"})
    assert server.heard[0].startswith(b"GET /x?filter=a%20b%2Bc HTTP/1.1")


# --- where it may go -------------------------------------------------------------------------------------


def moved(to, code=302):
    return status(code, f"Location: {to}")


def test_a_read_is_sent_on_within_its_origin(wire, connect):
    server = wire(lambda head: OK if b"/new" in head else moved("/new"))
    assert connect(server.url).read("/old").ok


@pytest.mark.req("B5")
def test_a_read_is_not_sent_on_to_another_host(wire, connect):
    elsewhere = wire(OK)
    client = connect(wire(moved(f"{elsewhere.url}/new")).url, auth=ApiKey("very-secret"))
    with pytest.raises(Misconfigured, match="another system"):
        client.read("/old")
    assert elsewhere.heard == []


def test_a_circle_ends(wire, connect):
    with pytest.raises(Misconfigured, match="did not follow"):
        connect(wire(moved("/again")).url).read("/old")


@pytest.mark.parametrize(("code", "expected"), [(302, OutcomeUnknown), (303, OutcomeUnknown), (308, Misconfigured)])
def test_a_write_is_never_sent_on(wire, connect, code, expected):
    server = wire(moved("/new", code))
    with pytest.raises(expected):
        connect(server.url).write("/old", json={})
    assert len(server.heard) == 1


def test_a_next_link_to_another_host_gets_no_credentials(connect, target, wire):
    elsewhere = wire(OK)
    client = connect(target.url, auth=ApiKey("very-secret"))
    for link in (f"{elsewhere.url}/page2", "//127.0.0.1:1/page2", f"https://{target.url[7:]}/page2"):
        with pytest.raises(Misconfigured, match="another system"):
            client.read(link)
    assert elsewhere.heard == []


@pytest.mark.parametrize("url", ["ftp://x/", "x", "http://", "http://[::1", "http://x:99999/"])
def test_a_base_address_must_be_one(url):
    with pytest.raises(Misconfigured, match="must look like https://"):
        HttpClient(url)


def test_a_password_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(Misconfigured) as caught:
        HttpClient("https://hub:hunter2@erp.example/api")
    assert "hunter2" not in str(caught.value)


def test_a_header_with_a_line_break_is_refused_before_sending(connect, target):
    client = connect(target.url, headers={"X-Site": "Basel\r\nX-Admin: 1"})
    with pytest.raises(Misconfigured, match="'X-Site'"):
        client.write("/api/capas", json={})
    assert target.requests == []


def test_one_connection_serves_many_requests(connect, target, api_key):
    client = connect(target.url, auth=ApiKey(api_key))
    for number in range(5):
        client.write("/api/capas", json={"title": str(number)})
    assert len(target.capas) == 5
    assert len(target.peers) == 1


# --- the wire tap ----------------------------------------------------------------------------------------


def test_every_exchange_is_seen_also_the_failed_one(connect, target, closed_url, api_key):
    seen = []
    connect(target.url, auth=ApiKey(api_key), tap=listening(seen)).read("/api/whoami")
    with pytest.raises(Unreachable):
        connect(closed_url, tap=listening(seen)).read("/x")
    assert [(exchange.method, exchange.status) for exchange in seen] == [("GET", 200), ("GET", 0)]
    assert seen[0].response_body == '{"user": "hub"}'
    assert 0 <= seen[0].ms < time.monotonic() * 1000


@pytest.mark.req("B5")
def test_no_secret_reaches_the_tap_or_a_message(connect, wire):
    """The server repeats the key in its header, body and redirect, as careless ones do."""
    key = 'kö"y/with spaces&signs'.replace("ö", "o")
    seen = []
    server = wire(
        lambda head: (
            b"HTTP/1.1 403 No\r\nX-Echo: " + key.encode() + b"\r\nSet-Cookie: sid=abc123\r\n"
            b"Connection: close\r\n\r\n" + b'{"you sent": "' + key.replace('"', '\\"').encode() + b'"}'
        )
    )
    client = connect(server.url, auth=ApiKey(key, name="api_key", place="query"), tap=listening(seen))
    with pytest.raises(AccessDenied) as caught:
        client.read("/x", params={"page": 2})
    text = repr(seen) + repr(caught.value) + caught.value.detail + repr(client) + repr(client.auth)
    for spelling in (key, "with spaces", "with%20spaces", "with+spaces", "abc123"):
        assert spelling not in text
    assert "page=2" in seen[0].url
