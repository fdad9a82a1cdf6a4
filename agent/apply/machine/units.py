"""Edge. Waits until a unit that was restarted is at work: asks `systemctl show` until it is, or its time is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from enum import Enum, unique

from agent.errors import Code, Failure

ACTIVE_WITHIN_S = 60.0
"""The time that a unit has if it is still starting after `systemctl restart` has returned."""
STAYS_S = 1.0
"""The time that a unit has to be at work without a break: a unit that dies right after its start does not work."""
LOOK_S = 0.25
PROPERTIES = ("ActiveState", "SubState", "Type", "Result", "RemainAfterExit")


@unique
class Work(Enum):
    """Whether a unit works."""

    AT_WORK = "at work"
    STARTING = "starting"
    FAILED = "failed"


def work_of(properties: Mapping[str, str]) -> Work:
    """The state of a unit from its properties (org.freedesktop.systemd1(5))."""
    match properties.get("ActiveState"):
        case "active" | "reloading" | "refreshing":
            return Work.AT_WORK
        case "activating":
            return Work.STARTING
        case "inactive" if properties.get("Type") == "oneshot" and properties.get("Result") == "success":
            return Work.AT_WORK
        case _:
            return Work.FAILED


def properties_of(text: str) -> dict[str, str]:
    """Name → value, from the lines that `systemctl show` prints."""
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def wait_until_active(
    unit: str,
    ask: Callable[[tuple[str, ...]], str],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Returns once the unit is at work and has been for `STAYS_S`; raises `Failure(apply.failed)` otherwise."""
    until, seen_at_work = clock() + ACTIVE_WITHIN_S, None
    question = ("systemctl", "show", f"--property={','.join(PROPERTIES)}", "--", unit)
    while True:
        properties = properties_of(ask(question))
        now, work = clock(), work_of(properties)
        seen_at_work = (now if seen_at_work is None else seen_at_work) if work is Work.AT_WORK else None
        if seen_at_work is not None and now - seen_at_work >= STAYS_S:
            return
        if work is Work.FAILED or now > until:
            states = f"{properties.get('ActiveState', 'unknown')} ({properties.get('SubState', 'unknown')})"
            why = f"not at work after its restart: {states}, result {properties.get('Result', 'unknown')}"
            raise Failure(Code.APPLY_FAILED, why, where=unit)
        sleep(LOOK_S)
