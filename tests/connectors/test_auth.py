"""Proving who we are: keys, passwords, tokens that expire, certificates."""

from __future__ import annotations

import base64
import datetime
import http.server
import ipaddress
import json
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.auth import ApiKey, Basic, Bearer, ClientCertificate, ClientCredentials
from connectors.errors import AccessDenied, ConnectorError, Misconfigured, Unreachable
from connectors.http import HttpClient
from tests.factories.tap import listening


def answer(data, status=200):
    body = json.dumps(data).encode()
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def headers_of(head):
    lines = head.decode().split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines if line)


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (ApiKey("k1", name="X-Key", prefix="Token "), "X-Key", "Token k1"),
        (Basic("olga", "pä"), "Authorization", "Basic " + base64.b64encode("olga:pä".encode()).decode()),
        (Bearer("t1"), "Authorization", "Bearer t1"),
    ],
)
def test_a_header_proves_who_we_are(wire, here, auth, header, value):
    server = wire(answer({}))
    HttpClient(server.url, auth=auth, network=here).read("/x")
    assert headers_of(server.heard[0])[header] == value


def test_a_key_may_go_into_the_query(wire, here):
    server = wire(answer({}))
    HttpClient(server.url, auth=ApiKey("k 1", name="key", place="query"), network=here).read("/x?a=1")
    assert server.heard[0].startswith(b"GET /x?a=1&key=k%201 ")


@pytest.mark.req("B5")
@pytest.mark.parametrize(
    "auth", [ApiKey("s3cret"), Basic("u", "s3cret"), Bearer("s3cret"), ClientCredentials("u", "i", "s3cret")]
)
def test_repr_hides_the_secret(auth):
    assert "s3cret" not in repr(auth)


def test_a_colon_in_a_user_name_is_refused():
    with pytest.raises(Misconfigured, match="colon"):
        Basic("olga:x", "p")


# --- OAuth 2.0 client credentials ------------------------------------------------------------------------


class TokenService:
    """Gives token-1, token-2 …; the API behind it accepts ``valid`` only."""

    def __init__(self, wire, here):
        self.given, self.valid, self.status, self.granted = 0, "token-1", 200, {"expires_in": 3600}
        self.now = 1000.0
        self.server = wire(self.say)
        self.seen = []
        self.auth = ClientCredentials(
            f"{self.server.url}/token", "hub", "s3cret/+", scope="read", clock=lambda: self.now
        )
        self.client = HttpClient(self.server.url, auth=self.auth, network=here, tap=listening(self.seen))

    def say(self, head):
        if b"/token" in head:
            self.given += 1
            return answer({"access_token": f"token-{self.given}", **self.granted}, self.status)
        ok = headers_of(head)["Authorization"] == f"Bearer {self.valid}"
        return answer({}, 200 if ok else 401)


@pytest.fixture
def service(wire, here):
    return TokenService(wire, here)


def test_a_token_is_fetched_once_and_kept(service):
    for _ in range(3):
        service.client.read("/x")
    assert service.given == 1
    basic = base64.b64encode(b"hub:s3cret%2F%2B").decode()  # RFC 6749, 2.3.1
    assert headers_of(service.server.heard[0])["Authorization"] == f"Basic {basic}"


def test_a_token_is_fetched_anew_before_it_expires(service):
    service.client.read("/x")
    service.now, service.valid = service.now + 3600 - 29, "token-2"
    service.client.read("/x")
    assert service.given == 2


def test_a_401_fetches_a_new_token_once(service):
    service.client.read("/x")
    service.valid = "token-2"
    assert service.client.write("/x", json={}).ok
    assert service.given == 2
    service.valid = "never"
    with pytest.raises(AccessDenied):
        service.client.read("/x")
    assert service.given == 3, "once, not for ever"


def test_a_refused_client_is_access_denied_by_name_not_by_secret(service):
    service.status = 400  # RFC 6749: invalid_client and invalid_grant are 400 as well
    with pytest.raises(AccessDenied) as caught:
        service.client.read("/x")
    assert "'hub'" in caught.value.message
    assert "s3cret" not in repr(caught.value) + caught.value.detail


def test_a_token_service_that_is_down_is_unreachable_also_for_a_write(service):
    service.status = 503
    with pytest.raises(Unreachable):
        service.client.write("/x", json={})


def test_an_answer_without_a_token_is_misconfigured(service):
    service.granted = {"access_token": None}
    with pytest.raises(Misconfigured, match="without an 'access_token'"):
        service.client.read("/x")


@pytest.mark.req("B5")
def test_the_tap_sees_the_token_exchange_without_token_and_secret(service):
    service.client.read("/x")
    assert [exchange.url.rpartition("/")[2] for exchange in service.seen] == ["token", "x"]
    for secret in ("token-1", "s3cret", "s3cret%2F%2B", base64.b64encode(b"hub:s3cret%2F%2B").decode()):
        assert secret not in repr(service.seen)


# --- mutual TLS ------------------------------------------------------------------------------------------


def issue(folder, name, *, issuer=None):
    """A certificate for 127.0.0.1 as PEM files; without issuer it vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0] if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(issuer[1] if issuer else key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    cert_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return (subject, key), str(cert_file), str(key_file)


@pytest.fixture
def secure(tmp_path):
    """A server that demands a certificate of our authority: its URL and the PEM files."""
    authority, ca_file, _ = issue(tmp_path, "authority")
    _, server_cert, server_key = issue(tmp_path, "server", issuer=authority)
    _, cert_file, key_file = issue(tmp_path, "hub", issuer=authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_cert, server_key)
    context.load_verify_locations(ca_file)
    context.verify_mode = ssl.CERT_REQUIRED

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            said = json.dumps(dict(pair[0] for pair in self.connection.getpeercert()["subject"])).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args):
            """Quiet."""

    class Server(http.server.ThreadingHTTPServer):
        def finish_request(self, request, address):
            try:
                with context.wrap_socket(request, server_side=True) as wrapped:
                    super().finish_request(wrapped, address)
            except OSError:
                return

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}", ca_file, cert_file, key_file
        server.shutdown()
        thread.join()


@pytest.mark.req("B5")
@pytest.mark.parametrize("lean", [True, False])
def test_a_client_certificate_says_who_we_are(secure, here, lean):
    url, ca_file, cert_file, key_file = secure
    auth = ClientCertificate(cert_file, key_file, ca_file)
    client = HttpClient(url, auth=auth, network=here, lean=lean)
    assert client.read("/").json() == {"commonName": "hub"}
    client.close()


@pytest.mark.parametrize("lean", [True, False])
def test_without_a_client_certificate_nothing_is_read(secure, here, lean):
    url, ca_file, _, _ = secure
    client = HttpClient(url, auth=ClientCertificate("", "", ca_file), network=here, lean=lean)
    with pytest.raises(ConnectorError):
        client.read("/")
    client.close()


@pytest.mark.req("B5")
@pytest.mark.parametrize("lean", [True, False])
def test_a_server_that_nobody_vouches_for_is_misconfigured(secure, here, lean):
    """Not "unreachable": trying again would not help, and a write surely did not arrive."""
    client = HttpClient(secure[0], network=here, lean=lean)
    for call in (client.read, client.write):
        with pytest.raises(Misconfigured, match=r"certificate of 127\.0\.0\.1 is not trusted"):
            call("/")
    client.close()


def test_certificate_files_are_checked_before_use(tmp_path, secure):
    _, _, cert_file, _ = secure
    (tmp_path / "empty.pem").write_text("")
    for auth in (
        ClientCertificate(str(tmp_path / "absent.pem")),
        ClientCertificate(cert_file, str(tmp_path / "authority.key")),
        ClientCertificate(str(tmp_path / "empty.pem")),
    ):
        with pytest.raises(Misconfigured, match=r"does not exist|cannot be used"):
            HttpClient("https://127.0.0.1", auth=auth)
