"""Pure. `timezone` → the link /etc/localtime (localtime(5)) and Debian's /etc/timezone."""

from __future__ import annotations

from collections.abc import Iterator

from agent.configuration.problems import Fault
from agent.effects import Link, WantedEffect, WriteFile
from agent.reasons import DocumentKey

ZONES = "/usr/share/zoneinfo"
LOCALTIME, TIMEZONE = "/etc/localtime", "/etc/timezone"
PLACES = (LOCALTIME, TIMEZONE)
_ABBREVIATIONS = {"JST": "Asia/Tokyo", "KST": "Asia/Seoul", "SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong"} | {
    "IST": "Asia/Kolkata",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "EDT": "America/New_York",
    "BST": "Europe/London",
    "CEST": "Europe/Berlin",
    "AEST": "Australia/Sydney",
}
"""Abbreviations that are no names of a zone."""


def render(timezone: str) -> Iterator[WantedEffect | Fault]:
    """Refused by the gateway where it does not have the zone."""
    if timezone in _ABBREVIATIONS:
        yield Fault(("timezone",), f"{timezone} is no zone", suggestion=f"did you mean {_ABBREVIATIONS[timezone]}?")
        return
    because = DocumentKey(("timezone",))
    yield WantedEffect(Link(LOCALTIME, f"{ZONES}/{timezone}", must_exist=True), because)
    yield WantedEffect(WriteFile(TIMEZONE, f"{timezone}\n".encode(), 0o644, "root:root"), because)
