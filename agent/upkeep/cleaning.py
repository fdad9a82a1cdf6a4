"""Edge. Prepares a disk for copying: no copy may take itself for the gateway on which the image was made.

The agent's memory is removed, after everything that documents put on the disk was taken back: it was made for one SIM,
and may hold its secrets. The machine id, the host keys of sshd and the logs are not the agent's, and a command of a
document cannot be taken back: the reminders name them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent.errors import Code, failure_from
from agent.frozen import frozen
from agent.settings import Settings
from agent.upkeep.panel import PLACE

REMINDERS = (
    ("etc/machine-id", "truncate -s 0 /etc/machine-id"),
    ("var/log/journal", "it names SIM and modem: journalctl --rotate && journalctl --vacuum-time=1s"),
    ("var/log/syslog", "it names SIM and modem: rm /var/log/syslog* /var/log/daemon.log*"),
    ("etc/ssh/ssh_host_ed25519_key", "rm /etc/ssh/ssh_host_*, and have them made anew at the first boot"),
)
_ACCOUNT = re.compile(r"/etc/sysusers\.d/50-kitting-(.+)\.conf")
"""The file of an account that a document made (`agent.configuration.keys.users`)."""


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


def reminders_of_documents(managed: Iterable[str], left: Iterable[str], ran_for: str) -> tuple[str, ...]:
    """What documents did that the agent cannot take back: accounts, changed files, commands."""
    names = [found[1] for place in managed if (found := _ACCOUNT.fullmatch(place))]
    return (
        *(f"account {name}: userdel --remove {name}" for name in names),
        *(f"{place}: changed since a document put it there; look whether it may be in the image" for place in left),
        *(["commands of a document: undo what they did to this disk"] if ran_for else []),
    )


def _filled(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.stat().st_size > 0
