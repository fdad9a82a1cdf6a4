"""Values. A step from one generation to the next, and what a generation manages."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from agent.apply.planning.nodes import Absent, Directory, File, Kept, Large, Node, Symlink
from agent.effects import Action, ActivateConnections, KernelValues, PowerState, RunCommand, ServiceVerb, Verb
from agent.frozen import frozen
from agent.reasons import StepReason

BACK: Mapping[Verb, Verb] = MappingProxyType(
    {
        Verb.ENABLE: Verb.DISABLE,
        Verb.DISABLE: Verb.ENABLE,
        Verb.MASK: Verb.UNMASK,
        Verb.UNMASK: Verb.MASK,
        Verb.START: Verb.STOP,
        Verb.STOP: Verb.START,
    }
)
"""Verb → the verb that undoes it. Other verbs can only be repeated."""

MAX_SHOWN = 200
"""Characters of a command that are shown."""

_DONE = {
    Verb.ENABLE: "enabled",
    Verb.DISABLE: "disabled",
    Verb.MASK: "masked",
    Verb.UNMASK: "unmasked",
    Verb.START: "started",
    Verb.STOP: "stopped",
    Verb.RESTART: "restarted",
    Verb.RELOAD: "reloaded",
}


@frozen
class FileStep:
    """A path goes from one node to another. Undoing the step puts `before` there again."""

    path: str
    before: Kept
    after: Node
    because: StepReason
    sensitive: bool = False

    @property
    def what(self) -> str:
        """The step in one word, in the past tense."""
        match self.after:
            case Absent():
                return "removed"
            case Directory():
                return "made"
            case Symlink():
                return "linked"
            case File() | Large():
                return "created" if self.before == Absent() else "changed"

    @property
    def where(self) -> str:
        """The path."""
        return self.path


@frozen
class ActionStep:
    """A service is acted upon, or a command is run."""

    action: Action
    because: StepReason
    once: bool = False
    """The action belongs to the configuration and the SIM, not to a file: it is not repeated when files are undone."""
    sensitive: bool = False
    is_way_back: bool = False
    """The action follows an undoing: what it names may be gone, and then there is nothing to do."""

    @property
    def what(self) -> str:
        """The step in a word or two, in the past tense."""
        match self.action:
            case RunCommand():
                return "ran"
            case ServiceVerb(_, verb):
                return _DONE[verb]
            case ActivateConnections():
                return "activated"
            case KernelValues():
                return "set"
            case PowerState(power):
                return f"{power.value} ordered"

    @property
    def where(self) -> str:
        """The unit, the connections, or the beginning of the command."""
        match self.action:
            case ServiceVerb(unit, _):
                return unit
            case RunCommand(argv):
                return "(sensitive)" if self.sensitive else shlex.join(argv)[:MAX_SHOWN]
            case ActivateConnections(connections):
                return ", ".join(connections)
            case KernelValues(values):
                return ", ".join(f"{name}={value}" for name, value in values)[:MAX_SHOWN]
            case PowerState(_, delay_s):
                return f"in {delay_s:.0f} s"


Step = FileStep | ActionStep


@frozen
class ManagedPath:
    """A path at which the agent put something."""

    wrote: str
    """`nodes.fingerprint` of what the agent put there."""
    before: Kept
    """What stood there before the agent first put something there."""
    because: StepReason
    then: tuple[Action, ...] = ()
    """The actions that follow when the path changes or is removed."""
    sensitive: bool = False


@frozen
class ManagedParameter:
    """A kernel parameter that the agent set."""

    wrote: str
    """The value that the agent set."""
    before: str
    """The value that it had before the agent first set it."""


@frozen
class Managed:
    """Everything that the present generation put in place."""

    paths: Mapping[str, ManagedPath] = field(default_factory=dict)
    verbs: frozenset[ServiceVerb] = frozenset()
    """The verbs that changed units: what undoes them is done once the document no longer names them."""
    ran_for: str = ""
    """The configuration and SIM for which the document's commands ran last; empty where none ran."""
    kernel: Mapping[str, ManagedParameter] = field(default_factory=dict)
    """The kernel parameters that the agent set, by name."""
    digest: str | None = None
    """The digest of the configuration; None of none, and in the record of an earlier version of the agent."""
