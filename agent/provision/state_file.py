"""Edge. The state file, which holds what the device remembers, and the lock of a pass.

    state.json            what is remembered: one JSON object, replaced as a whole
    state.json.previous   the content of state.json before the last change
    state.json.damaged    a content that could not be read, set aside for people
    pass.lock             held while a pass goes on

A damaged state file costs history and never stops a pass: its copy is used, else the device starts without a memory.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from agent.errors import Code, Failure, failure_from
from agent.host.durable import owner_of_directory, write_durably
from agent.host.foreign_files import move_aside, read_bounded, write_until_boot
from agent.host.locks import held
from agent.provision.remembered import Remembered, from_json, to_json
from agent.settings import Settings

MAX_BYTES = 64 * 1024
LEAST_FREE_BYTES = 2 * MAX_BYTES
"""Room for state.json and its copy."""

STATE = "state.json"
PREVIOUS = "state.json.previous"
DAMAGED = "state.json.damaged"
LOCK = "pass.lock"
QUIET = "quiet.json"
"""What quiet polls saved after state.json: a line with the digest of state.json, then the same JSON form."""
RUN = Path("/run/kitting-agent")


def volatile_place(root: Path) -> Path | None:
    """The directory for files that live until the next boot: systemd's RuntimeDirectory=; None where there is none."""
    given = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    place = Path(given) if given else RUN if root == Path("/") else None
    return place if place and place.is_dir() else None


def volatile_of(settings: Settings) -> Path | None:
    """`volatile_place` of a device with these settings."""
    return volatile_place(settings.apply.root)


def remembered_now(settings: Settings) -> tuple[Remembered, Failure | None]:
    """`load` for a device with these settings."""
    return load(settings.paths.state, volatile_of(settings))


def make_directory(directory: Path) -> None:
    """Makes the state directory, which only its owner may read; raises `state.unwritable`."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, directory) from None


def load(directory: Path, volatile: Path | None = None) -> tuple[Remembered, Failure | None]:
    """What is remembered, and `state.corrupt` where it was taken from the copy, or is lost.

    Raises `state.unwritable` where this user may not read the directory.
    """
    try:
        content = read_bounded(directory / STATE, MAX_BYTES)
        remembered = from_json(content)
        return (volatile and _from_quiet_polls(volatile, content)) or remembered, None
    except FileNotFoundError:
        return _without_state_file(directory)
    except (PermissionError, NotADirectoryError) as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, directory) from None
    except (ValueError, OSError) as error:
        with suppress(OSError):
            move_aside(directory / STATE)
        return _from_copy(directory, f"is damaged ({error})")


def _without_state_file(directory: Path) -> tuple[Remembered, Failure | None]:
    """A missing state file is that of a new device, unless there is a copy of an earlier one."""
    if not os.path.lexists(directory / PREVIOUS):
        return Remembered(), None
    return _from_copy(directory, "is missing")


def _from_copy(directory: Path, problem: str) -> tuple[Remembered, Failure]:
    try:
        remembered = from_json(read_bounded(directory / PREVIOUS, MAX_BYTES))
        instead = "using the copy before it"
    except FileNotFoundError:
        remembered, instead = Remembered(), "there is no copy, starting without a memory"
    except (ValueError, OSError):
        remembered, instead = Remembered(), "its copy is damaged, starting without a memory"
    return remembered, Failure(Code.STATE_CORRUPT, f"{problem}; {instead}", where=str(directory / STATE))


def save(directory: Path, remembered: Remembered) -> None:
    """Saves what is remembered; raises `state.unwritable`, and then the state file is as it was."""
    try:
        owner = owner_of_directory(directory)
        last = _sound_content(directory)
        if last is not None:
            write_durably(directory / PREVIOUS, last, owner=owner)
        write_durably(directory / STATE, to_json(remembered), owner=owner)
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, directory) from None


def save_until_boot(directory: Path, volatile: Path | None, remembered: Remembered) -> None:
    """Saves what a power cut may take, without a write to the flash disk; on the disk where there is no other place."""
    if volatile is None:
        save(directory, remembered)
        return
    try:
        digest = _digest_line(read_bounded(directory / STATE, MAX_BYTES))
        write_until_boot(volatile / QUIET, digest + to_json(remembered))
    except OSError:
        save(directory, remembered)


def _from_quiet_polls(volatile: Path, content: bytes) -> Remembered | None:
    """What quiet polls saved after this content of state.json; None where there is nothing, or where it is damaged."""
    try:
        digest, _, saved = read_bounded(volatile / QUIET, MAX_BYTES).partition(b"\n")
        return from_json(saved) if digest + b"\n" == _digest_line(content) else None
    except (ValueError, OSError):
        return None


def _digest_line(content: bytes) -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}\n".encode()


def _sound_content(directory: Path) -> bytes | None:
    """The content of state.json, if it is worth a copy."""
    try:
        content = read_bounded(directory / STATE, MAX_BYTES)
        from_json(content)
    except (ValueError, OSError):
        return None
    return content


def disk_refusal(directory: Path) -> Failure | None:
    """`state.unwritable` where the disk of the state directory is read-only or full; None otherwise."""
    try:
        disk = os.statvfs(directory)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return Failure(Code.STATE_UNWRITABLE, "the disk is read-only", where=str(directory), advice=_READ_ONLY_ADVICE)
    if disk.f_bavail * disk.f_frsize < LEAST_FREE_BYTES:
        return Failure(Code.STATE_UNWRITABLE, "the disk is full", where=str(directory))
    return None


_READ_ONLY_ADVICE = (
    "A disk that became read-only by itself is often worn out: look at `dmesg`, restart the gateway, replace its card."
)


@contextmanager
def pass_lock(directory: Path, refusal: Failure | None = None) -> Iterator[None]:
    """Holds the lock of a pass; raises `pass.under_way` where another process holds it.

    Where the disk is known to refuse (`refusal`), the pass goes on without a lock that cannot be taken.
    """
    with ExitStack() as stack:
        try:
            lock = stack.enter_context(held(directory / LOCK))
            owner = owner_of_directory(directory)
            if owner:
                os.fchown(lock, *owner)
        except BlockingIOError:
            raise Failure(Code.PASS_UNDER_WAY, "its lock is held", where=str(directory / LOCK)) from None
        except OSError as error:
            if refusal is None:
                raise failure_from(error, Code.STATE_UNWRITABLE, directory) from None
        yield
