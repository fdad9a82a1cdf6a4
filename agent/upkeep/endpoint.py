"""Edge: closes the metadata service to all but root and the agent, by a table of its own (nft(8)).

Who shares the SIM's connection shares its identity: another user of the gateway, or a machine on the LAN behind it,
could read the userdata and write the tags. The table is replaced as a whole, and removed as a whole.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

from agent.errors import Code, Failure

TABLE = "kitting_agent"
SERVICE = IPv4Address("100.127.100.127")
"""Where metadata.soracom.io is on every SORACOM line."""
CLOSED = Path("/run/kitting-endpoint/closed")
"""Says to `status` that the table is there; only root can ask nft."""
LIMIT_S = 20.0


def addresses(url: str) -> tuple[IPv4Address, ...]:
    """What has to be closed for a service at `url`: the platform's address, and another one that the settings name."""
    host = urlsplit(url).hostname or ""
    try:
        named = IPv4Address(host)
    except ValueError:
        return (SERVICE,)
    return (SERVICE,) if named == SERVICE else (SERVICE, named)


def ruleset(closed: Iterable[IPv4Address], users: Iterable[int]) -> str:
    """The whole table, as `nft -f` takes it; `users` are the ids that may go on asking."""
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


def close(url: str, users: Iterable[int], mark: Path = CLOSED) -> None:
    """Puts the table in place; raises `apply.failed` where nft is missing or refuses."""
    _load(ruleset(addresses(url), users))
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(f"table inet {TABLE}\n")


def open_again(mark: Path = CLOSED) -> None:
    """Takes the table away, if there ever was one."""
    if mark.exists():
        _load(OPEN)
        mark.unlink()


def is_closed(mark: Path = CLOSED) -> bool:
    """Whether the table was put in place since the last boot."""
    return mark.exists()


def _load(rules: str) -> None:
    try:
        done = subprocess.run(
            ["/usr/sbin/nft", "-f", "-"], input=rules, capture_output=True, text=True, check=False, timeout=LIMIT_S
        )
    except FileNotFoundError:
        advice = "Install nftables: apt install nftables."
        raise Failure(Code.APPLY_FAILED, "there is no nft", where="endpoint.close", advice=advice) from None
    except subprocess.TimeoutExpired:
        raise Failure(Code.APPLY_FAILED, f"not ended within {LIMIT_S:g} s", where="nft") from None
    if done.returncode:
        said = " ".join(done.stderr.split())[:200]
        raise Failure(Code.APPLY_FAILED, f"exit code {done.returncode}: {said}", where="nft")
