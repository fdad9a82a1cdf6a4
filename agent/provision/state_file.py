"""Edge. The state file, which holds what the device remembers, and the lock of a pass.

    state.json            what is remembered: one JSON object, replaced as a whole
    state.json.previous   the content of state.json before the last change
    state.json.damaged    a content that could not be read, set aside for people
    pass.lock             held while a pass goes on

A damaged state file costs history and never stops a pass: its copy is used, else the device starts without a memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from agent.errors import Code, Failure, failure_from
from agent.host import disk_room, runtime_directory
from agent.host.clock import moment_of, rfc3339
from agent.host.durable import owner_of_directory, write_durably
from agent.host.foreign_files import move_aside, read_bounded, write_until_boot
from agent.host.locks import held
from agent.provision import poll_note
from agent.provision.poll_note import Learnt, PollNote
from agent.provision.remembered import MOST, Remembered, from_json, to_json
from agent.settings import Settings

MAX_BYTES = 64 * 1024

STATE = "state.json"
PREVIOUS = "state.json.previous"
DAMAGED = "state.json.damaged"
LOCK = "pass.lock"
RUN = Path(runtime_directory.RUN)


def volatile_place(root: Path) -> Path | None:
    """The directory for files that live until the next boot: systemd's RuntimeDirectory=; None where there is none."""
    given = runtime_directory.named_directory()
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
        return (volatile and _from_quiet_polls(volatile, content, remembered)) or remembered, None
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
        learnt = learnt_since(read_bounded(directory / STATE, MAX_BYTES), remembered)
        if learnt is None:
            save(directory, remembered)
        else:
            write_until_boot(volatile / poll_note.NAME, PollNote(learnt, None, None, ()).content())
    except (OSError, ValueError):
        save(directory, remembered)


def learnt_since(content: bytes, remembered: Remembered) -> Learnt | None:
    """What quiet polls learnt after this content of state.json; None where more has changed. Raises `ValueError`."""
    ended_s = int(moment_of(remembered.ended_at).timestamp()) if remembered.ended_at else 0
    learnt = Learnt(
        state_digest=poll_note.digest(content),
        quiet_polls=remembered.quiet_polls,
        ended_s=ended_s,
        etag=remembered.etag or "",
    )
    return learnt if _with_learnt(from_json(content), learnt) == remembered else None


def _with_learnt(remembered: Remembered, learnt: Learnt) -> Remembered:
    ended_at = rfc3339(datetime.fromtimestamp(learnt.ended_s, UTC)) if learnt.ended_s else None
    return replace(remembered, quiet_polls=learnt.quiet_polls, ended_at=ended_at, etag=learnt.etag or None)


def _from_quiet_polls(volatile: Path, content: bytes, remembered: Remembered) -> Remembered | None:
    """What is remembered with what quiet polls learnt after this content of state.json; None where there is nothing.

    A damaged note counts as none.
    """
    try:
        learnt = poll_note.parse(read_bounded(volatile / poll_note.NAME, poll_note.MAX_BYTES)).learnt
        if learnt.state_digest != poll_note.digest(content) or not 0 <= learnt.quiet_polls <= MOST:
            return None
        return _with_learnt(remembered, learnt)
    except (ValueError, OSError, OverflowError):
        return None


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
    refusal = disk_room.refusal(directory, poll_note.LEAST_FREE_BYTES)
    if not refusal:
        return None
    advice = _READ_ONLY_ADVICE if refusal == disk_room.READ_ONLY else ""
    return Failure(Code.STATE_UNWRITABLE, refusal, where=str(directory), advice=advice)


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
