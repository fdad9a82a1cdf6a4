"""Edge. Does actions on the running system: commands of the document, units, connections, restart.

A command has no shell, no input, no inherited environment, its own process group and a time limit.
"""

from __future__ import annotations

import math
import shlex
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from agent.apply.machine import kernel, own_units, units
from agent.apply.machine import network_manager as network
from agent.apply.machine.actor import CommandFailed
from agent.apply.machine.system_programs import ASK_LIMIT_S, SystemPrograms, failed, how_it_ended, one_line
from agent.apply.planning.steps import MAX_SHOWN
from agent.apply.planning.unit_state import NOT_FOUND, UnitState
from agent.effects import Action, ActivateConnections, KernelValues, OnError, PowerState, RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Ran
from agent.reasons import StepReason

NOT_ENDED = -1
"""`Ran.code` of a command that could not be started, or was ended at its limit."""
LEAST_POWER_DELAY_S = 60.0
"""Before a restart: the network half has to report the outcome first."""
COMMAND_MEMORY, COMMAND_TASKS = "50%", "256"
"""The most that a command of the document may use of the gateway (systemd.resource-control(5))."""
SLICE = "kitting-apply.slice"
"""Slice of the document's commands; the package's prerm recognizes by it an upgrade that is one of them."""
_ACTIVE = frozenset({"active", "activating", "reloading", "refreshing"})
"""`ActiveState` of a unit that runs (org.freedesktop.systemd1(5))."""
SYSTEMD_RUNS = Path("/run/systemd/system")
"""It exists where systemd is the init of this machine (sd_booted(3))."""
ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/root",
    }
)


@frozen
class RunningSystem:
    """The system that this process runs on."""

    environment: Mapping[str, str]
    early: bool = False
    """The system is starting up: no unit is waited for, since a unit that starts later finds its files in place."""
    connections_limit_s: float = 300.0
    """NetworkManager goes back to the earlier connections by itself after this time."""
    recorded: bool = False
    keeps_own_units: bool = False
    """The agent's own units are started where an apply has left them stopped; a command of root leaves them alone."""

    def do(self, action: Action, because: StepReason) -> Ran | None:
        """Does the action; a command is run to its end or its limit."""
        match action:
            case RunCommand():
                ran = self._ran(action, because)
                if ran.code != 0 and action.on_error is OnError.STOP:
                    raise CommandFailed(_failure_of(action, ran), ran)
                return ran
            case ServiceVerb(unit, verb):
                self._systemctl(verb, unit)
            case KernelValues(values):
                kernel.set_values(values, self._in_own_scope)
            case ActivateConnections(connections):
                network.activate(connections, self.connections_limit_s, self._programs)
            case PowerState():
                pass  # `finish` does it
        return None

    def redo(self, action: Action) -> None:
        """Does the action again on the way back; stops a unit whose file is gone."""
        match action:
            case RunCommand():
                self._programs.printed(_argv(action), action.limit_s)
            case ServiceVerb(unit, Verb.RESTART | Verb.RELOAD) if self._is_gone(unit):
                self._programs.ended(("systemctl", "--no-ask-password", "stop", "--", unit))
            case ServiceVerb(unit, verb):
                self._systemctl(verb, unit)
            case KernelValues(values):
                if not self.early:  # at start-up the kernel has read its files, and nothing else was set
                    kernel.set_values(values, self._in_own_scope)
            case ActivateConnections(connections):
                network.go_back(connections, self._programs)
            case PowerState():
                pass

    def finish(self, action: Action) -> None:
        """Removes NetworkManager's way back, or orders the restart."""
        match action:
            case ActivateConnections():
                network.keep(self._programs)
            case PowerState(power, delay_s):
                moment = f"--on-active={max(delay_s, LEAST_POWER_DELAY_S):.0f}"
                self._programs.printed(("systemd-run", "--quiet", "--collect", moment, "systemctl", power.value))
            case RunCommand() | ServiceVerb() | KernelValues():
                pass

    def start_own_units(self) -> tuple[tuple[str, Failure | None], ...]:
        """Starts the agent's units that were left stopped, where this process keeps them at work."""
        if not self.keeps_own_units or not SYSTEMD_RUNS.is_dir():
            return ()
        return tuple(own_units.start_stopped(self._programs))

    def unit_states(self, units: Iterable[str]) -> dict[str, UnitState]:
        """Asks for each unit; a unit that systemd does not know is `not-found`."""
        return {unit: self._unit_state(unit) for unit in units}

    def kernel_values(self, names: Iterable[str]) -> dict[str, str | None]:
        """Asks for each parameter, outside of this service's sandbox, in which /proc/sys is not to be seen."""
        return kernel.values_of(tuple(names), self._in_own_scope)

    def _in_own_scope(self, argv: tuple[str, ...]) -> str:
        return self._programs.printed(_argv(RunCommand(argv, ASK_LIMIT_S, own_scope=True)), ASK_LIMIT_S)

    @property
    def _programs(self) -> SystemPrograms:
        return SystemPrograms(self.environment)

    def _unit_state(self, unit: str) -> UnitState:
        end = self._programs.ended(("systemctl", "is-enabled", "--", unit), ASK_LIMIT_S)
        words = end.output.decode(errors="replace").split()
        if len(words) != 1:
            return UnitState(NOT_FOUND)
        properties = self._properties(unit, "ActiveState", "Type", "FragmentPath")
        return UnitState(
            words[0],
            properties.get("ActiveState") in _ACTIVE,
            properties.get("Type") == "oneshot",
            properties.get("FragmentPath", ""),
        )

    def _properties(self, unit: str, *names: str) -> Mapping[str, str]:
        end = self._programs.ended(("systemctl", "show", f"--property={','.join(names)}", "--", unit), ASK_LIMIT_S)
        return units.properties_of(end.output.decode(errors="replace"))

    def _is_gone(self, unit: str) -> bool:
        """Whether the unit's file was removed with the generation that brought it; its processes may still run."""
        return self._properties(unit, "LoadState").get("LoadState") == NOT_FOUND

    def _systemctl(self, verb: Verb, unit: str) -> None:
        begins = verb in {Verb.RESTART, Verb.RELOAD, Verb.START}
        options = ("--no-block",) if self.early and (begins or verb is Verb.STOP) else ()
        self._programs.printed(("systemctl", "--no-ask-password", *options, verb.value, "--", unit))
        if begins and not self.early:
            units.wait_until_active(unit, self._programs.printed)

    def _ran(self, command: RunCommand, because: StepReason) -> Ran:
        """Runs a command of the document to its end, whatever that is."""
        began = time.monotonic()
        try:
            end = self._programs.ended(_argv(command), command.limit_s)
            code, tail = end.code, one_line(end.output)
        except Failure as failure:
            if failure.code is not Code.APPLY_FAILED:
                raise  # the command was not even started, and that is not its fault
            code, tail = NOT_ENDED, failure.detail
        return Ran(shlex.join(command.argv)[:MAX_SHOWN], code, round(time.monotonic() - began, 3), tail, because)


def scoped(command: RunCommand) -> tuple[str, ...]:
    """The command as a unit of its own (systemd-run(1)): with limits, and outside of this service's sandbox.

    systemd replaces variables in the words that follow a unit's program; a doubled `$` is one `$` (systemd.service(5)).
    """
    words = [*command.argv[:1], *(word.replace("$", "$$") for word in command.argv[1:])]
    limits = {"RuntimeMaxSec": f"{math.ceil(command.limit_s)}", "MemoryMax": COMMAND_MEMORY, "TasksMax": COMMAND_TASKS}
    properties = [f"--property={name}={value}" for name, value in limits.items()]
    return ("systemd-run", "--quiet", "--collect", "--wait", "--pipe", f"--slice={SLICE}", *properties, "--", *words)


def _argv(command: RunCommand) -> tuple[str, ...]:
    return scoped(command) if command.own_scope and SYSTEMD_RUNS.is_dir() else command.argv


def _failure_of(command: RunCommand, ran: Ran) -> Failure:
    why = ran.tail if ran.code == NOT_ENDED and ran.tail else how_it_ended(ran.code, ran.tail)
    return failed(command.argv, why)
