"""Pure. `timezone` → the link /etc/localtime (localtime(5)) and Debian's /etc/timezone."""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import Link, Wanted, WriteFile

ZONES = "/usr/share/zoneinfo"


def render(timezone: str) -> Iterator[Wanted]:
    """Refused by the gateway where it does not have the zone."""
    yield Wanted(Link("/etc/localtime", f"{ZONES}/{timezone}", must_exist=True), "timezone")
    yield Wanted(WriteFile("/etc/timezone", f"{timezone}\n".encode(), 0o644, "root:root"), "timezone")
