"""Which addresses the hub connects to."""

from __future__ import annotations

import socket

import pytest

from connectors.errors import Misconfigured, Unreachable
from connectors.http import HttpClient
from connectors.network import PUBLIC_ONLY, NetworkPolicy


@pytest.fixture
def names(monkeypatch):
    """A directory of host names; what is not in it does not exist. ``names.asked`` has the look-ups."""

    class Names(dict):
        asked: list[str]

    names = Names()
    names.asked = []

    def look_up(host, port, *args, **options):
        names.asked.append(host)
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = names[host].pop(0) if isinstance(names[host][0], list) else names[host]
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in answers
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return names


REFUSED = {
    "127.0.0.1": "loopback",
    "127.8.9.1": "loopback",
    "::1": "loopback",
    "10.1.2.3": "private",
    "172.16.0.9": "private",
    "192.168.1.1": "private",
    "fd00::1": "private",
    "169.254.169.254": "link-local",
    "fe80::1": "link-local",
    "fec0::1": "site-local",
    "feff::1": "site-local",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "0.0.0.0": "unspecified",
    "::": "unspecified",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "100.64.0.1": "not public",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:10.0.0.1": "private",
    "64:ff9b::7f00:1": "loopback",
    "2002:7f00:1::": "loopback",
}


def test_a_host_is_listed_by_its_name_and_not_by_the_range_of_its_address(names):
    names["kafka.plant"] = ["10.1.2.3"]
    policy = NetworkPolicy(("10.1.0.0/16", "Broker.Plant."))
    assert policy.check_host("kafka.plant", 9092) == ("10.1.2.3",)
    assert not policy.lists("kafka.plant")
    assert policy.lists("broker.plant")


@pytest.mark.req("B5")
@pytest.mark.parametrize(("ip", "kind"), REFUSED.items())
def test_an_address_that_is_not_public_is_refused(names, ip, kind):
    names["inside.example"] = [ip]
    with pytest.raises(Misconfigured) as refused:
        PUBLIC_ONLY.check_host("inside.example", 443)
    assert f"which is {kind}" in refused.value.message
    assert "'inside.example'" in refused.value.message


@pytest.mark.parametrize("ip", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_needs_no_entry(names, ip):
    names["public.example"] = [ip]
    assert PUBLIC_ONLY.check_host("public.example", 443) == (ip,)


def test_one_bad_address_among_good_ones_refuses_the_host(names):
    names["mixed.example"] = ["8.8.8.8", "10.0.0.1"]
    with pytest.raises(Misconfigured, match=r"10\.0\.0\.1"):
        PUBLIC_ONLY.check_host("mixed.example", 443)


def test_a_listed_range_lets_its_addresses_in_and_no_others(names):
    names |= {
        "lims.example": ["10.1.2.3"],
        "erp.example": ["10.2.0.1"],
        "mapped.example": ["::ffff:10.1.0.9"],
    }
    policy = NetworkPolicy(("10.1.0.0/16",))
    assert policy.check_host("lims.example", 443) == ("10.1.2.3",)
    assert policy.check_host("mapped.example", 443) == ("::ffff:10.1.0.9",)
    with pytest.raises(Misconfigured):
        policy.check_host("erp.example", 443)


def test_a_listed_name_is_let_in_however_it_is_written(names):
    names |= {"Lims.Example.": ["10.1.2.3"], "xlims.example": ["10.1.2.3"]}
    policy = NetworkPolicy(("lims.example",))
    assert policy.check_host("Lims.Example.", 443)
    with pytest.raises(Misconfigured):
        policy.check_host("xlims.example", 443)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "017700000001"])
def test_odd_spellings_of_loopback_are_seen_through(host):
    with pytest.raises(Misconfigured, match="loopback"):
        PUBLIC_ONLY.check_host(host, 80)


def test_a_name_that_does_not_exist_is_unreachable(names):
    with pytest.raises(Unreachable, match=r"'nowhere\.example' cannot be found"):
        PUBLIC_ONLY.check_host("nowhere.example", 443)


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "10.0.0.0/40", "", "http://x/"])
def test_an_entry_that_is_neither_name_nor_range_is_refused(entry):
    with pytest.raises(Misconfigured, match="neither a host name nor an address range"):
        NetworkPolicy((entry,))


@pytest.mark.req("B5")
def test_the_socket_goes_to_the_checked_address_and_the_name_is_asked_once(names, target):
    """A name that answers "public" to the check and "loopback" to the connection must not get through."""
    port = int(target.url.rpartition(":")[2])
    names["rebinding.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    policy = NetworkPolicy(("127.0.0.1/32",))
    with policy.connect("rebinding.example", port, timeout=5) as connected:
        assert connected.getpeername() == ("127.0.0.1", port)
    assert names.asked.count("rebinding.example") == 1


@pytest.mark.parametrize("lean", [True, False])
def test_an_http_client_obeys_the_policy(target, lean):
    client = HttpClient(target.url, lean=lean)
    with pytest.raises(Misconfigured, match="loopback"):
        client.read("/api/whoami")
    with pytest.raises(Misconfigured, match="loopback"):
        client.write("/api/capas", json={})
    assert target.requests == []
    client.close()


@pytest.mark.parametrize("lean", [True, False])
def test_a_proxy_of_the_machine_is_no_way_around(target, lean, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", target.url)
    monkeypatch.setenv("http_proxy", target.url)
    client = HttpClient("http://10.255.255.1", lean=lean)
    with pytest.raises(Misconfigured, match="private"):
        client.read("/")
    assert target.requests == []
    client.close()


def test_a_closed_port_is_unreachable_with_its_reason(closed_url, here):
    port = int(closed_url.rpartition(":")[2])
    with pytest.raises(Unreachable, match=f"port {port}, cannot be reached: connection refused"):
        here.connect("127.0.0.1", port, timeout=5)
