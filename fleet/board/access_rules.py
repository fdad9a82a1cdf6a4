"""Pure. Who may use the board: the names by which it may be reached, and how often a password may be tried.

A web page of another site can reach the board under a name of its own (DNS rebinding), and sends that name in Host. An
address cannot be rebound. Addresses are therefore accepted; on a board of the loopback interface, those of loopback.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil

from fleet.listen_address import ListenAddress, is_loopback

FREE_ATTEMPTS = 5
"""Wrong passwords from one network before it has to wait."""
FIRST_WAIT_S, LONGEST_WAIT_S = 4.0, 900.0
MAX_PASSWORD = 1024
_IPV6_NETWORK = 64
_MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Attempts:
    """The wrong passwords of one network since its last right password."""

    wrong: int = 0
    wait_until: float = 0.0
    """In seconds of a monotonic clock."""

    def after_wrong(self, now: float) -> Attempts:
        """One more wrong password; from the sixth on, each doubles the wait."""
        wrong = self.wrong + 1
        excess = min(wrong - FREE_ATTEMPTS, _MOST_DOUBLINGS)
        wait = min(FIRST_WAIT_S * 2.0 ** (excess - 1), LONGEST_WAIT_S) if excess > 0 else 0.0
        return Attempts(wrong, now + wait)

    def wait_s(self, now: float) -> int:
        """Whole seconds before the next attempt; 0 where it may be made now."""
        return max(0, ceil(self.wait_until - now))


def name_of(host: str) -> str:
    """The name or address in a Host header, in small letters and without port; empty where it is malformed."""
    found = re.fullmatch(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?", host.lower())
    return (found[1] or found[2]).removesuffix(".") if found else ""


def is_own_name(host: str, listen: ListenAddress, names: frozenset[str]) -> bool:
    """Whether a request with this Host header is meant for the board."""
    name = name_of(host)
    if name == "localhost" or is_loopback(name):
        return True
    return not listen.is_loopback and (name in names or _address(name) is not None)


def is_own_form(origin: str | None, host: str) -> bool:
    """Whether a page of the board sent a form. A browser sends Origin; a program without one has no cookie either."""
    return origin is None or origin.lower() in {f"http://{host.lower()}", f"https://{host.lower()}"}


def network_of(address: str) -> str:
    """The network whose attempts are counted together: one IPv4 address, or the 64 bits of one IPv6 customer."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or f"{int(found) >> _IPV6_NETWORK:x}/64")
    return str(found or "?")


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
