"""Entry point. `kitting stop`: stops SIMs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fleet.commands.command_line import CommandLine
from fleet.commands.selected_sims import add_selection, for_each_sim

if TYPE_CHECKING:
    from fleet.platform.sim import Sim

_MOST_NAMED = 10


def stop(arguments: argparse.Namespace) -> int:
    """Suspends SIMs, or deactivates them with --for-now."""
    from fleet.field.stopping import deactivate_sim, suspend_sim
    from fleet.platform.sim import Status

    if arguments.for_now:
        stopped = {Status.INACTIVE, Status.SUSPENDED}
        return for_each_sim(arguments, deactivate_sim, "stopped", lambda sim: sim.status in stopped, _warning)
    return for_each_sim(arguments, suspend_sim, "stopped", lambda sim: sim.status is Status.SUSPENDED, _warning)


def _warning(sims: Sequence[Sim]) -> str:
    """What cannot be taken back."""
    from fleet.field.stopping import NEVER_COME_BACK

    losing = [sim for sim in sims if sim.status in NEVER_COME_BACK]
    if not losing:
        return ""
    names = ", ".join(f"{sim.label} ({sim.status.value})" for sim in losing[:_MOST_NAMED])
    more = f" and {len(losing) - _MOST_NAMED} more" if len(losing) > _MOST_NAMED else ""
    return f"these SIMs will be active after kitting resume, since their status cannot come back: {names}{more}"


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api("stop", stop, "suspend SIMs, such as a stolen SIM", "8942310000000000001")
    add_selection(command)
    command.add_argument("--for-now", action="store_true", help="only deactivate: the modem continues to try")
