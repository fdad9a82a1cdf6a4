"""Edge: the only writer of the machine. Observes what is at paths under a root directory, and puts something there.

Putting is whole or not at all for each path, survives a power cut once it has returned, and does nothing where the path
is as wanted already. A path's content is made ready beside it under `durable.temporary_name`, with its final owner and
mode; what a power cut leaves of that is removed by the next `put` of the same path.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from agent.apply.machine.commands import Actor
from agent.apply.machine.os_errors import as_failure
from agent.apply.machine.owners import may_give_away, owner_of
from agent.apply.machine.tree import Tree
from agent.apply.planning.nodes import Absent, Directory, File, Found, Kept, Large, Lost, Node, Other, Symlink, sha256
from agent.apply.planning.observation import Observation, Questions
from agent.apply.planning.steps import ActionStep, FileStep, Step
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Ran
from agent.host.durable import Disk, Space, digest_of, put_by_copy, put_file, read_file, temporary_name

LARGE_BYTES = 4 * 1024 * 1024
"""A larger file is never held in memory."""
MAX_KEPT_BYTES = 512 * 1024 * 1024
"""A file that is larger still is not replaced, since a copy of it would have to be kept."""

RESERVE_BYTES = 4 * 1024 * 1024
RESERVE_INODES = 64
"""What an apply leaves free, so that the gateway goes on working."""

_BLOCK = 4096
_NO_DIRECTORY = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


@frozen
class Gateway:
    """The machine under `root`. Methods raise `Failure(apply.failed)` or `Failure(apply.no_space)`, naming the path."""

    root: Path
    disk: Disk
    actor: Actor
    open_large: Callable[[str], int]
    """A descriptor of the content with this SHA-256, as it was fetched or kept; raises `OSError`."""
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
        owners = {text: owner_of(self._tree, text) for text in questions.owners}
        units = self.actor.unit_words(questions.units)
        handed = {digest: self._fetched(digest, size) for digest, size in questions.fetched}
        fetched = {digest: content for digest, content in handed.items() if content is not None}
        kept = not may_give_away(self.root)
        return Observation(places, found, names, owners, units, kept, fetched, self.large_bytes)

    def check_space(self, steps: Sequence[Step], kept: Mapping[str, bytes], store: int) -> None:
        """Raises `apply.no_space` unless the steps and the kept contents (at `store`) fit, with something to spare."""
        needs: dict[int, list[tuple[Space, int]]] = {}
        for where, size in self._needs(steps, kept, store):
            needs.setdefault(where.device, []).append((where, size))
        for uses in needs.values():
            _check_fits(uses[0][0], sum(size for _, size in uses), len(uses))

    def do(self, step: ActionStep) -> Ran | None:
        """Acts, and says how a command of the document ended; `CommandFailed` where that stops all."""
        if step.is_way_back:
            self.actor.redo(step.action)
            return None
        ran = self.actor.do(step.action, step.because)
        return ran if step.once else None

    def write(self, steps: Iterable[FileStep]) -> None:
        """Makes each path be what its step says; all of it survives a power cut once this returns."""
        written: dict[str, str] = {}
        for step in steps:
            self.put(step.path, step.after, names_later=True)
            written[posixpath.dirname(step.path)] = step.path
        for path in written.values():
            self._sync_names_beside(path)

    def keep(self, path: str, large: Large, at: int) -> None:
        """Puts a copy of a large file that stands at a path beside the other kept contents."""
        try:
            with self._tree.parent(path) as (directory, name):
                source = self.disk.open_file(name, directory)
                try:
                    put_by_copy(self.disk, at, large.sha256, source, large.sha256, mode=0o600)
                finally:
                    os.close(source)
            self.disk.sync(at)
        except OSError as error:
            raise as_failure(error, path) from None

    def undo(self, taken_back: tuple[str, Kept] | ActionStep) -> str:
        """Does a step of the way back. Returns what is worth saying: a directory with somebody's files in it stays."""
        match taken_back:
            case ActionStep(action):
                self.actor.redo(action)
            case (path, Lost()):
                raise Failure(Code.APPLY_FAILED, "the kept copy of what stood here is damaged", where=path)
            case (path, Absent()) if self._names(path):
                return f"{path} stays, since something else is in it now"
            case (path, node):
                self.put(path, node)
        return ""

    def put(self, path: str, node: Node, *, names_later: bool = False) -> None:
        """Makes the path be exactly this, whatever file or link is there; survives a power cut once it returns.

        With `names_later` only once its directory has been synced.
        """
        try:
            with self._tree.parent(path) as (at, name):
                self._clear_leftover(at, name)
                if self._look(at, name) == node:
                    self._make_sure(at, name, node)
                else:
                    self._change(at, name, node)
                if not names_later:
                    self.disk.sync(at)
        except FileNotFoundError as error:
            if node != Absent():
                raise as_failure(error, path) from None
        except OSError as error:
            raise as_failure(error, path) from None

    def _sync_names_beside(self, path: str) -> None:
        """Of the directory that a path is in; one that is gone has none."""
        try:
            with suppress(FileNotFoundError), self._tree.parent(path) as (at, _):
                self.disk.sync(at)
        except OSError as error:
            raise as_failure(error, path) from None

    @property
    def _tree(self) -> Tree:
        return Tree(self.root, self.disk)

    def _place(self, path: str) -> str:
        try:
            return self._tree.place(path)
        except OSError as error:
            raise as_failure(error, path) from None

    def _found(self, path: str) -> Found:
        if path == "/":
            return Directory(0o755, 0, 0)
        try:
            with self._tree.parent(path) as (at, name):
                return self._look(at, name)
        except FileNotFoundError:
            return Absent()
        except OSError as error:
            raise as_failure(error, path) from None

    def _names(self, path: str) -> frozenset[str]:
        """What is in a directory; nothing where there is no directory."""
        try:
            with self._tree.parent(path) as (at, name):
                descriptor = self.disk.open_directory(name, at)
                try:
                    return self.disk.names(descriptor)
                finally:
                    os.close(descriptor)
        except OSError as error:
            if error.errno in _NO_DIRECTORY:
                return frozenset()
            raise as_failure(error, path) from None

    def _look(self, at: int, name: str) -> Found:  # noqa: PLR0911 (one for each kind of thing)
        try:
            status = self.disk.status(name, at)
        except FileNotFoundError:
            return Absent()
        owner = (status.st_uid, status.st_gid)
        mode = stat.S_IMODE(status.st_mode)
        if stat.S_ISLNK(status.st_mode):
            return Symlink(self.disk.target(name, at), *owner)
        if stat.S_ISDIR(status.st_mode):
            return Directory(mode, *owner)
        if not stat.S_ISREG(status.st_mode):
            return Other("a device, pipe or socket")
        if status.st_size > MAX_KEPT_BYTES:
            return Other(f"a file of more than {MAX_KEPT_BYTES} bytes, too large to be kept")
        if status.st_size > self.large_bytes:
            return Large(self._digest(at, name), status.st_size, mode, *owner)
        return File(read_file(self.disk, at, name, self.large_bytes), mode, *owner)

    def _digest(self, at: int, name: str) -> str:
        descriptor = self.disk.open_file(name, at)
        try:
            return digest_of(self.disk, descriptor)
        finally:
            os.close(descriptor)

    def _fetched(self, digest: str, size: int) -> bytes | None:
        """What was fetched, where it is small and right."""
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
        """A regular file of this size and nothing else: whoever handed it over is not trusted."""
        descriptor = self.open_large(digest)
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_size == size:
            return descriptor
        os.close(descriptor)
        raise OSError(errno.EBADMSG, f"what was handed over is not a file of {size} bytes")

    def _clear_leftover(self, at: int, name: str) -> None:
        with suppress(FileNotFoundError):
            self.disk.status(temporary_name(name), at)
            self.disk.unlink(temporary_name(name), at)

    def _change(self, at: int, name: str, node: Node) -> None:
        match node:
            case File(content, mode, uid, gid):
                put_file(self.disk, at, name, content, mode=mode, owner=(uid, gid))
            case Large(digest, size, mode, uid, gid):
                source = self._open_whole(digest, size)
                try:
                    put_by_copy(self.disk, at, name, source, digest, mode=mode, owner=(uid, gid))
                finally:
                    os.close(source)
            case Symlink(target, uid, gid):
                self._replace_by_link(at, name, target, (uid, gid))
            case Directory():
                with suppress(FileExistsError):
                    self.disk.make_directory(name, at)
                self._make_sure(at, name, node)
            case Absent() if isinstance(self._look(at, name), Directory):
                self.disk.remove_directory(name, at)
            case Absent():
                self.disk.unlink(name, at)

    def _replace_by_link(self, at: int, name: str, target: str, owner: tuple[int, int]) -> None:
        temporary = temporary_name(name)
        try:
            self.disk.link(target, temporary, at)
            self.disk.set_link_owner(temporary, at, owner)
            self.disk.rename(temporary, name, at)
        except OSError:
            with suppress(OSError):
                self.disk.unlink(temporary, at)
            raise

    def _make_sure(self, at: int, name: str, node: Node) -> None:
        """Makes sure of what may have been found in place: a process that was killed need not have synced it."""
        match node:
            case Directory(mode, uid, gid):
                descriptor = self.disk.open_directory(name, at)
                try:
                    self.disk.set_owner(descriptor, (uid, gid))
                    self.disk.set_mode(descriptor, mode)
                    self.disk.sync(descriptor)
                finally:
                    os.close(descriptor)
            case File() | Large():
                descriptor = self.disk.open_file(name, at)
                try:
                    self.disk.sync(descriptor)
                finally:
                    os.close(descriptor)
            case _:
                pass

    def _needs(self, steps: Sequence[Step], kept: Mapping[str, bytes], store: int) -> Iterable[tuple[Space, int]]:
        """For each file that will be written: where, and how many bytes in whole blocks."""
        for content in kept.values():
            yield self.disk.space(store), _in_blocks(len(content))
        yield self.disk.space(store), _in_blocks(1024 * len(steps))
        for step in steps:
            if isinstance(step, FileStep) and isinstance(step.before, Large):
                yield self.disk.space(store), _in_blocks(step.before.size)
            if isinstance(step, FileStep) and step.after != Absent():
                size = _size(step.after)
                with self._tree.nearest(step.path) as descriptor:
                    yield self.disk.space(descriptor), _in_blocks(size)


def _size(node: Node) -> int:
    match node:
        case File(content):
            return len(content)
        case Large(_, size):
            return size
        case _:
            return 0


def _in_blocks(size: int) -> int:
    return (size // _BLOCK + 1) * _BLOCK


def _check_fits(space: Space, needed_bytes: int, needed_inodes: int) -> None:
    if space.free_bytes < needed_bytes + RESERVE_BYTES:
        why = f"{needed_bytes // 1024} KiB are needed beside a reserve of {RESERVE_BYTES // 1024} KiB"
        raise Failure(Code.APPLY_NO_SPACE, f"{why}; {space.free_bytes // 1024} KiB are free")
    if space.free_inodes is not None and space.free_inodes < needed_inodes + RESERVE_INODES:
        why = f"{needed_inodes} files are needed beside a reserve of {RESERVE_INODES}"
        raise Failure(Code.APPLY_NO_SPACE, f"{why}; the file system has room for {space.free_inodes} more")


def _with_directories_above(place: str) -> Iterable[str]:
    parts = place.split("/")
    return [*("/".join(parts[:length]) for length in range(2, len(parts))), place]
