"""Pure. The interface to the actions on a system, and its form for a root directory where no system runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from agent.apply.planning.unit_state import UnitState
from agent.effects import Action
from agent.errors import Failure
from agent.frozen import frozen
from agent.handover.order import Ran
from agent.reasons import StepReason


class Actor(Protocol):
    """Does actions on a system. Methods raise `Failure(apply.failed)`."""

    @property
    def recorded(self) -> bool:
        """Whether actions are only recorded, and not done."""

    def do(self, action: Action, because: StepReason) -> Ran | None:
        """Does the action; returns how a command ended, and raises `CommandFailed` for a command that must not fail."""

    def redo(self, action: Action) -> None:
        """Does the action again after files were put back; the unit or connection that it names may be gone."""

    def finish(self, action: Action) -> None:
        """Does the part of the action that has to wait until the configuration is kept."""

    def start_own_units(self) -> Iterable[tuple[str, Failure | None]]:
        """Starts the agent's own units that are enabled and stopped: each name, and why it could not be started."""

    def unit_states(self, units: Iterable[str]) -> dict[str, UnitState]:
        """Unit → its state; empty where systemd cannot be asked."""

    def kernel_values(self, names: Iterable[str]) -> dict[str, str | None]:
        """Kernel parameter → its value, None for one that is not there; empty where they cannot be read."""


class CommandFailed(Exception):
    """A command of the document failed that must not fail."""

    def __init__(self, failure: Failure, ran: Ran) -> None:
        super().__init__(failure, ran)
        self.failure = failure
        self.ran = ran


@frozen
class Recorder:
    """The interface for a root directory that is not the running system: no action is done."""

    recorded: bool = True

    def do(self, action: Action, because: StepReason) -> None:
        """Does nothing."""

    def redo(self, action: Action) -> None:
        """Does nothing."""

    def finish(self, action: Action) -> None:
        """Does nothing."""

    def start_own_units(self) -> tuple[()]:
        """Starts nothing."""
        return ()

    def unit_states(self, units: Iterable[str]) -> dict[str, UnitState]:
        """Returns nothing, since no systemd runs under this root."""
        del units
        return {}

    def kernel_values(self, names: Iterable[str]) -> dict[str, str | None]:
        """Returns nothing, since no kernel runs under this root."""
        del names
        return {}
