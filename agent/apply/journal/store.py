"""Edge: the directory in which the privileged half remembers: kept contents, and what is managed.

It belongs to this process's user and nobody else may enter it; a directory that is not so is refused, since whoever
could write there could have anything put anywhere. One process at a time has it, by a lock that ends with the process.

`kept/SHA256`: what stood on the gateway before. `previous.json`: how the last generation came about, for going back.
`managed.json` and `managed.last.json`: what the present generation
made what it is, twice, so that one damaged file costs nothing.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.apply.journal.records import (
    Ordered,
    framed,
    managed_from_record,
    managed_to_record,
    named_contents,
    ordered_from_record,
    ordered_to_record,
    unframed,
)
from agent.apply.planning.nodes import sha256
from agent.apply.planning.steps import Managed
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.host.durable import Disk, digest_of, put_file, read_file, replace_file

NAME = "transaction"
"""The directory's name in the privileged half's directory."""
KEPT = "kept"
MANAGED = ("managed.json", "managed.last.json")
PREVIOUS = "previous.json"
LOCK = "lock"
DAMAGED = ".damaged"
MAX_RECORD_BYTES = 8 * 1024 * 1024
MAX_CONTENT_BYTES = 16 * 1024 * 1024


@frozen
class Store:
    """An open directory. Methods raise `OSError` where the disk refuses."""

    disk: Disk
    at: int
    kept_at: int

    def content(self, digest: str) -> bytes | None:
        """A kept content; None where it is not there, or is not what it was."""
        try:
            content = read_file(self.disk, self.kept_at, digest, MAX_CONTENT_BYTES)
        except OSError:
            return None
        return content if sha256(content) == digest else None

    def keep(self, contents: Mapping[str, bytes]) -> None:
        """Keeps contents by their SHA-256."""
        for digest, content in contents.items():
            if self.content(digest) is None:
                put_file(self.disk, self.kept_at, digest, content, mode=0o600)
        if contents:
            self.disk.sync(self.kept_at)

    def has_kept(self, digest: str) -> bool:
        """Whether a content is kept, whole."""
        try:
            descriptor = self.disk.open_file(digest, self.kept_at)
        except FileNotFoundError:
            return False
        try:
            return digest_of(self.disk, descriptor) == digest
        finally:
            os.close(descriptor)

    def drop_unused(self, managed: Managed) -> None:
        """Removes kept contents that nothing names any more."""
        used = set(named_contents(managed_to_record(managed)))
        previous = self.read_previous()
        if previous is not None:
            used |= set(named_contents(ordered_to_record(previous)))
        unused = self.disk.names(self.kept_at) - used
        for name in unused:
            self.disk.unlink(name, self.kept_at)
        if unused:
            self.disk.sync(self.kept_at)

    def read_managed(self) -> tuple[Managed, tuple[str, ...]]:
        """What is managed, and the names of the files that are damaged.

        The second copy may be of the generation before; then what is newer looks like somebody else's, and is left.
        """
        damaged: list[str] = []
        for name in MANAGED:
            try:
                data = read_file(self.disk, self.at, name, MAX_RECORD_BYTES)
                return managed_from_record(_only(unframed(data)[0]), self.content), tuple(damaged)
            except FileNotFoundError:
                continue
            except (OSError, ValueError):
                damaged.append(name)
        return Managed(), tuple(damaged)

    def remember(self, managed: Managed) -> None:
        """Writes what is managed, twice."""
        for name in MANAGED:
            put_file(self.disk, self.at, name, framed(managed_to_record(managed)), mode=0o600)
        self.disk.sync(self.at)

    def read_previous(self) -> Ordered | None:
        """How the present generation came about; None where nobody can go back."""
        try:
            data = read_file(self.disk, self.at, PREVIOUS, MAX_RECORD_BYTES)
            return ordered_from_record(_only(unframed(data)[0]), self.content)
        except (OSError, ValueError):
            return None

    def remember_previous(self, ordered: Ordered) -> None:
        """Writes down how the present generation came about, or that nobody can go back from it."""
        if not ordered.is_way_back:
            replace_file(self.disk, self.at, PREVIOUS, framed(ordered_to_record(ordered)), mode=0o600)
            return
        with suppress(FileNotFoundError):
            self.disk.unlink(PREVIOUS, self.at)
        self.disk.sync(self.at)

    def set_aside(self, name: str) -> None:
        """Keeps a damaged file for who wants to look at it, where nothing reads it."""
        with suppress(FileNotFoundError):
            self.disk.rename(name, name + DAMAGED, self.at)
            self.disk.sync(self.at)


def _only(records: list[dict[str, object]]) -> dict[str, object]:
    if len(records) != 1:
        raise ValueError("not one whole record")
    return records[0]


@contextmanager
def opened(state: Path, disk: Disk) -> Iterator[Store]:
    """Makes, checks and locks the directory. Raises `state.unwritable`, or `pass.under_way` where another has it."""
    with _directories(state, disk, make=True) as (at, kept_at):
        try:
            lock = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=at)
        except OSError as error:
            raise _unwritable(state, error.strerror or str(error)) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Store(disk, at, kept_at)
        except BlockingIOError:
            raise Failure(Code.PASS_UNDER_WAY, "another apply is under way") from None
        finally:
            os.close(lock)


def peek_managed(state: Path, disk: Disk) -> Managed:
    """What is managed, without making or locking anything; nothing where nothing was ever applied."""
    if not (state / NAME / KEPT).is_dir():
        return Managed()
    with _directories(state, disk, make=False) as (at, kept_at):
        return Store(disk, at, kept_at).read_managed()[0]


@contextmanager
def _directories(state: Path, disk: Disk, *, make: bool) -> Iterator[tuple[int, int]]:
    descriptors: list[int] = []
    try:
        if make:
            state.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptors.append(disk.open_root(state))
            for name in (NAME, KEPT):
                descriptors.append(_private(disk, name, descriptors[-1], make=make))
        except OSError as error:
            raise _unwritable(state, error.strerror or str(error)) from None
        yield descriptors[1], descriptors[2]
    finally:
        _close(descriptors)


def _private(disk: Disk, name: str, at: int, *, make: bool) -> int:
    try:
        descriptor = disk.open_directory(name, at)
    except FileNotFoundError:
        if not make:
            raise
        disk.make_directory(name, at)
        disk.sync(at)
        descriptor = disk.open_directory(name, at)
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
        os.close(descriptor)
        raise OSError(f"{name} belongs to somebody else, or others may enter it")
    return descriptor


def _unwritable(state: Path, why: str) -> Failure:
    return Failure(Code.STATE_UNWRITABLE, why, where=str(state / NAME))


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
