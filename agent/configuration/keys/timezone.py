"""Pure. `timezone` → the link /etc/localtime (localtime(5)) and Debian's /etc/timezone."""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import Link, WantedEffect, WriteFile
from agent.reasons import DocumentKey

ZONES = "/usr/share/zoneinfo"


def render(timezone: str) -> Iterator[WantedEffect]:
    """Refused by the gateway where it does not have the zone."""
    because = DocumentKey(("timezone",))
    yield WantedEffect(Link("/etc/localtime", f"{ZONES}/{timezone}", must_exist=True), because)
    yield WantedEffect(WriteFile("/etc/timezone", f"{timezone}\n".encode(), 0o644, "root:root"), because)
