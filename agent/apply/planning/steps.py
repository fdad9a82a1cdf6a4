"""Words. A step from one generation to the next, and what a generation manages."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from agent.apply.planning.nodes import Absent, Directory, File, Kept, Large, Node, Symlink
from agent.effects import Action, ActivateConnections, PowerState, RunCommand, ServiceVerb, Verb
from agent.frozen import frozen

BACK: Mapping[Verb, Verb] = MappingProxyType(
    {Verb.ENABLE: Verb.DISABLE, Verb.DISABLE: Verb.ENABLE, Verb.MASK: Verb.UNMASK, Verb.UNMASK: Verb.MASK}
)
"""What takes a verb back; the others can only be repeated."""

MAX_SHOWN = 200
"""Characters of a command that are shown."""

_DONE = {
    Verb.ENABLE: "enabled",
    Verb.DISABLE: "disabled",
    Verb.MASK: "masked",
    Verb.UNMASK: "unmasked",
    Verb.RESTART: "restarted",
    Verb.RELOAD: "reloaded",
}


@frozen
class FileStep:
    """A path goes from one node to another; undoing it is the way back."""

    path: str
    before: Kept
    after: Node
    because: str
    sensitive: bool = False

    @property
    def what(self) -> str:
        """One word for it."""
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
    """Something that is done to a service, or a command that is run."""

    action: Action
    because: str
    once: bool = False
    """It belongs to the configuration and the SIM, and to no file: it is not repeated when files are taken back."""
    sensitive: bool = False
    is_way_back: bool = False
    """What it names may be gone, and then nothing is to be done about it."""

    @property
    def what(self) -> str:
        """One word for it."""
        match self.action:
            case RunCommand():
                return "ran"
            case ServiceVerb(_, verb):
                return _DONE[verb]
            case ActivateConnections():
                return "activated"
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
            case PowerState(_, delay_s):
                return f"in {delay_s:.0f} s"


Step = FileStep | ActionStep


@frozen
class ManagedPath:
    """A path that the agent made what it is."""

    wrote: str
    """`nodes.fingerprint` of what the agent put there."""
    before: Kept
    """What stood there before the agent came."""
    because: str
    then: tuple[Action, ...] = ()
    """What is done when it changes or goes."""
    sensitive: bool = False


@frozen
class Managed:
    """Everything that the present generation made what it is."""

    paths: Mapping[str, ManagedPath] = field(default_factory=dict)
    verbs: frozenset[ServiceVerb] = frozenset()
    """What was done to units that were otherwise before."""
    ran_for: str = ""
    """For which configuration and SIM the commands ran last; empty for none."""
