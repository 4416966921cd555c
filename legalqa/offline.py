"""No process of ours speaks to anybody whom the firm has not named.

`seal` adds an audit hook (PEP 578) to the interpreter, which nobody can take away again: from then on every attempt of
Python code to connect, to send, or to look up a name is refused, unless it is meant for an address that was let
through. UNIX sockets and pipes stay open, they do not leave the machine. What a native library does by itself no Python
hook sees: that is for the operating system (docs/admin.md says how).
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from legalqa import kernel
from legalqa.errors import NoNetwork

_PORTS = {"http": 6333, "https": 6333}  # Qdrant's, unless the address says another
_CONNECTS = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_LOOKS_UP = frozenset(("socket.getaddrinfo", "socket.gethostbyname"))
_LOOKS_BACK = frozenset(("socket.gethostbyaddr", "socket.getnameinfo"))  # from a number to a name
_NOWHERE = ("192.0.2.1", 9)  # a documentation address (RFC 5737): nobody is there
_NOBODY = "nobody.invalid"  # a name that cannot exist (RFC 2606)

_sealed = False
_allowed: set[tuple[str, int]] = set()  # host as it was named, port
_resolving = threading.local()


def silence() -> None:
    """Tell native libraries to send nothing, before they are loaded: what they do by themselves no hook sees.

    ONNX Runtime from 1.29 on tells its maker, on Linux and macOS too, which machine runs which model; nothing but this
    variable, set before it is loaded, keeps it from doing so (`disable_telemetry_events` comes too late).
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def seal() -> None:
    """Refuse, from now on and for good, whatever leaves this process: for the network, or for a file of its memory."""
    global _sealed
    silence()
    kernel.no_core_files()
    if not _sealed:
        _sealed = True
        sys.addaudithook(_hook)


def sealed() -> bool:
    """Whether this process is sealed."""
    return _sealed


def let_through(address: str) -> None:
    """Let this process speak to a server of the firm: "https://qdrant.firm:6333", "tcp://dask.firm:8786"."""
    place = urlsplit(address)
    if place.hostname:
        _allowed.add((place.hostname.lower(), place.port or _PORTS.get(place.scheme, 0)))


def attempts() -> dict[str, bool]:
    """What was tried, and whether it was refused. Only for a sealed process: in any other, it would be sent."""
    return {name: _sealed and _refused(attempt) for name, attempt in _ATTEMPTS.items()}


class Probe:
    """Tries in a child process."""

    def __init__(self, _stop: threading.Event) -> None:
        pass

    def attempts(self) -> dict[str, bool]:
        """See `attempts`."""
        return attempts()


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _CONNECTS:
        _may_reach(arguments[0], arguments[1])
    elif event in _LOOKS_UP:
        _may_look_up(arguments[0])
    elif event in _LOOKS_BACK:
        host = arguments[0][0] if isinstance(arguments[0], tuple) else arguments[0]
        if host not in {known for known, _ in _allowed}:
            raise _no_look_up(host)


def _may_reach(handle: Any, address: Any) -> None:
    if not isinstance(address, tuple) or _is_local(handle) or len(address) < 2:
        return
    host, port = str(address[0]), int(address[1])
    if (host.lower(), port) in _allowed or _is_own(host) or any(_is_at(name, host) for name in _names(port)):
        return
    raise NoNetwork(
        f"A connection to {host}, port {port}, was refused: LegalQA speaks only to servers that the firm has named.",
        kept="Nothing was sent.",
    )


def _is_local(handle: Any) -> bool:
    """Whether what is sent by a socket cannot leave the machine, by its kind."""
    return handle is not None and handle.family == getattr(socket, "AF_UNIX", None)


def _may_look_up(host: Any) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if name in ("", "localhost") or _address(name) or getattr(_resolving, "now", False):
        return  # an address in figures is looked up nowhere
    known = {host for host, _ in _allowed}
    if name.lower() not in known and not (known and name == socket.gethostname()):  # a client asks who it is itself
        raise _no_look_up(name)


def _no_look_up(name: object) -> NoNetwork:
    return NoNetwork(
        f"The look-up of {name} was refused: LegalQA asks only for servers that the firm has named.",
        kept="Nothing was sent.",
    )


def _names(port: int) -> list[str]:
    return [host for host, known in _allowed if known == port]


def _is_at(name: str, host: str) -> bool:
    """Whether a name that was let through stands for this address."""
    _resolving.now = True
    try:
        with contextlib.suppress(OSError, UnicodeError):
            return any(found[4][0] == host for found in socket.getaddrinfo(name, None))
        return False
    finally:
        _resolving.now = False


def _is_own(host: str) -> bool:
    """On Windows a pair of sockets, which event loops need, is a connection to the machine itself."""
    found = _address(host)
    return sys.platform == "win32" and found is not None and found.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _refused(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except NoNetwork:
        return True
    except OSError:
        return False
    return False


def _connect() -> None:
    with socket.socket() as one:
        one.settimeout(0.2)
        one.connect(_NOWHERE)


def _send() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"", _NOWHERE)


def _look_up() -> None:
    socket.getaddrinfo(_NOBODY, 80)


_ATTEMPTS: dict[str, Callable[[], None]] = {
    "to connect": _connect,
    "to send": _send,
    "to look up a name": _look_up,
}
