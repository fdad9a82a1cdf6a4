"""Edge: what the privileged half works with, put together from a device's settings; opens what was kept or fetched."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from agent.apply.journal import store as stores
from agent.apply.machine.commands import ENVIRONMENT, Actor, Machine, Recorder
from agent.apply.machine.gateway import LARGE_BYTES, Gateway
from agent.frozen import frozen
from agent.host.durable import Disk
from agent.settings import ApplySettings, Settings

FETCHED = "fetched"
"""Directory in the network half's, in which each file that was fetched lies under its SHA-256."""
NETWORK_GRACE_S = 120.0
"""What NetworkManager waits beyond `confirm_within` before it goes back by itself."""


@frozen
class Room:
    """What the privileged half works with."""

    own: Path
    """The privileged half's directory."""
    inbox: Path
    """The network half's directory: only read, and what was dealt with is removed."""
    policy: ApplySettings
    disk: Disk
    actor: Actor

    large_bytes: int = LARGE_BYTES

    @property
    def gateway(self) -> Gateway:
        """The machine under the root of the settings."""
        return Gateway(self.policy.root, self.disk, self.actor, self._open_large, self.large_bytes)

    def _open_large(self, digest: str) -> int:
        """As it was kept, else as it was fetched; whoever copies it compares the digest."""
        for directory in (self.own / stores.NAME / stores.KEPT, self.inbox / FETCHED):
            with suppress(FileNotFoundError):
                at = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
                try:
                    return self.disk.open_file(digest, at)
                finally:
                    os.close(at)
        raise FileNotFoundError(errno.ENOENT, "what was fetched is not there")


def room(settings: Settings, *, early: bool = False) -> Room:
    """The room for a device's settings; touches nothing yet. `early`: the system is starting up."""
    is_running_system = settings.apply.root == Path("/")
    limit_s = settings.apply.confirm_within + NETWORK_GRACE_S
    actor = Machine(ENVIRONMENT, early, limit_s) if is_running_system else Recorder()
    return Room(settings.paths.apply, settings.paths.state, settings.apply, Disk(), actor)
