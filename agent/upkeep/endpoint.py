"""Edge. Closes the metadata service to all but root and the agent, with a table of its own in nftables (nft(8)).

Every program that sends through the SIM has its identity: another user of the gateway, or a machine on the LAN behind
it, could read the userdata and write the tags. The table is put in place and removed as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from agent.errors import Code, Failure, failure_from
from agent.host.programs import run
from agent.upkeep.endpoint_table import OPEN, TABLE, addresses, ruleset

CLOSED = Path("/run/kitting-endpoint/closed")
"""Exists while the table is in place; `status` looks at it, since only root can ask nft."""
NFT = "/usr/sbin/nft"
LIMIT_S = 20.0


def close(url: str, users: Iterable[int], mark: Path = CLOSED) -> None:
    """Puts the table in place; raises `apply.failed` where nft is missing or refuses."""
    _load(ruleset(addresses(url), users))
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(f"table inet {TABLE}\n")


def open_again(mark: Path = CLOSED) -> None:
    """Removes the table if it was put in place."""
    if mark.exists():
        _load(OPEN)
        mark.unlink()


def is_closed(mark: Path = CLOSED) -> bool:
    """Whether the table was put in place since the last boot."""
    return mark.exists()


def _load(rules: str) -> None:
    try:
        ended = run([NFT, "-f", "-"], given=rules.encode(), limit_s=LIMIT_S)
    except FileNotFoundError:
        advice = "Install nftables: apt install nftables."
        raise Failure(Code.APPLY_FAILED, f"{NFT} is missing", where="[endpoint] close", advice=advice) from None
    except OSError as error:
        raise failure_from(error, Code.APPLY_FAILED, "nft") from None
    if ended.code:
        printed = " ".join(ended.errors.decode("utf-8", "replace").split())[:200]
        raise Failure(Code.APPLY_FAILED, f"exit code {ended.code}: {printed}", where="nft")
