"""The same over SFTP, with a real OpenSSH server."""

import pytest

from connectors import configuration
from connectors.contrib.files import Files
from connectors.errors import AccessDenied, Misconfigured, Unreachable
from connectors.network import NetworkPolicy
from connectors.records import BrokenRecord, Record
from tests.connectors.fixtures.files.sshd import started

pytestmark = [pytest.mark.services, pytest.mark.req("B5")]
LOCAL = NetworkPolicy(allowed=("127.0.0.1",))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = started(tmp_path_factory.mktemp("sshd"))
    yield running
    running.close()


@pytest.fixture
def base(tmp_path):
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return tmp_path


def files(server, base, network=LOCAL, credentials=None, **settings):
    declared = {
        "place": "sftp", "folder": str(base), "host": "127.0.0.1", "port": server.port, "timeout": 5,
        "host_key": server.host_key,
        "streams": {"lots": {"folder": "in", "format": "csv", "identity": ["lot"], "settle": 0}},
        "sinks": {"out": {"folder": "out"}},
    }  # fmt: skip
    account = {"user": server.user, "private_key": server.private_key} | (credentials or {})
    loaded = configuration.load(Files.Settings, declared | settings)
    return Files(loaded, Files.Credentials(**account), network=network)


def test_files_are_read_and_moved(server, base):
    (base / "in" / "a.csv").write_text("lot\nL-1\nL-2,x\n")
    (base / "in" / "b.csv.part").write_text("lot\nL-")
    (base / "in" / "c.csv").symlink_to("/etc/hostname")
    with files(server, base) as connector:
        stream = connector.stream("lots")
        pages = list(stream.read(None))
        for page in (*pages, *pages):
            stream.committed(page)
    found = [item for page in pages for item in page.records]
    assert [type(item) for item in found] == [Record, BrokenRecord, BrokenRecord]
    assert [path.name for path in (base / "in").iterdir()] == ["b.csv.part"]
    assert [path.name for path in (base / "done").iterdir()] == ["a.csv"]
    assert [path.name for path in (base / "rejected").iterdir()] == ["c.csv"]


def test_a_file_of_last_week_is_not_replaced(server, base):
    for content in ("lot\nL-1\n", "lot\nL-22\n"):
        (base / "in" / "a.csv").write_text(content)
        with files(server, base) as connector:
            stream = connector.stream("lots")
            for page in stream.read(None):
                stream.committed(page)
    assert len(list((base / "done").iterdir())) == 2


def test_writing_twice_is_one_file(server, base):
    with files(server, base) as connector:
        sink = connector.sink("out")
        for _ in range(2):
            sink.write(Record((), {"lot": "L-1"}), idempotency_key="k-1")
        assert sink.find(Record((), {}), idempotency_key="k-1").external_id == "out/k-1.json"
    assert {path.name: path.read_text() for path in (base / "out").iterdir()} == {"k-1.json": '{"lot":"L-1"}\n'}


def test_the_connection_test_says_who_we_are(server, base):
    health = files(server, base).check()
    assert health.ok, health.message
    assert server.user in health.message


def test_another_host_key_halts(server, base, tmp_path_factory):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    with pytest.raises(Misconfigured, match="showed another key"):
        files(server, base, host_key=other.decode()).open()


@pytest.mark.parametrize("host_key", ["", "ssh-ed25519", "ssh-ed25519 !!!", "ssh-ed25519 AAAA", "no-kind AAAA"])
def test_a_server_is_never_trusted_at_first_sight(server, base, host_key):
    with pytest.raises(Misconfigured, match="'host_key' must be the server's public key"):
        files(server, base, host_key=host_key).open()


@pytest.mark.parametrize(
    "credentials",
    [{"user": "il_nobody"}, {"private_key": "", "password": "hunter2-secret"}, {"private_key": "no key"}],
)
def test_a_refused_account_is_access_denied(server, base, credentials):
    connector = files(server, base, credentials=credentials)
    with pytest.raises(AccessDenied) as caught:
        connector.open()
    assert "hunter2" not in repr(caught.value) + repr(connector.credentials) + caught.value.detail


def test_a_missing_folder_halts(server, base):
    with pytest.raises(Misconfigured):
        files(server, base / "nowhere").open()
    (base / "in").rmdir()
    assert "in" in files(server, base).check().message


def test_a_folder_that_is_a_link_out_of_the_base_is_refused(server, base, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (base / "out").rmdir()
    (base / "out").symlink_to(elsewhere)
    with files(server, base) as connector, pytest.raises(Misconfigured, match="leads out of the base folder"):
        connector.sink("out").write(Record((), {"lot": 1}), idempotency_key="k")
    assert list(elsewhere.iterdir()) == []


def test_a_closed_port_or_an_address_not_listed_is_not_reached(server, base):
    with pytest.raises(Unreachable):
        files(server, base, port=1).open()
    with pytest.raises(Misconfigured, match="loopback"):
        files(server, base, network=NetworkPolicy()).open()


def test_a_session_that_dies_is_unreachable(server, base):
    (base / "in" / "a.csv").write_text("lot\nL-1\n")
    with files(server, base) as connector:
        connector.place.client.get_transport().close()
        with pytest.raises(Unreachable):
            list(connector.stream("lots").read(None))
        with pytest.raises(Unreachable):
            connector.sink("out").write(Record((), {"lot": 1}), idempotency_key="k")


def test_a_link_is_never_read_and_never_written_through(server, base, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "precious"
    elsewhere.write_text("precious")
    (base / "in" / "a.csv").symlink_to(elsewhere)
    (base / "out" / ".k.json.part").symlink_to(elsewhere)
    with files(server, base) as connector:
        with pytest.raises(Misconfigured, match="is a link"):
            connector.place.read("in", "a.csv", 100)
        connector.sink("out").write(Record((), {"lot": "L-1"}), idempotency_key="k")
    assert elsewhere.read_text() == "precious"
    assert [path.name for path in (base / "out").iterdir()] == ["k.json"]
