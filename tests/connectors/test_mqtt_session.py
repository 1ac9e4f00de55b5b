"""Signing in and subscribing: what a broker's refusals mean, where the hub connects to, and TLS."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.contrib.mqtt import Mqtt
from connectors.errors import AccessDenied, Misconfigured, RateLimited, Unreachable, Unsupported
from connectors.fence import FileFence
from connectors.network import PUBLIC_ONLY, NetworkPolicy
from tests.connectors.fixtures.mqtt.brokers import Broker, Mosquitto, machine
from tests.connectors.fixtures.mqtt.wires import Scripted

pytestmark = [pytest.mark.services, pytest.mark.req("B5")]
TLS = """
listener {port} 127.0.0.1
cafile {folder}/ca.pem
certfile {folder}/server.pem
keyfile {folder}/server.key
"""


@pytest.fixture
def scripted():
    opened = []

    def start(**script) -> Broker:
        opened.append(Scripted(**script))
        return Broker("127.0.0.1", opened[-1].port)

    yield start
    for server in opened:
        server.close()


def read(broker, *, version="5", **more):
    declared = {"results": {"topics": [f"{broker.prefix}/#"], "wait_ms": 100}}
    with broker.connector(version=version, streams=declared, **more) as connector:
        return list(connector.stream("results").read(None))


CODES_5 = [
    (0x80, Unreachable),
    (0x84, Unsupported),
    (0x85, Misconfigured),
    (0x86, AccessDenied),
    (0x87, AccessDenied),
    (0x88, Unreachable),
    (0x89, Unreachable),
    (0x8A, AccessDenied),
    (0x8C, AccessDenied),
    (0x97, RateLimited),
    (0x9C, Misconfigured),
    (0x9F, RateLimited),
]
CODES_311 = [(2, Misconfigured), (3, Unreachable), (4, AccessDenied), (5, AccessDenied)]


@pytest.mark.parametrize(
    ("version", "code", "kind"),
    [*(("5", code, kind) for code, kind in CODES_5), *(("3.1.1", code, kind) for code, kind in CODES_311)],
)
def test_a_refused_sign_in_has_its_class_and_its_sentence(scripted, version, code, kind):
    broker = scripted(version=version, connack=code)
    with pytest.raises(Exception, match="refused") as refused:
        read(broker, version=version)
    assert type(refused.value) is kind
    health = broker.connector(version=version).check()
    assert (health.ok, health.message) == (False, refused.value.message)


@pytest.mark.parametrize(
    ("version", "code", "kind"),
    [
        ("5", 0x80, AccessDenied),
        ("5", 0x87, AccessDenied),
        ("5", 0x8F, Misconfigured),
        ("5", 0x97, RateLimited),
        ("5", 0x9E, Unsupported),
        ("5", 0xA2, Unsupported),
        ("5", 0, Misconfigured),
        ("3.1.1", 0x80, AccessDenied),
        ("3.1.1", 0, Misconfigured),
    ],
)
def test_a_refused_subscription_has_its_class_and_names_the_topic(scripted, version, code, kind):
    broker = scripted(version=version, suback=code)
    with pytest.raises(Exception, match=f"'{broker.prefix}/#'") as refused:
        read(broker, version=version)
    assert type(refused.value) is kind


def test_a_broker_that_keeps_sessions_shorter_than_asked_is_not_trusted_with_the_stream(scripted):
    expiry = b"\x11" + (3600).to_bytes(4, "big")
    with pytest.raises(Misconfigured, match="3600 s at most"):
        read(scripted(terms=expiry))
    assert len(read(scripted(terms=expiry), session_seconds=3600)) == 1


@pytest.mark.parametrize("says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\xff\xff\xff\xff\xff", b"\x20\x01\x00"])
def test_what_is_no_broker_is_unreachable(scripted, says):
    with pytest.raises(Unreachable):
        read(scripted(says=says), timeout=1)


def test_a_broker_that_says_nothing_is_unreachable_in_time(scripted):
    with pytest.raises(Unreachable, match="within 1 s"):
        read(scripted(says=b""), timeout=1)


def test_the_policy_of_the_hub_says_where_it_connects(scripted):
    broker = scripted()
    with pytest.raises(Misconfigured, match="loopback"):
        read(broker, network=PUBLIC_ONLY)
    assert not broker.connector(network=PUBLIC_ONLY).check().ok


def test_the_socket_goes_to_the_checked_address_and_the_name_is_not_asked_again(scripted, monkeypatch):
    broker, asked = scripted(), []

    def resolve(host, port, *args, **kwargs):
        asked.append(host)
        where = "127.0.0.1" if len(asked) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    broker.host = "broker.example"
    assert len(read(broker, network=NetworkPolicy(("127.0.0.0/8",)))) == 1
    assert asked == ["broker.example"]


def test_a_wrong_password_is_denied_without_repeating_it_and_the_right_one_says_who_we_are(own):
    bad = own.connector(credentials={"user": "hub", "password": "hunter2-secret"}).check()
    assert "access denied" in bad.message
    assert "hunter2" not in bad.message
    assert "'hub'" in own.connector().check().message
    nobody = own.connector(credentials={}).check()
    assert (nobody.ok, "without a user name" in nobody.message) == (False, True)


def test_the_connection_test_leaves_the_streams_session_alone(own):
    declared = {"results": {"topics": [f"{own.prefix}/#"], "wait_ms": 100}}
    with own.connector(streams=declared) as connector:
        pages = connector.stream("results").read(None)
        next(pages)
        assert own.connector(streams=declared).check().ok
        own.publish(f"{own.prefix}/a", '{"n": 1}')
        assert next(pages).records[0].data["n"] == 1


def test_without_the_library_a_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "paho.mqtt", None)
    for module in ("session", "reader", "writer"):
        monkeypatch.delitem(sys.modules, f"connectors.contrib.mqtt.{module}", raising=False)
    broker = Broker("127.0.0.1", 1)
    assert broker.connector().check().message == "MQTT needs the Python package paho-mqtt, which is not installed here."
    with pytest.raises(Unsupported, match="paho-mqtt"):
        read(broker)


def test_a_closed_connection_reads_and_writes_nothing():
    connector = machine().connector(streams={"a": {"topics": ["a"]}}, sinks={"a": {"topic": "a"}})
    connector.open()
    connector.close()
    with pytest.raises(Unreachable, match="not open"):
        list(connector.stream("a").read(None))
    with pytest.raises(Unreachable, match="not open"):
        connector.writer()


# --- TLS ---------------------------------------------------------------------------------------------


def certificate(folder, name: str, host: str, issuer=None):
    """``name``.pem and ``name``.key; without an issuer it vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, by_key = issuer or (subject, key)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(by_key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / f"{name}.key").write_bytes(key.private_bytes(*pem))
    return subject, key


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One listener in the clear, and one with TLS for the name "localhost"."""
    folder = tmp_path_factory.mktemp("mosquitto")
    certificate(folder, "server", "localhost", certificate(folder, "ca", "ca.example"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = Mosquitto(folder, TLS.format(port=port, folder=folder))
    running.secure_port = port
    yield running
    running.close()


@pytest.fixture
def own(running):
    running.renew()
    return running


def secure(own, **more):
    return {"tls": True, "host": "localhost", "port": own.secure_port, "ca_file": str(own.folder / "ca.pem")} | more


def test_tls_verifies_who_vouches_for_the_broker_and_its_name(own):
    network = NetworkPolicy(("127.0.0.0/8", "::1/128"))
    assert len(read(own, network=network, **secure(own))) == 1
    own.publish(f"{own.prefix}/a", *(f'{{"n": {number}}}' for number in range(5)))
    (page,) = [page for page in read(own, network=network, **secure(own)) if page.records]
    assert [record.data["n"] for record in page.records] == [0, 1, 2, 3, 4]
    with pytest.raises(Misconfigured, match="not trusted"):
        read(own, network=network, **secure(own, ca_file=""))
    with pytest.raises(Misconfigured, match="not trusted"):
        read(own, network=network, **secure(own, host="127.0.0.1"))
    with pytest.raises(Unreachable):
        read(own, network=network, **secure(own, port=own.port))


def test_certificate_files_are_opened_where_the_installation_lets_connections_read(own, tmp_path):
    settings = own.connector(**secure(own)).settings
    fenced = Mqtt(settings, Mqtt.Credentials(), files=FileFence(never=(str(own.folder / "ca.pem"),)))
    assert "file of the hub itself" in fenced.check().message
    away = Mqtt(settings, Mqtt.Credentials(), files=FileFence((str(tmp_path),)))
    assert "allowed folders" in away.check().message
