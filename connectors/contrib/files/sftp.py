"""A folder at an SFTP server, through paramiko. The server's key is pinned, never learnt."""

from __future__ import annotations

import errno
import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any

from connectors.errors import AccessDenied, Misconfigured, OutcomeUnknown, Unreachable, Unsupported
from connectors.network import NetworkPolicy

from .places import Entry, Place, os_error


class Sftp(Place):
    """One session. Uses nothing of the account that the hub runs under: no agent, no keys, no known hosts."""

    def __init__(self, settings: Any, credentials: Any, network: NetworkPolicy) -> None:
        self.settings, self.credentials = settings, credentials
        self.ssh = _paramiko()
        self.client = self.ssh.SSHClient()
        try:
            with self._errors("connect", settings.host):
                self._connect(network)
        except BaseException:
            self.close()
            raise

    def _connect(self, network: NetworkPolicy) -> None:
        host, port = self.settings.host, self.settings.port
        self._pin(host if port == 22 else f"[{host}]:{port}")
        self.client.connect(
            host,
            port,
            username=self.credentials.user,
            password=self.credentials.password or None,
            pkey=self._private_key(),
            sock=network.connect(host, port, timeout=self.settings.timeout),
            allow_agent=False,
            look_for_keys=False,
            banner_timeout=self.settings.timeout,
            auth_timeout=self.settings.timeout,
            channel_timeout=self.settings.timeout,
        )
        self.sftp = self.client.open_sftp()
        self.sftp.get_channel().settimeout(self.settings.timeout)
        self.sftp.stat(self.settings.folder)  # normalising alone does not ask whether it is there
        self.base = PurePosixPath(self.sftp.normalize(self.settings.folder))

    def _pin(self, name: str) -> None:
        try:
            kind, text, *_ = self.settings.host_key.split()
            key = self.ssh.PKey.from_type_string(kind, _decoded(text))
        except (ValueError, self.ssh.SSHException, self.ssh.UnknownKeyType):
            raise Misconfigured(
                "The setting 'host_key' must be the server's public key, such as 'ssh-ed25519 AAAA…':"
                " a server is never trusted at first sight."
            ) from None
        self.client.get_host_keys().add(name, kind, key)
        self.client.set_missing_host_key_policy(self.ssh.RejectPolicy())

    def _private_key(self) -> Any:
        if not self.credentials.private_key:
            return None
        passphrase = self.credentials.passphrase or None
        for kind in (self.ssh.Ed25519Key, self.ssh.ECDSAKey, self.ssh.RSAKey):
            with suppress(self.ssh.SSHException, ValueError):
                return kind.from_private_key(io.StringIO(self.credentials.private_key), passphrase)
        raise AccessDenied("The private key cannot be read: its format or its passphrase is wrong.")

    def describe(self) -> str:
        with self._errors("read", str(self.base)):
            self.sftp.listdir(str(self.base))
        return f"Connected as {self.credentials.user} to {self.settings.host}; the folder {self.base} is there."

    def entries(self, folder: str) -> list[Entry]:
        with self._errors("read", folder):
            found = self.sftp.listdir_attr(self._path(folder))
        return [_entry(item.filename, item) for item in found if not stat.S_ISDIR(item.st_mode or 0)]

    def look(self, folder: str, name: str) -> Entry | None:
        with self._errors("read", name):
            try:
                return _entry(name, self.sftp.lstat(self._path(folder, name)))
            except FileNotFoundError:
                return None

    def read(self, folder: str, name: str, limit: int) -> bytes:
        """In pieces: a file that grows cannot exceed the limit. SFTP opens links without a word, so it is asked before;
        a file that becomes a link in between is noticed by whoever looks at it again afterwards."""
        content = bytearray()
        entry = self.look(folder, name)
        if entry is not None and entry.is_link:
            raise os_error(name, OSError(errno.ELOOP, "it is a link or a device and not a file"))
        with (
            self._errors("read", name),
            suppress(FileNotFoundError),
            self.sftp.open(self._path(folder, name), "rb") as file,
        ):
            while len(content) < limit and (piece := file.read(min(256 * 1024, limit - len(content)))):
                content += piece
        return bytes(content)

    def move(self, folder: str, name: str, to: str, new_name: str) -> None:
        with self._errors("move", name):
            with suppress(OSError):
                self.sftp.mkdir(self._path(to))
            with suppress(FileNotFoundError):
                self.sftp.rename(self._path(folder, name), self._path(to, new_name))

    def put(self, folder: str, name: str, content: bytes) -> None:
        """Only a connection lost during the last step leaves us in doubt: before it nobody saw the file."""
        temporary, final = (self._path(folder, part) for part in (f".{name}.part", name))
        with self._errors("write", name):
            with suppress(FileNotFoundError):
                self.sftp.remove(temporary)  # of an attempt that broke off, or a link that somebody laid
            with self.sftp.open(temporary, "wx") as file:  # a new file only: never through a link
                file.write(content)
        try:
            with self._errors("write", name):
                self.sftp.posix_rename(temporary, final)
        except Unreachable as error:
            raise OutcomeUnknown(f"The file {name!r} was sent, but no answer came.", detail=str(error)) from None

    def _path(self, folder: str, name: str = "") -> str:
        """As the server sees it: a folder that is a link out of the base is not followed."""
        with self._errors("find", folder):
            real = PurePosixPath(self.sftp.normalize(str(self.base / folder)))
        if not real.is_relative_to(self.base):
            raise Misconfigured(f"The folder {folder!r} is a link that leads out of the base folder.")
        return str(real / name)

    def close(self) -> None:
        self.client.close()

    @contextmanager
    def _errors(self, act: str, what: str) -> Iterator[None]:
        where = f"The SFTP server {self.settings.host}"
        try:
            yield
        except self.ssh.BadHostKeyException:
            raise Misconfigured(f"{where} showed another key than the one in 'host_key'.") from None
        except self.ssh.AuthenticationException:
            raise AccessDenied(f"{where} refused the user {self.credentials.user!r}: access denied.") from None
        except (self.ssh.SSHException, EOFError) as error:
            raise Unreachable(f"{where} could not {act} {what!r}.", detail=type(error).__name__) from None
        except OSError as error:
            if error.errno is None or error.errno == errno.EPIPE:
                raise Unreachable(f"{where} could not {act} {what!r}.", detail=type(error).__name__) from None
            raise os_error(what, error) from None


def _paramiko() -> Any:
    try:
        return import_module("paramiko")
    except ImportError:
        raise Unsupported("SFTP needs the Python package paramiko, which is not installed here.") from None


def _decoded(text: str) -> bytes:
    from base64 import b64decode

    return b64decode(text, validate=True)


def _entry(name: str, state: Any) -> Entry:
    return Entry(name, state.st_size or 0, float(state.st_mtime or 0), not stat.S_ISREG(state.st_mode or 0))
