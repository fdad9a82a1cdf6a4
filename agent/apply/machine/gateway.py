"""Edge. The only writer of the machine: observes what is at paths under a root directory, and puts something there.

Each path is put whole or not at all, is synced once the method has returned, and is not touched where it is as wanted
already. What a power cut leaves beside a path is removed the next time that something is put there.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.apply.machine.actor import Actor
from agent.apply.machine.free_space import check_space
from agent.apply.machine.looking import found_at, names_in
from agent.apply.machine.os_errors import as_failure
from agent.apply.machine.owners import may_give_away, owner_named
from agent.apply.machine.putting import put_node
from agent.apply.machine.tree import Tree
from agent.apply.planning.nodes import LARGE_BYTES, Absent, Directory, Found, Kept, Large, Lost, Node, sha256
from agent.apply.planning.observation import Observation, Questions
from agent.apply.planning.steps import ActionStep, FileStep, Step
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Ran
from agent.host.durable import Disk, put_by_copy


@frozen
class Gateway:
    """The machine under `root`. Methods raise `Failure(apply.failed)` or `Failure(apply.no_space)`, naming the path."""

    root: Path
    disk: Disk
    actor: Actor
    open_large: Callable[[str], int]
    """Opens the content with this SHA-256, as it was kept or fetched; raises `OSError`."""
    large_bytes: int = LARGE_BYTES

    def observe(self, questions: Questions) -> Observation:
        """Reads what a plan has to know; changes nothing."""
        places = {path: self._place(path) for path in questions.paths}
        found: dict[str, Found] = {}
        names: dict[str, frozenset[str]] = {}
        for place in places.values():
            for above in _with_directories_above(place):
                if above not in found:
                    found[above] = self._found(above)
            if isinstance(found[place], Directory):
                names[place] = self._names(place)
        for path in questions.given_away:
            places[path] = self._place(path)
            found.setdefault(places[path], self._found(places[path]))
        owners = {text: owner_named(self._tree, text) for text in questions.owners}
        units = self.actor.unit_states(questions.units)
        handed = {digest: self._fetched(digest, size) for digest, size in questions.fetched}
        fetched = {digest: content for digest, content in handed.items() if content is not None}
        kept = not may_give_away(self.root)
        kernel = self.actor.kernel_values(questions.kernel) if questions.kernel else {}
        return Observation(places, found, names, owners, units, kernel, kept, fetched, self.large_bytes)

    def check_space(self, steps: Sequence[Step], kept: Mapping[str, bytes], store: int) -> None:
        """Raises `apply.no_space` unless the steps and the kept contents (at `store`) fit, with a reserve."""
        check_space(self._tree, steps, kept, store)

    def do(self, step: ActionStep) -> Ran | None:
        """Does an action; returns how a command of the document ended. `CommandFailed`: the command must not fail."""
        if step.is_way_back:
            self.actor.redo(step.action)
            return None
        ran = self.actor.do(step.action, step.because)
        return ran if step.once else None

    def write(self, steps: Iterable[FileStep]) -> None:
        """Makes each path be what its step says, and syncs each directory once, after all files in it."""
        written: dict[str, str] = {}
        for step in steps:
            self._put(step.path, step.after, synced=False)
            written[posixpath.dirname(step.path)] = step.path
        for path in written.values():
            self._sync_directory_of(path)

    def keep(self, path: str, large: Large, at: int) -> None:
        """Copies a large file that stands at a path to the other kept contents."""
        with _naming(path):
            with self._tree.parent(path) as (directory, name):
                source = self.disk.open_file(name, directory)
                try:
                    put_by_copy(self.disk, at, large.sha256, source, large.sha256, mode=0o600)
                finally:
                    os.close(source)
            self.disk.sync(at)

    def put_back(self, path: str, node: Kept) -> bool:
        """Puts back what stood at a path, and syncs it; False for a directory that stays since it is not empty."""
        if isinstance(node, Lost):
            raise Failure(Code.APPLY_FAILED, "the kept copy of what stood here is damaged", where=path)
        if node == Absent() and self._names(path):
            return False
        self._put(path, node, synced=True)
        return True

    def _put(self, path: str, node: Node, *, synced: bool) -> None:
        """Makes the path be exactly this node; without `synced` the caller syncs the directory later."""
        with _naming(path):
            try:
                with self._tree.parent(path) as (at, name):
                    put_node(self.disk, at, name, node, self._open_whole, self.large_bytes)
                    if synced:
                        self.disk.sync(at)
            except FileNotFoundError:
                if node != Absent():
                    raise

    def _sync_directory_of(self, path: str) -> None:
        """Syncs the names beside a path; a directory that is gone has none."""
        with _naming(path), suppress(FileNotFoundError), self._tree.parent(path) as (at, _):
            self.disk.sync(at)

    @property
    def _tree(self) -> Tree:
        return Tree(self.root, self.disk)

    def _place(self, path: str) -> str:
        with _naming(path):
            return self._tree.place(path)

    def _found(self, path: str) -> Found:
        with _naming(path):
            return found_at(self._tree, path, self.large_bytes)

    def _names(self, path: str) -> frozenset[str]:
        with _naming(path):
            return names_in(self._tree, path)

    def _fetched(self, digest: str, size: int) -> bytes | None:
        """A fetched content that is small; None where it is large, missing or damaged."""
        if size > self.large_bytes:
            return None
        try:
            descriptor = self._open_whole(digest, size)
            try:
                content = self.disk.read(descriptor, size + 1)
            finally:
                os.close(descriptor)
        except OSError:
            return None
        return content if sha256(content) == digest else None

    def _open_whole(self, digest: str, size: int) -> int:
        """Opens a regular file of exactly this size: the half that fetched it is not trusted."""
        descriptor = self.open_large(digest)
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_size == size:
            return descriptor
        os.close(descriptor)
        raise OSError(errno.EBADMSG, f"the fetched content is not a file of {size} bytes")


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Turns an `OSError` into a failure that names the path."""
    try:
        yield
    except OSError as error:
        raise as_failure(error, path) from None


def _with_directories_above(place: str) -> Iterable[str]:
    parts = place.split("/")
    return [*("/".join(parts[:length]) for length in range(2, len(parts))), place]
