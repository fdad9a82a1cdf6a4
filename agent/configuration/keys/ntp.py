"""Pure. `ntp` → a drop-in for systemd-timesyncd (timesyncd.conf(5)), which is enabled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey

PATH = "/etc/systemd/timesyncd.conf.d/50-kitting-agent.conf"
PLACES = (PATH,)
UNIT = "systemd-timesyncd.service"


def render(ntp: Mapping[str, Any]) -> Iterator[WantedEffect]:
    """With `enabled: false` nothing is set up, as with cloud-init."""
    if not ntp.get("enabled", True):
        return
    because = DocumentKey(("ntp",))
    sources = [*ntp.get("servers", ()), *ntp.get("pools", ())]
    if sources:
        file = WriteFile(PATH, f"[Time]\nNTP={' '.join(sources)}\n".encode(), 0o644, "root:root")
        yield WantedEffect(file, because, then=(ServiceVerb(UNIT, Verb.RESTART),))
    yield WantedEffect(ServiceVerb(UNIT, Verb.ENABLE), because)
