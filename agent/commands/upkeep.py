"""Entry point: commands around a gateway's life: a bundle for support, a disk to copy, the LED, the endpoint."""

from __future__ import annotations

import os
import pwd
import time
from collections.abc import Iterator
from pathlib import Path

from agent.errors import Code, Failure
from agent.host.locks import resident_pid
from agent.settings import Settings
from agent.upkeep import cleaning, collect, endpoint, panel

AGENT_USER = "kitting-agent"


def bundled(out: Path | None, settings: Settings, config: Path | None) -> Iterator[str]:
    """`collect`: where the bundle is and what is in it."""
    place = out or Path(f"kitting-agent-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.tar.gz")
    names = collect.bundle(place, settings, config)
    yield f"{place}: {', '.join(names)}"
    yield "Secrets and the middle digits of identifiers are covered; look into it before you send it."


def cleaned(settings: Settings, *, really: bool) -> Iterator[str]:
    """`clean --image`: first what would go, and only then, if it is meant, that it went."""
    if pid := resident_pid(settings.paths.state):
        advice = "Stop it: sudo systemctl stop kitting-apply.path kitting-agent; then the same again."
        raise Failure(Code.PASS_UNDER_WAY, f"the resident (process {pid}) is running", advice=advice)
    found = cleaning.leftovers(settings)
    for leftover in found:
        if really:
            cleaning.remove(leftover)
        yield f"{'removed' if really else 'would remove':<13} {leftover.path}   {leftover.why}"
    if not found:
        yield "nothing to remove: this disk can be copied"
    elif not really:
        yield "Nothing was removed. Do it: sudo kitting-agent clean --image --yes"
    for reminder in cleaning.reminders():
        yield f"{'not ours':<13} {reminder}"


def lit(settings: Settings) -> Iterator[str]:
    """`light`: the LED of the settings shows the state."""
    if not settings.display.led:
        yield "no LED: [display] led is empty"
        return
    shown = panel.shown_now()
    panel.light(settings.display.led, shown)
    yield f"{settings.display.led}: {shown.word}"


def guarded(settings: Settings) -> Iterator[str]:
    """`guard`: the endpoint is closed or opened, as the settings want it."""
    if os.geteuid() != 0:
        raise Failure(Code.USAGE, "the firewall belongs to root", advice="Run it with sudo.")
    if not settings.endpoint.close:
        endpoint.open_again()
        yield "open: [endpoint] close is false"
        return
    endpoint.close(settings.metadata.url, _agents())
    yield f"closed to all but root and {AGENT_USER}: table inet {endpoint.TABLE}"


def _agents() -> tuple[int, ...]:
    try:
        return (pwd.getpwnam(AGENT_USER).pw_uid,)
    except KeyError:
        return ()
