"""Edge. What the root half works with, from a device's settings; opens contents that were kept or fetched."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agent.apply.journal import store as stores
from agent.apply.machine.actor import Actor, Recorder
from agent.apply.planning.nodes import LARGE_BYTES
from agent.frozen import frozen
from agent.host.durable import Disk
from agent.host.foreign_files import opened
from agent.settings import ApplySettings, Settings

if TYPE_CHECKING:
    from agent.apply.machine.gateway import Gateway

FETCHED = "fetched"
"""Directory in the network half's directory, with each fetched file under its SHA-256."""
NETWORK_GRACE_S = 120.0
"""The time beyond `confirm_within` after which NetworkManager goes back by itself."""


@frozen
class ApplyContext:
    """What the root half works with."""

    own: Path
    """The root half's directory."""
    inbox: Path
    """The network half's directory: it is read, and only orders and confirmations are removed from it."""
    policy: ApplySettings
    disk: Disk
    actor: Actor
    large_bytes: int = LARGE_BYTES

    @property
    def gateway(self) -> Gateway:
        """The machine under the root of the settings."""
        from agent.apply.machine.gateway import Gateway

        return Gateway(self.policy.root, self.disk, self.actor, self._open_large, self.large_bytes)

    def _open_large(self, digest: str) -> int:
        """Opens a content as it was kept, else as it was fetched; the digest is compared when it is copied."""
        for directory in (self.own / stores.NAME / stores.KEPT, self.inbox / FETCHED):
            with suppress(FileNotFoundError):
                at = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
                try:
                    return opened(digest, os.O_RDONLY, at=at)
                finally:
                    os.close(at)
        raise OSError(errno.ENODATA, "the fetched content is not there")


def apply_context(settings: Settings, *, early: bool = False, keeps_own_units: bool = False) -> ApplyContext:
    """The context for a device's settings; touches nothing yet.

    `early`: the system is starting up. `keeps_own_units`: the agent's units are started where an apply stops them.
    """
    actor = _actor(settings, early=early, keeps_own_units=keeps_own_units)
    return ApplyContext(settings.paths.apply, settings.paths.state, settings.apply, Disk(), actor)


def _actor(settings: Settings, *, early: bool, keeps_own_units: bool) -> Actor:
    if settings.apply.root != Path("/"):
        return Recorder()
    from agent.apply.machine.running_system import ENVIRONMENT, RunningSystem

    limit_s = settings.apply.confirm_within + NETWORK_GRACE_S
    return RunningSystem(ENVIRONMENT, early, limit_s, keeps_own_units=keeps_own_units)
