"""Words. The closed list of things one can do to a gateway, as values.

Everything a configuration can say is rendered into these; only `apply.gateway` knows how each is observed, done and
undone. Modes and owners have no defaults: a file is never created wider than it ends.
Paths are absolute, normalised (`/etc/hostname`), and relative to the gateway's root, whatever directory that is.
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
    """A regular file whose content the network half has fetched already and handed over under its digest."""

    path: str
    sha256: str
    """Of the content, 64 hexadecimal digits, lower case."""
    size: int
    """Bytes."""
    mode: int
    owner: str


@frozen
class RemoveFile:
    """No file, link or empty directory at this path."""

    path: str


@frozen
class MakeDirectory:
    """A directory with this mode and owner; one that exists already is left as it is."""

    path: str
    mode: int
    owner: str


@frozen
class Link:
    """A symbolic link to `target`."""

    path: str
    target: str
    must_exist: bool
    """Refuse the whole plan where the target does not exist on the gateway."""


class OnError(Enum):
    """What follows when a command fails."""

    STOP = "stop"
    """The apply fails and is taken back."""
    CONTINUE = "continue"
    """It is said, and the next step is done."""


@frozen
class RunCommand:
    """A command, without a shell, ended after `limit_s` seconds."""

    argv: tuple[str, ...]
    limit_s: float
    on_error: OnError = OnError.STOP
    own_scope: bool = False
    """Where systemd runs: in a scope of its own with limits, so that it cannot take the gateway with it."""


class Verb(Enum):
    """What systemd is asked to do with a unit."""

    ENABLE = "enable"
    DISABLE = "disable"
    MASK = "mask"
    UNMASK = "unmask"
    RESTART = "restart"
    RELOAD = "reload-or-restart"


@frozen
class ServiceVerb:
    """A systemd unit and what becomes of it."""

    unit: str
    verb: Verb


@frozen
class ActivateConnections:
    """NetworkManager reads its connections again and activates these, under its own checkpoint where it has them."""

    connections: tuple[str, ...]
    """Identifiers of connections (nm-settings(5): `connection.id`)."""


class Power(Enum):
    """What becomes of the gateway once the configuration is committed."""

    REBOOT = "reboot"
    POWEROFF = "poweroff"


@frozen
class PowerState:
    """After everything else, once the configuration is kept and reported: never undone, once for document and SIM."""

    power: Power
    delay_s: float


FileEffect = WriteFile | FetchedFile | RemoveFile | MakeDirectory | Link
Effect = FileEffect | RunCommand | ServiceVerb | ActivateConnections | PowerState
Action = RunCommand | ServiceVerb | ActivateConnections | PowerState
"""An effect that cannot be undone by itself, only followed by another."""


@frozen
class WantedEffect:
    """An effect and why the configuration wants it."""

    effect: Effect
    because: DocumentKey
    then: tuple[Action, ...] = ()
    """Done once, after all files are in place, if and only if this effect changed something; again after an undo."""
    sensitive: bool = False
    """Its content never appears in a log, plan, outcome, error or tag."""
    enforce: bool = False
    """What somebody else changed since is overwritten, instead of being noted and left."""
    gives_away: str = ""
    """A directory that an action in `then` makes and gives to another user; empty where there is none."""
