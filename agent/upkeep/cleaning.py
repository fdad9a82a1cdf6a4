"""Edge: makes a disk ready for being copied: no copy may believe that it is the gateway on which the image was made.

Removed is what the agent remembers; what it configured stays, since that is what an image is made of. Whoever makes
the image also renews what is not the agent's: the machine id and the host keys of sshd.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.settings import Settings
from agent.upkeep.panel import PLACE

REMINDERS = (
    ("etc/machine-id", "truncate -s 0 /etc/machine-id"),
    ("etc/ssh/ssh_host_ed25519_key", "rm /etc/ssh/ssh_host_*, and have them made anew at the first boot"),
)


@frozen
class Leftover:
    """Something that would make two copies the same gateway."""

    path: Path
    why: str


def leftovers(settings: Settings, shown: Path = PLACE) -> tuple[Leftover, ...]:
    """What `clean --image` removes: names in the agent's own directories, never the directories themselves."""
    own = (
        (settings.paths.state, "what the network half remembers: SIM, IMEI, state, an order"),
        (settings.paths.apply, "what the privileged half keeps: journal, contents, its last answer"),
        (shown, "what the login prompt and the LED show"),
    )
    return tuple(Leftover(path, why) for place, why in own for path in _names(place))


def _names(place: Path) -> Iterator[Path]:
    try:
        yield from sorted(place.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(place)) from None


def remove(leftover: Leftover) -> None:
    """Removes one; a link is removed, not followed."""
    try:
        if leftover.path.is_dir() and not leftover.path.is_symlink():
            shutil.rmtree(leftover.path)
        else:
            leftover.path.unlink(missing_ok=True)
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(leftover.path)) from None


def reminders(root: Path = Path("/")) -> tuple[str, ...]:
    """What the image's maker still has to do, because it is not the agent's."""
    return tuple(f"/{name}: {advice}" for name, advice in REMINDERS if (root / name).exists() and _filled(root / name))


def _filled(path: Path) -> bool:
    return path.stat().st_size > 0
