"""Pure. The nftables table that closes the metadata service: its addresses and its rules (nft(8))."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address
from urllib.parse import urlsplit

TABLE = "kitting_agent"


SERVICE = IPv4Address("100.127.100.127")
"""The address of metadata.soracom.io on every SORACOM SIM."""


def addresses(url: str) -> tuple[IPv4Address, ...]:
    """The addresses to close for a service at `url`: the platform's, and the one that the settings name."""
    host = urlsplit(url).hostname or ""
    try:
        named = IPv4Address(host)
    except ValueError:
        return (SERVICE,)
    return (SERVICE,) if named == SERVICE else (SERVICE, named)


def ruleset(closed: Iterable[IPv4Address], users: Iterable[int]) -> str:
    """The whole table in the language of `nft -f`; `users` are the user ids that keep access."""
    service = ", ".join(map(str, closed))
    allowed = ", ".join(str(user) for user in sorted({0, *users}))
    return f"""\
table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
    chain output {{
        type filter hook output priority filter; policy accept;
        ip daddr {{ {service} }} meta skuid != {{ {allowed} }} counter reject with icmp type admin-prohibited
    }}
    chain forward {{
        type filter hook forward priority filter; policy accept;
        ip daddr {{ {service} }} counter reject with icmp type admin-prohibited
    }}
}}
"""


OPEN = f"table inet {TABLE}\ndelete table inet {TABLE}\n"
"""Removes the table, whether it is there or not."""
