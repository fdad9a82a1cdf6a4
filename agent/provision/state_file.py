"""Edge: what the device remembers from one pass to the next, in its state directory.

    state.json            what is remembered: one JSON object, replaced as a whole
    state.json.previous   the same before the last change
    state.json.damaged    what could not be read, set aside for people
    pass.lock             held while a pass is under way
    reprovision           somebody wants a pass that forgets what failed

A damaged memory costs history, never the start: the copy before it is used, else the device begins anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from enum import Enum
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.host.durable import owner_of_directory, read_bounded, write_durably, write_until_boot
from agent.provision.lifecycle import State
from agent.settings import Settings

VERSION = 1
MAX_BYTES = 64 * 1024

STATE = "state.json"
PREVIOUS = "state.json.previous"
DAMAGED = "state.json.damaged"
LOCK = "pass.lock"
WISH = "reprovision"
QUIET = "quiet.json"
"""What quiet polls learnt since `state.json` was written: its digest, a line, then the same form."""
RUN = Path("/run/kitting-agent")

_CODES = {code.text: code for code in Code}
_STATES = tuple(state.value for state in State)


@frozen
class Remembered:
    """What the last pass left."""

    state: State = State.NEW
    in_force: str | None = None
    """Digest, hex, of the configuration that is in force."""
    attempt: str | None = None
    """Of the last order: document, SIM and policy together (`provisioning.attempt_of`)."""
    given_up: str | None = None
    """The attempt that failed and is not made again by itself."""
    order_id: str | None = None
    """Of the order whose outcome is not known yet."""
    interruptions: int = 0
    """How often in a row applying was cut off."""
    card: str | None = None
    """`Subscriber.card` of the SIM that the device accepted as its own."""
    imei: str | None = None
    """The IMEI that the device accepted as its own."""
    operator: str | None = None
    """Whose SIM that is."""
    held: bool = False
    """The operator ordered the device to apply nothing."""
    obeyed: str | None = None
    """The operator's order that was obeyed last (`continuity.Said.text`)."""
    failure: Failure | None = None
    """What stood in the way last; None where nothing did."""
    notice: Failure | None = None
    """What was said last without being a reason to stop."""
    seen_record: str | None = None
    """`Subscriber.modified` when nothing was to be done; None where a poll has to look at everything."""
    seen_userdata: str | None = None
    """SHA-256, hex, of the userdata then."""
    etag: str | None = None
    """What the service named that userdata."""
    quiet_polls: int = 0
    """Polls in a row that asked a small question."""
    changed_at: str | None = None
    """When state or configuration last changed, RFC 3339; None where no clock could be trusted."""
    ended_at: str | None = None
    """When the last pass ended, likewise."""
    failures_in_a_row: int = 0
    agent_version: str | None = None
    """Of the agent that made the last pass."""


def volatile_place(root: Path) -> Path | None:
    """Where things may lie until the next boot: systemd's RuntimeDirectory=; None where there is none."""
    told = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    place = Path(told) if told else RUN if root == Path("/") else None
    return place if place and place.is_dir() else None


def volatile_of(settings: Settings) -> Path | None:
    """The volatile place of a device with these settings."""
    return volatile_place(settings.apply.root)


def remembered_now(settings: Settings) -> tuple[Remembered, Failure | None]:
    """What a device with these settings remembers (`load`)."""
    return load(settings.paths.state, volatile_of(settings))


def load(directory: Path, volatile: Path | None = None) -> tuple[Remembered, Failure | None]:
    """What is remembered, and `state.corrupt` where it had to be taken from the copy, or given up.

    Raises `state.unwritable` where it may not be looked at.
    """
    try:
        content = read_bounded(directory / STATE, MAX_BYTES)
        remembered = from_json(content)
        return (volatile and _since(volatile, content)) or remembered, None
    except FileNotFoundError:
        what = "is missing"
    except (ValueError, OSError) as error:
        _refuse_denial(error, directory)
        what = f"is damaged ({error})"
        with suppress(OSError):
            (directory / STATE).replace(directory / DAMAGED)
    return _from_copy(directory, what)


def _from_copy(directory: Path, what: str) -> tuple[Remembered, Failure | None]:
    try:
        remembered = _read(directory / PREVIOUS)
    except FileNotFoundError:
        if what == "is missing":
            return Remembered(), None
        instead = "there is no copy, beginning anew"
    except (ValueError, OSError):
        instead = "its copy is too, beginning anew"
    else:
        return remembered, Failure(
            Code.STATE_CORRUPT, f"{what}; using the copy before it", where=str(directory / STATE)
        )
    return Remembered(), Failure(Code.STATE_CORRUPT, f"{what}; {instead}", where=str(directory / STATE))


def save(directory: Path, remembered: Remembered) -> None:
    """Remembers; raises `state.unwritable`, and then what was remembered before still is."""
    try:
        owner = owner_of_directory(directory)
        last = _last(directory)
        if last is not None:
            write_durably(directory / PREVIOUS, last, owner=owner)
        write_durably(directory / STATE, to_json(remembered), owner=owner)
    except OSError as error:
        raise _unwritable(error, directory) from None


def save_until_boot(directory: Path, volatile: Path | None, remembered: Remembered) -> None:
    """Remembers what a power cut may take: not worth the life of a flash disk. Without such a place, as `save`."""
    if volatile is None:
        save(directory, remembered)
        return
    try:
        of = _digest(read_bounded(directory / STATE, MAX_BYTES))
        write_until_boot(volatile / QUIET, of + to_json(remembered))
    except OSError:
        save(directory, remembered)


def _since(volatile: Path, content: bytes) -> Remembered | None:
    """What was remembered on top of this content; nothing where it belongs to another, or is damaged."""
    try:
        of, _, kept = read_bounded(volatile / QUIET, MAX_BYTES).partition(b"\n")
        return from_json(kept) if of + b"\n" == _digest(content) else None
    except (ValueError, OSError):
        return None


def _digest(content: bytes) -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}\n".encode()


def _last(directory: Path) -> bytes | None:
    """What is remembered now, if it is worth a copy."""
    try:
        content = read_bounded(directory / STATE, MAX_BYTES)
        from_json(content)
    except (ValueError, OSError):
        return None
    return content


@contextmanager
def pass_lock(directory: Path) -> Iterator[None]:
    """Held during a pass, given back by the kernel however it ends; raises `pass.under_way` where another holds it."""
    try:
        lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _unwritable(error, directory) from None
    try:
        _claim(lock, directory)
        yield
    finally:
        os.close(lock)


def _claim(lock: int, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        owner = owner_of_directory(directory)
        if owner:
            os.fchown(lock, *owner)
    except BlockingIOError:
        raise Failure(Code.PASS_UNDER_WAY, "its lock is held", where=str(directory / LOCK)) from None
    except OSError as error:
        raise _unwritable(error, directory) from None


class Wish(Enum):
    """What somebody at the device asked of the next pass."""

    RETRY = "retry"
    """To try a configuration that failed."""
    ADOPT = "adopt"
    """Likewise, and to take SIM and modem as they are for its own."""


def wish(directory: Path, wanted: Wish) -> None:
    """Asks something of the next pass."""
    try:
        write_durably(directory / WISH, wanted.value.encode(), owner=owner_of_directory(directory))
    except OSError as error:
        raise _unwritable(error, directory) from None


def take_wish(directory: Path) -> Wish | None:
    """What somebody asked; the wish is gone afterwards."""
    try:
        words = read_bounded(directory / WISH, MAX_BYTES)
        (directory / WISH).unlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(error, directory) from None
    return Wish.ADOPT if words.strip() == Wish.ADOPT.value.encode() else Wish.RETRY


def granted(remembered: Remembered, wish: Wish | None) -> Remembered:
    """The same after a wish: everything is looked at, no configuration is given up; to adopt also ends a hold."""
    if wish is None:
        return remembered
    held = remembered.held and wish is not Wish.ADOPT
    return replace(remembered, given_up=None, interruptions=0, failures_in_a_row=0, held=held, seen_record=None)


def to_json(remembered: Remembered) -> bytes:
    """The content of state.json."""
    plain = [one.name for one in fields(Remembered) if one.name not in {"state", "failure", "notice"}]
    members = {name: getattr(remembered, name) for name in plain} | {
        "version": VERSION,
        "state": remembered.state.value,
        "failure": _failure_members(remembered.failure),
        "notice": _failure_members(remembered.notice),
    }
    return f"{json.dumps(members, indent=1, sort_keys=True)}\n".encode()


def _failure_members(failure: Failure | None) -> list[str] | None:
    return [failure.code.text, failure.detail, failure.where] if failure else None


def from_json(content: bytes) -> Remembered:
    """What state.json says; raises `ValueError` for anything that this version would not have written."""
    try:
        members = json.loads(content.decode())
    except RecursionError:
        raise ValueError("not what this agent writes") from None
    if not isinstance(members, dict) or members.get("version") != VERSION:
        raise ValueError(f"not an object of version {VERSION}")
    if members.get("state") not in _STATES:
        raise ValueError("a wrong state")
    return Remembered(
        state=State(members["state"]),
        in_force=_text(members, "in_force"),
        attempt=_text(members, "attempt"),
        given_up=_text(members, "given_up"),
        order_id=_text(members, "order_id"),
        interruptions=_number(members, "interruptions"),
        card=_text(members, "card"),
        imei=_text(members, "imei"),
        operator=_text(members, "operator"),
        held=_flag(members, "held"),
        obeyed=_text(members, "obeyed"),
        failure=_failure(members, "failure"),
        notice=_failure(members, "notice"),
        seen_record=_text(members, "seen_record"),
        seen_userdata=_text(members, "seen_userdata"),
        etag=_text(members, "etag"),
        quiet_polls=_number(members, "quiet_polls"),
        changed_at=_text(members, "changed_at"),
        ended_at=_text(members, "ended_at"),
        failures_in_a_row=_number(members, "failures_in_a_row"),
        agent_version=_text(members, "agent_version"),
    )


def _read(path: Path) -> Remembered:
    return from_json(read_bounded(path, MAX_BYTES))


def _text(members: Mapping[str, Any], key: str) -> str | None:
    value = members.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"a wrong {key}")
    return value


def _number(members: Mapping[str, Any], key: str) -> int:
    value = members.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"a wrong {key}")
    return value


def _flag(members: Mapping[str, Any], key: str) -> bool:
    value = members.get(key, False)
    if not isinstance(value, bool):
        raise ValueError(f"a wrong {key}")  # noqa: TRY004 (one kind of error for one kind of fault)
    return value


def _failure(members: Mapping[str, Any], key: str) -> Failure | None:
    """A code that only another version knows is forgotten: the next pass finds out what stands in the way now."""
    match members.get(key):
        case None:
            return None
        case [str(code), str(detail), str(where)]:
            return Failure(_CODES[code], detail, where=where) if code in _CODES else None
        case _:
            raise ValueError(f"a wrong {key}")


def _refuse_denial(error: Exception, directory: Path) -> None:
    if isinstance(error, PermissionError | NotADirectoryError):
        raise _unwritable(error, directory) from None


def _unwritable(error: OSError, directory: Path) -> Failure:
    return Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(directory))
