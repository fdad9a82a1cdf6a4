"""Pure. The address at which a server of the desk listens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

_FORM = re.compile(r"(?:\[([0-9a-fA-F:.%]+)\]|([^\s:\[\]/]*)):([0-9]{1,5})")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Host and port."""

    host: str
    port: int
    """0 chooses a free port."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host == "localhost" or is_loopback(self.host)


def listen_address_of(text: str) -> ListenAddress:
    """An address from `HOST:PORT`, `[IPv6]:PORT` or `:PORT` (all interfaces); raises ValueError."""
    found = _FORM.fullmatch(text)
    if not found or int(found[3]) > _LAST_PORT:
        raise ValueError("expected HOST:PORT, such as 127.0.0.1:8700")
    return ListenAddress(found[1] or found[2] or "0.0.0.0", int(found[3]))  # noqa: S104 (chosen by the user)


def is_loopback(host: str) -> bool:
    """Whether a host is an address of the loopback interface; names are not looked up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
