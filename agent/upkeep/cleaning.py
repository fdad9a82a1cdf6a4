"""Edge. Prepares a disk for copying: no copy may take itself for the gateway on which the image was made.

The agent's memory is removed; the files that it configured stay, since they belong to the image. The machine id and the
host keys of sshd are not the agent's: `reminders` names them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from agent.errors import Code, failure_from
from agent.frozen import frozen
from agent.settings import Settings
from agent.upkeep.panel import PLACE

REMINDERS = (
    ("etc/machine-id", "truncate -s 0 /etc/machine-id"),
    ("etc/ssh/ssh_host_ed25519_key", "rm /etc/ssh/ssh_host_*, and have them made anew at the first boot"),
)


@frozen
class Leftover:
    """A file or directory that would make two copies the same gateway."""

    path: Path
    why: str


def leftovers(settings: Settings, shown: Path = PLACE) -> tuple[Leftover, ...]:
    """The files that `clean --image` removes from the agent's own directories; the directories stay."""
    own = (
        (settings.paths.state, "memory of the network half: SIM, IMEI, state, an order"),
        (settings.paths.apply, "memory of the root half: journal, kept files, its last outcome"),
        (shown, "text of the login prompt and state of the LED"),
    )
    return tuple(Leftover(path, why) for place, why in own for path in _names(place))


def _names(place: Path) -> Iterator[Path]:
    try:
        yield from sorted(place.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, place) from None


def remove(leftover: Leftover) -> None:
    """Removes one leftover; a link is removed, not followed."""
    try:
        if leftover.path.is_dir() and not leftover.path.is_symlink():
            shutil.rmtree(leftover.path)
        else:
            leftover.path.unlink(missing_ok=True)
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, leftover.path) from None


def reminders(root: Path = Path("/")) -> tuple[str, ...]:
    """What the maker of the image still has to do, because the agent does not do it."""
    return tuple(f"/{name}: {advice}" for name, advice in REMINDERS if (root / name).exists() and _filled(root / name))


def _filled(path: Path) -> bool:
    return path.stat().st_size > 0
