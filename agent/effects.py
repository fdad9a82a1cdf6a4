"""Words. The closed list of things one can do to a gateway, as values.

Everything a configuration can say is rendered into these; only `apply.gateway` knows how each is observed, done and
undone. Modes and owners have no defaults: a file is never created wider than it ends.
Paths are absolute, normalised (`/etc/hostname`), and relative to the gateway's root, whatever directory that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class WriteFile:
    """A regular file with exactly this content, mode and owner."""

    path: str
    content: bytes
    mode: int
    owner: str
    """`user:group`, names or numbers."""


@dataclass(frozen=True, slots=True)
class RemoveFile:
    """No file, link or empty directory at this path."""

    path: str


@dataclass(frozen=True, slots=True)
class MakeDirectory:
    """A directory with this mode and owner; one that exists already is left as it is."""

    path: str
    mode: int
    owner: str


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link to `target`."""

    path: str
    target: str
    must_exist: bool
    """Refuse the whole plan where the target does not exist on the gateway."""


@dataclass(frozen=True, slots=True)
class RunCommand:
    """A command, without a shell, ended after `limit_s` seconds."""

    argv: tuple[str, ...]
    limit_s: float


class Verb(Enum):
    """What systemd is asked to do with a unit."""

    ENABLE = "enable"
    DISABLE = "disable"
    MASK = "mask"
    UNMASK = "unmask"
    RESTART = "restart"
    RELOAD = "reload-or-restart"


@dataclass(frozen=True, slots=True)
class ServiceVerb:
    """A systemd unit and what becomes of it."""

    unit: str
    verb: Verb


FileEffect = WriteFile | RemoveFile | MakeDirectory | Link
Effect = FileEffect | RunCommand | ServiceVerb
Action = RunCommand | ServiceVerb
"""An effect that cannot be undone by itself, only followed by another."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An effect and why the configuration wants it."""

    effect: Effect
    because: str
    """The document key that asks for it, with its place: `write_files[2]`."""
    then: tuple[Action, ...] = ()
    """Done once, after all files are in place, if and only if this effect changed something; again after an undo."""
    sensitive: bool = False
    """Its content never appears in a log, plan, outcome, error or tag."""
