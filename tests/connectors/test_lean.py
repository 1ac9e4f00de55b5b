"""The lean transport's own edges: kept sockets, bodies of every framing, answers that are none."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.auth import Auth
from connectors.errors import OutcomeUnknown, Unreachable
from connectors.http import HttpClient
from connectors.transport import Timeouts

pytestmark = pytest.mark.req("B5")

KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Scripted:
    """Answers request after request as told, over as many connections as it is given; counts both."""

    def __init__(self, answers: list[bytes], per_connection: int) -> None:
        self.answers, self.per_connection = answers, per_connection
        self.requests: list[bytes] = []
        self.connections = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.hung_up = threading.Event()

    def serve(self) -> None:
        while self.answers:
            peer, _ = self.server.accept()
            self.connections += 1
            with peer:
                for _ in range(min(self.per_connection, len(self.answers))):
                    self.requests.append(_whole(peer))
                    peer.sendall(self.answers.pop(0))
            self.hung_up.set()


def _whole(peer: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += peer.recv(65536)
    return data


@contextmanager
def scripted(*answers: bytes, per_connection: int = 1) -> Iterator[Scripted]:
    system = Scripted(list(answers), per_connection)
    thread = threading.Thread(target=system.serve, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        system.server.close()
        thread.join(5)


@pytest.fixture
def client(here):
    """A function that opens a lean client."""
    opened: list[HttpClient] = []

    def make(url: str) -> HttpClient:
        opened.append(HttpClient(url, network=here, lean=True))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_a_kept_socket_serves_the_next_request(client):
    with scripted(KEPT, KEPT, per_connection=2) as system:
        http = client(system.url)
        assert [http.write("/x", json={}).status, http.write("/x", json={}).status] == [200, 200]
    assert (system.connections, len(system.requests)) == (1, 2)


def test_a_kept_socket_that_was_closed_is_made_anew_and_nothing_is_sent_twice(client):
    with scripted(KEPT, KEPT) as system:
        http = client(system.url)
        http.write("/x", json={})
        assert system.hung_up.wait(5)
        assert http.write("/x", json={}).status == 200
    assert (system.connections, len(system.requests)) == (2, 2)


def test_a_socket_that_dies_after_the_request_leaves_the_write_unknown_and_is_not_asked_again(client):
    with scripted(KEPT, b"", per_connection=2) as system:
        http = client(system.url)
        http.write("/x", json={})
        with pytest.raises(OutcomeUnknown):
            http.write("/x", json={})
    assert (system.connections, len(system.requests)) == (1, 2)


FRAMED = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + b'{"a":1}',
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b'3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
    "end of the connection": b"HTTP/1.1 200 OK\r\n\r\n" + b'{"a":1}',
    "after 103 and 100": b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + b'{"a":1}',
}


@pytest.mark.parametrize("framing", FRAMED)
def test_a_body_is_read_however_it_is_framed(client, framing):
    with scripted(FRAMED[framing]) as system:
        answer = client(system.url).read("/x")
    assert (answer.status, answer.json(), "Link" in answer.headers) == (200, {"a": 1}, False)


BROKEN = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a length that is not reached": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
    "a chunk that is cut": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 40_000,
    "two answers to one request": KEPT + b"HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\n[]",
    "an answer and the start of another": KEPT + b"HTTP/1.1 422 N",
    "a compression that nobody asked for": b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
    "not compressed as it says": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_no_answer_leaves_a_write_unknown_and_a_read_unreachable(client, fault):
    with scripted(BROKEN[fault]) as system, pytest.raises(OutcomeUnknown):
        client(system.url).write("/x", json={})
    with scripted(BROKEN[fault]) as system, pytest.raises(Unreachable):
        client(system.url).read("/x")


def test_an_odd_address_cannot_smuggle_a_second_request(client):
    with scripted(KEPT) as system:
        client(system.url).read("/a b\r\nX-Evil: 1\r\n\r\nGET /ü")
    assert system.requests[0].startswith(b"GET /a%20b%0D%0AX-Evil:%201%0D%0A%0D%0AGET%20/%C3%BC HTTP/1.1\r\n")


def test_those_that_hang_together_cost_one_time_out_together(here):
    """A wave ends within its leases: the silence of each counts from its own request on."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        http = HttpClient(url, network=here, lean=True, timeouts=Timeouts(connect=1, read=0.5, total=60))
        began = time.monotonic()
        for begun in [http.begin("/x", json={}) for _ in range(6)]:
            with pytest.raises(OutcomeUnknown):
                http.finish(begun)
        assert time.monotonic() - began < 1
        http.close()


def test_what_came_while_others_were_waited_for_is_not_overdue(here):
    with scripted(b"", KEPT, per_connection=1) as system:
        http = HttpClient(system.url, network=here, lean=True, timeouts=Timeouts(connect=1, read=0.3, total=1))
        first, second = http.begin("/x", json={}), http.begin("/x", json={})
        time.sleep(1.2)
        assert http.finish(second).status == 200
        with pytest.raises(OutcomeUnknown):
            http.finish(first)
        http.close()


def test_a_login_that_has_run_out_is_renewed_once_for_all_that_are_under_way(here):
    class Renewable(Auth):
        renewed = 0

        def renew(self) -> bool:
            self.renewed += 1
            return True

    auth, refused = Renewable(), b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with scripted(refused, refused, KEPT, KEPT) as system:
        http = HttpClient(system.url, network=here, lean=True, auth=auth)
        under_way = [http.begin("/x", json={}) for _ in range(2)]
        assert [http.finish(begun).status for begun in under_way] == [200, 200]
        http.close()
    assert auth.renewed == 1
