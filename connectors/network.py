"""Where the hub may connect to: public addresses, and whatever else the installation lists.

A setting of a connection names a host; a name can be made to point anywhere, also at the hub's own
database. So the rule is about addresses: every address a name resolves to is checked, and the socket is
opened to a checked address, never to the name again (a second look-up could answer differently).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .errors import Misconfigured, Unreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_KINDS = (  # the first that fits names the address; the order goes from the particular to the general
    ("unspecified", "is_unspecified"),
    ("loopback", "is_loopback"),
    ("link-local", "is_link_local"),
    ("multicast", "is_multicast"),
    ("site-local", "is_site_local"),  # fec0::/10, which IPv4 has not
    ("reserved", "is_reserved"),
    ("private", "is_private"),
)


@dataclass(frozen=True)
class Endpoint:
    """One checked address, ready for ``socket.connect``."""

    family: socket.AddressFamily
    sockaddr: tuple

    @property
    def ip(self) -> str:
        return str(self.sockaddr[0])


@dataclass(frozen=True)
class NetworkPolicy:
    """``allowed`` lists host names and CIDRs (``10.1.0.0/16``) that are not public and may be reached.

    A listed name is allowed at whatever address it resolves to. Public addresses need no entry.
    """

    allowed: tuple[str, ...] = ()
    names: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())
    networks: tuple[Network, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        parsed = [(entry, _network(entry)) for entry in self.allowed]
        object.__setattr__(self, "names", frozenset(_plain(entry) for entry, net in parsed if net is None))
        object.__setattr__(self, "networks", tuple(net for _, net in parsed if net is not None))

    def lists(self, host: str) -> bool:
        """Whether the policy names this very host: then it may be reached at whatever address it has."""
        return _plain(host) in self.names

    def check_host(self, host: str, port: int) -> tuple[str, ...]:
        """The checked addresses of ``host`` as text, for a library that connects by itself: give it one of
        these and not the name. Raises ``Misconfigured`` where the policy refuses, ``Unreachable`` where
        the name cannot be found.
        """
        return tuple(endpoint.ip for endpoint in self.endpoints(host, port))

    def endpoints(self, host: str, port: int) -> list[Endpoint]:
        """Every address of ``host``, each checked; one refused address refuses the host."""
        endpoints = list(_resolve(host, port))
        if not self.lists(host):
            for endpoint in endpoints:
                self._check(host, endpoint.ip)
        return endpoints

    def connect(self, host: str, port: int, *, timeout: float, options: Iterable[tuple] = ()) -> socket.socket:
        """An open TCP socket to a checked address. What fails here failed before a byte was sent."""
        endpoints = self.endpoints(host, port)
        reason = "no address"
        for endpoint in endpoints:
            try:
                return _open(endpoint, timeout, options)
            except OSError as error:
                reason = _reason(error, timeout)
        tried = ", ".join(endpoint.ip for endpoint in endpoints)
        raise Unreachable(f"The system at {host}, port {port}, cannot be reached: {reason}.", detail=f"Tried {tried}.")

    def _check(self, host: str, ip: str) -> None:
        address = _innermost(ipaddress.ip_address(ip))
        kind = refused_kind(address)
        if kind and not any(address in network for network in self.networks):
            raise Misconfigured(
                f"The host {host!r} has the address {address}, which is {kind}; the hub connects to "
                f"{kind} addresses only where its network policy lists the host or the address range."
            )


PUBLIC_ONLY = NetworkPolicy()


def refused_kind(address: Address) -> str:
    """Why a policy must list this address ("loopback", "private" …), or "" for a public one."""
    for kind, attribute in _KINDS:
        if getattr(address, attribute, False):
            return kind
    return "" if address.is_global else "not public"


def _innermost(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where a router would unwrap it (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def _network(entry: str) -> Network | None:
    """The network that ``entry`` writes, ``None`` where it is a host name."""
    try:
        return ipaddress.ip_network(entry.strip())
    except ValueError:
        pass
    if "/" in entry or not _plain(entry):
        raise Misconfigured(
            f"The network policy lists {entry!r}, which is neither a host name nor an address range "
            "such as 10.1.0.0/16 (the bits after the prefix must be zero)."
        )
    return None


def _plain(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()


def _resolve(host: str, port: int) -> Iterator[Endpoint]:
    try:
        answers: Sequence = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a valid name"
        answers, failed = (), f"The host name {host!r} cannot be found: {reason}."
    else:
        failed = f"The host name {host!r} has no address."
    if not answers:
        raise Unreachable(failed)
    for family, _, _, _, sockaddr in answers:
        yield Endpoint(family, sockaddr)


def _open(endpoint: Endpoint, timeout: float, options: Iterable[tuple]) -> socket.socket:
    opened = socket.socket(endpoint.family, socket.SOCK_STREAM)
    try:
        opened.settimeout(timeout)
        for option in options:
            opened.setsockopt(*option)
        opened.connect(endpoint.sockaddr)
    except BaseException:
        opened.close()
        raise
    return opened


def _reason(error: OSError, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no connection within {timeout:g} s"
    return (error.strerror or type(error).__name__).lower()
