"""Values. The closed list of effects: everything that a configuration can do to a gateway, as values.

The keys of a document are rendered into effects; only `agent/apply` plans, does and undoes them. Modes and owners have
no defaults, so that a file never has a wider mode for a moment than it has in the end.
Paths are absolute and normalised (`/etc/hostname`), and start at the gateway's root, whatever directory that is.
"""

from __future__ import annotations

from enum import Enum

from agent.frozen import frozen
from agent.reasons import DocumentKey


@frozen
class WriteFile:
    """A regular file with exactly this content, mode and owner."""

    path: str
    content: bytes
    mode: int
    owner: str
    """`user:group`, names or numbers."""


@frozen
class FetchedFile:
    """A regular file whose content the network half has fetched, and has placed under its digest."""

    path: str
    sha256: str
    """Digest of the content: 64 hexadecimal digits, lower case."""
    size: int
    """Bytes."""
    mode: int
    owner: str


@frozen
class RemoveFile:
    """Nothing at this path; a file, a link or an empty directory is removed."""

    path: str


@frozen
class MakeDirectory:
    """A directory with this mode and owner; an existing directory is left as it is."""

    path: str
    mode: int
    owner: str


@frozen
class Link:
    """A symbolic link to `target`."""

    path: str
    target: str
    must_exist: bool
    """The whole plan is refused if the target does not exist on the gateway."""


class OnError(Enum):
    """What happens when a command fails."""

    STOP = "stop"
    """The apply fails and is undone."""
    CONTINUE = "continue"
    """The failure is reported, and the next step is done."""


@frozen
class RunCommand:
    """A command, run without a shell, and ended after `limit_s` seconds."""

    argv: tuple[str, ...]
    limit_s: float
    on_error: OnError = OnError.STOP
    own_scope: bool = False
    """Where systemd runs: as a unit of its own with limits, so that the command cannot exhaust the gateway."""


class Verb(Enum):
    """The verb of systemctl(1) for a unit."""

    ENABLE = "enable"
    DISABLE = "disable"
    MASK = "mask"
    UNMASK = "unmask"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    RELOAD = "reload-or-restart"


@frozen
class ServiceVerb:
    """A verb for a systemd unit."""

    unit: str
    verb: Verb


@frozen
class ActivateConnections:
    """NetworkManager reads its connections again and activates these, under a checkpoint of its own."""

    connections: tuple[str, ...]
    """Identifiers of connections (nm-settings(5): `connection.id`)."""


@frozen
class KernelValues:
    """Kernel parameters have these values now (proc_sys(5)); the next boot reads its files."""

    values: tuple[tuple[str, str], ...]
    """Name, as in sysctl.d(5), and value."""
    before: tuple[tuple[str, str], ...] = ()
    """The values that were observed before the step: what undoing sets."""


class Power(Enum):
    """What the gateway does once the configuration is committed."""

    REBOOT = "reboot"
    POWEROFF = "poweroff"


@frozen
class PowerState:
    """A restart after everything else, once the configuration is kept and reported; once for document and SIM."""

    power: Power
    delay_s: float


FileEffect = WriteFile | FetchedFile | RemoveFile | MakeDirectory | Link
Effect = FileEffect | RunCommand | ServiceVerb | ActivateConnections | KernelValues | PowerState
Action = RunCommand | ServiceVerb | ActivateConnections | KernelValues | PowerState
"""An effect other than a file. Its undoing, where there is one, is another action."""


@frozen
class WantedEffect:
    """An effect and why the configuration wants it."""

    effect: Effect
    because: DocumentKey
    then: tuple[Action, ...] = ()
    """The actions that follow if this effect changed something: once, after all files are in place."""
    sensitive: bool = False
    """The content never appears in a log, plan, outcome, error or tag."""
    enforce: bool = False
    """What somebody else changed since is overwritten, instead of being noted and left."""
    gives_away: str = ""
    """A directory that an action in `then` makes and gives to another user; empty where there is none."""
