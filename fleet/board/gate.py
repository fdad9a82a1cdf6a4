"""Pure. Who may come in: the names by which the board is reached, and how often somebody may guess.

A page of another site can be made to reach the board by a name of its own (DNS rebinding); it then carries that name in
Host. An address cannot be rebound, so addresses are taken, on a loopback board only those of loopback.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil

from agent.frozen import frozen

FREE_ATTEMPTS = 5
"""Wrong passwords from one network before it has to wait."""
FIRST_WAIT_S, LONGEST_WAIT_S = 4.0, 900.0
MAX_PASSWORD = 1024
_IPV6_NETWORK = 64


@frozen
class Listen:
    """Where the board is served."""

    host: str
    port: int
    """0 takes a free one."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host == "localhost" or _is_loopback(self.host)


@frozen
class Attempts:
    """Wrong passwords of one network, one after the other."""

    wrong: int = 0
    wait_until: float = 0.0
    """Seconds of a clock that only goes forward."""

    def after_wrong(self, now: float) -> Attempts:
        """One more; from the sixth on each doubles the wait."""
        wrong = self.wrong + 1
        over = min(wrong - FREE_ATTEMPTS, 16)
        wait = min(FIRST_WAIT_S * 2.0 ** (over - 1), LONGEST_WAIT_S) if over > 0 else 0.0
        return Attempts(wrong, now + wait)

    def wait_s(self, now: float) -> int:
        """Whole seconds until the next may be made; 0 where it may be made now."""
        return max(0, ceil(self.wait_until - now))


def listen_of(text: str) -> Listen:
    """From `HOST:PORT`, `[IPv6]:PORT` or `:PORT` (all addresses); raises ValueError."""
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:.%]+)\]|([^\s:\[\]/]*)):([0-9]{1,5})", text)
    if not found or not int(found[3]) <= 65535:  # noqa: PLR2004 (16 bits)
        raise ValueError("expected HOST:PORT, such as 127.0.0.1:8700")
    return Listen(found[1] or found[2] or "0.0.0.0", int(found[3]))  # noqa: S104 (asked for; needs a password)


def name_of(host: str) -> str:
    """The name or address of a Host header, in small letters, without its port; empty for one that is malformed."""
    found = re.fullmatch(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?", host.lower())
    return (found[1] or found[2]).removesuffix(".") if found else ""


def may_be_called(host: str, listen: Listen, names: frozenset[str]) -> bool:
    """Whether a request with this Host header is meant for the board."""
    name = name_of(host)
    if name == "localhost" or _is_loopback(name):
        return True
    return not listen.is_loopback and (name in names or _address(name) is not None)


def is_own_form(origin: str | None, host: str) -> bool:
    """Whether a form was sent by a page of the board: browsers say by whom, and other programs have no cookie."""
    return origin is None or origin.lower() in {f"http://{host.lower()}", f"https://{host.lower()}"}


def network_of(address: str) -> str:
    """Whose attempts are counted together: an IPv4 address, or what one person gets of IPv6."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or f"{int(found) >> _IPV6_NETWORK:x}/64")
    return str(found or "?")


def _is_loopback(name: str) -> bool:
    found = _address(name)
    return found is not None and found.is_loopback


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
