"""Pure. `timezone` → the link /etc/localtime (localtime(5)) and Debian's /etc/timezone."""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import Link, WantedEffect, WriteFile
from agent.reasons import DocumentKey

ZONES = "/usr/share/zoneinfo"
LOCALTIME, TIMEZONE = "/etc/localtime", "/etc/timezone"
PLACES = (LOCALTIME, TIMEZONE)


def render(timezone: str) -> Iterator[WantedEffect]:
    """Refused by the gateway where it does not have the zone."""
    because = DocumentKey(("timezone",))
    yield WantedEffect(Link(LOCALTIME, f"{ZONES}/{timezone}", must_exist=True), because)
    yield WantedEffect(WriteFile(TIMEZONE, f"{timezone}\n".encode(), 0o644, "root:root"), because)
