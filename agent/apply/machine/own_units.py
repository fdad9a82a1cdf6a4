"""Edge. Starts the agent's own units where an apply, or its way back, has left them stopped.

Without `kitting-apply.path` no order is ever taken again, and without `kitting-agent.service` none is given. A unit
that is disabled or masked stays as it is: the administrator of the device wants it so. Only the root half's service
starts them: a person who stops the agent, and then gives a command as root (`clean --image`), wants it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.apply.machine.system_programs import ASK_LIMIT_S, SystemPrograms
from agent.apply.machine.units import properties_of
from agent.errors import Failure

OWN_UNITS = ("kitting-agent.service", "kitting-apply.path", "kitting-proof.path")
"""The units that wait for the next order, and give it."""
_STOPPED = frozenset({"inactive", "failed"})
_PROPERTIES = "--property=Id,UnitFileState,ActiveState"


def start_stopped(programs: SystemPrograms) -> Iterator[tuple[str, Failure | None]]:
    """Starts each own unit that is enabled and stopped: its name, and why systemd refused to start it.

    Raises `apply.failed` where systemd cannot be asked.
    """
    shown = programs.ended(("systemctl", "show", _PROPERTIES, "--", *OWN_UNITS), ASK_LIMIT_S)
    for unit in _stopped_in(shown.output.decode(errors="replace")):
        try:
            programs.ended(("systemctl", "reset-failed", "--", unit), ASK_LIMIT_S)
            programs.printed(("systemctl", "--no-ask-password", "--no-block", "start", "--", unit), ASK_LIMIT_S)
        except Failure as failure:
            yield unit, failure
        else:
            yield unit, None


def _stopped_in(shown: str) -> Iterator[str]:
    """The stopped units in what `systemctl show` prints: one paragraph for each unit."""
    for paragraph in shown.split("\n\n"):
        unit = properties_of(paragraph)
        if unit.get("UnitFileState") == "enabled" and unit.get("ActiveState") in _STOPPED and unit.get("Id"):
            yield unit["Id"]
