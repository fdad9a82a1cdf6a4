"""Edge. The directory of the root half's records: kept contents, and what is managed.

The directory belongs to the user of this process, and no other user may enter it. Any other directory is refused, since
a user who can write there decides what is put on the gateway. One process at a time holds the directory's lock.

    kept/SHA256         contents that stood on the gateway before
    managed.json        what the present generation manages
    managed.last.json   the same, so that one damaged file costs nothing
    previous.json       the order that led to the present generation, for going back
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from agent.apply.journal.frames import framed, only_record
from agent.apply.journal.node_records import named_contents
from agent.apply.journal.ordered import Ordered
from agent.apply.journal.records import (
    managed_from_record,
    managed_to_record,
    ordered_from_record,
    ordered_to_record,
)
from agent.apply.planning.nodes import sha256
from agent.apply.planning.steps import Managed
from agent.errors import Code, Failure, failure_from
from agent.frozen import frozen
from agent.host import locks
from agent.host.durable import Disk, content_digest, put_file, read_file, replace_file

NAME = "transaction"
"""The directory's name in the root half's directory."""
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
    """Descriptor of the directory."""
    kept_at: int
    """Descriptor of `kept` in it."""

    def content(self, digest: str) -> bytes | None:
        """A kept content; None where it is missing or damaged."""
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
        """Whether a content is kept and whole, however large it is."""
        try:
            descriptor = self.disk.open_file(digest, self.kept_at)
        except FileNotFoundError:
            return False
        try:
            return content_digest(self.disk, descriptor) == digest
        finally:
            os.close(descriptor)

    def drop_unused(self, managed: Managed) -> None:
        """Removes kept contents that no record names any more."""
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

        The second copy may be of the generation before. Then a newer path counts as changed by somebody else, and is
        left as it is.
        """
        damaged: list[str] = []
        for name in MANAGED:
            try:
                data = read_file(self.disk, self.at, name, MAX_RECORD_BYTES)
                return managed_from_record(only_record(data), self.content), tuple(damaged)
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
        """The order that led to the present generation; None where it is not possible to go back."""
        try:
            data = read_file(self.disk, self.at, PREVIOUS, MAX_RECORD_BYTES)
            return ordered_from_record(only_record(data), self.content)
        except (OSError, ValueError):
            return None

    def remember_previous(self, ordered: Ordered) -> None:
        """Writes the order that led to the present generation; removes it where the order itself leads back."""
        if not ordered.is_way_back:
            replace_file(self.disk, self.at, PREVIOUS, framed(ordered_to_record(ordered)), mode=0o600)
            return
        with suppress(FileNotFoundError):
            self.disk.unlink(PREVIOUS, self.at)
        self.disk.sync(self.at)

    def set_aside(self, name: str) -> None:
        """Renames a damaged file, so that a person can look at it and nothing reads it."""
        with suppress(FileNotFoundError):
            self.disk.rename(name, name + DAMAGED, self.at)
            self.disk.sync(self.at)


@contextmanager
def opened_store(state: Path, disk: Disk) -> Iterator[Store]:
    """Makes, checks and locks the directory; raises `state.unwritable`, or `pass.under_way` where it is locked."""
    with _directories(state, disk, make=True) as (at, kept_at), _locked(state, at):
        yield Store(disk, at, kept_at)


def peek_managed(state: Path, disk: Disk) -> Managed:
    """What is managed, without making or locking anything; nothing where nothing was ever applied."""
    if not (state / NAME / KEPT).is_dir():
        return Managed()
    with _directories(state, disk, make=False) as (at, kept_at):
        return Store(disk, at, kept_at).read_managed()[0]


def is_record_lost(state: Path, disk: Disk) -> bool:
    """Whether what is managed is not known: there are records of it, and none can be read."""
    if not (state / NAME / KEPT).is_dir():
        return False
    with _directories(state, disk, make=False) as (at, kept_at):
        return set(Store(disk, at, kept_at).read_managed()[1]) == set(MANAGED)


def peek_generation(state: Path, disk: Disk) -> str | None:
    """The order that led to the present generation, without locking; None where it is not possible to go back."""
    if not (state / NAME / KEPT).is_dir():
        return None
    with _directories(state, disk, make=False) as (at, kept_at):
        previous = Store(disk, at, kept_at).read_previous()
    return previous.order_id if previous else None


@contextmanager
def _locked(state: Path, at: int) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.held(LOCK, at=at))
        except BlockingIOError:
            raise Failure(Code.PASS_UNDER_WAY, "another apply is under way", where=str(state / NAME / LOCK)) from None
        except OSError as error:
            raise failure_from(error, Code.STATE_UNWRITABLE, state / NAME) from None
        yield


@contextmanager
def _directories(state: Path, disk: Disk, *, make: bool) -> Iterator[tuple[int, int]]:
    descriptors: list[int] = []
    try:
        try:
            if make:
                state.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptors.append(disk.open_root(state))
            for name in (NAME, KEPT):
                descriptors.append(_private(disk, name, descriptors[-1], make=make))
        except OSError as error:
            raise failure_from(error, Code.STATE_UNWRITABLE, state / NAME) from None
        yield descriptors[1], descriptors[2]
    finally:
        _close(descriptors)


def _private(disk: Disk, name: str, at: int, *, make: bool) -> int:
    """A directory that only the user of this process may enter; raises `OSError` for any other."""
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
        raise OSError(f"{name} belongs to another user, or other users may enter it")
    return descriptor


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
