"""A real disk that ends, refuses, or loses what was not synced, at any one operation that changes it."""

import errno
import os
import shutil
from functools import partial
from pathlib import Path

from agent.host.durable import Disk

CHANGES = (
    "create",
    "write",
    "cut",
    "sync",
    "set_mode",
    "set_owner",
    "set_link_owner",
    "rename",
    "unlink",
    "remove_directory",
    "make_directory",
    "link",
    "open_to_append",
)
KILLS = ("killed before", "killed after", "power cut before", "power cut after")
ERRORS = {"no space": errno.ENOSPC, "i/o error": errno.EIO, "read-only": errno.EROFS}
FAULTS = (*KILLS, *ERRORS)


class Killed(BaseException):
    """The process ended here."""


class FastDisk(Disk):
    """The same without waiting for the medium, which no test of the order of operations needs."""

    def sync(self, descriptor):
        """Done."""


class FaultyDisk(FastDisk):
    """Does everything for real until operation number `at_change`, counted from 0; counts all of them in `changes`.

    What was not synced is remembered: the content of files, and the names in directories. A power cut takes it back,
    the newest first: names become what they were, and files end where they were synced last.

    `earlier` is the disk of a process that was killed on the same machine: what it did not sync is still not synced.
    """

    def __init__(self, at_change=None, fault="", *, ignore_syncs=(), earlier=None):
        self.at_change, self.fault, self.ignore_syncs = at_change, fault, ignore_syncs
        self.changes = []
        self.unsynced_files = dict(earlier.unsynced_files) if earlier else {}
        self.unsynced_names = list(earlier.unsynced_names) if earlier else []
        self.dead = False
        self.loses_what_was_not_synced = fault.startswith("power cut")
        self.watches = self.loses_what_was_not_synced or earlier is not None or fault == "killed after"
        for name in CHANGES:
            setattr(self, name, partial(self._change, name, getattr(self, name)))

    def _change(self, name, operation, *arguments):
        if self.dead:
            raise Killed
        number = len(self.changes)
        self.changes.append(name)
        due = number == self.at_change
        if (
            self.fault in ERRORS
            and self.at_change is not None
            and (due or (self.fault == "read-only" and number > self.at_change))
        ):
            raise OSError(ERRORS[self.fault], os.strerror(ERRORS[self.fault]))
        if due and self.fault.endswith("before"):
            self._end()
        result = self._watched(name, operation, arguments, number) if self.watches else operation(*arguments)
        if due:
            self._end()
        return result

    def _end(self):
        self.dead = True
        if self.loses_what_was_not_synced:
            for take_back in reversed(self.unsynced_names):
                take_back[1]()
            for path, synced_length in self.unsynced_files.values():
                if path.exists() and not path.is_symlink():
                    os.truncate(path, min(synced_length, path.stat().st_size))
        raise Killed

    def _watched(self, name, operation, arguments, number):
        place, before = self._before(name, arguments)
        if name in {"write", "cut"}:
            self._note_content(arguments[0])
        result = operation(*arguments)
        if name == "sync" and number not in self.ignore_syncs:
            status = os.fstat(arguments[0])
            key = (status.st_dev, status.st_ino)
            self.unsynced_files.pop(key, None)
            self.unsynced_names = [entry for entry in self.unsynced_names if entry[0] != key]
        elif place:
            self._note_names(name, place, before, arguments)
        return result

    def _note_content(self, descriptor):
        status = os.fstat(descriptor)
        key = (status.st_dev, status.st_ino)
        if key not in self.unsynced_files:
            self.unsynced_files[key] = (Path(f"/proc/self/fd/{descriptor}").readlink(), status.st_size)

    def _before(self, name, arguments):
        if name not in {"create", "rename", "unlink", "remove_directory", "make_directory", "link"}:
            return None, None
        at = arguments[-1]
        directory = Path(f"/proc/self/fd/{at}").readlink()
        names = arguments[:2] if name == "rename" else (arguments[1],) if name == "link" else (arguments[0],)
        return directory, {one: _copy(directory / one) for one in names}

    def _note_names(self, name, directory, before, arguments):
        status = os.fstat(arguments[-1])
        if name == "unlink":
            gone = directory / arguments[0]
            self.unsynced_files = {key: file for key, file in self.unsynced_files.items() if file[0] != gone}
        if name == "rename":
            for key, (path, length) in self.unsynced_files.items():
                if path == directory / arguments[0]:
                    self.unsynced_files[key] = (directory / arguments[1], length)

        def take_back():
            for one, copy in before.items():
                _put_back(directory / one, copy)

        self.unsynced_names.append(((status.st_dev, status.st_ino), take_back))


def _copy(path):
    if not os.path.lexists(path):
        return None
    status = path.lstat()
    owner = (status.st_uid, status.st_gid)
    if path.is_symlink():
        return ("link", str(path.readlink()), 0, owner)
    if path.is_dir():
        return ("directory", None, status.st_mode & 0o7777, owner)
    return ("file", path.read_bytes(), status.st_mode & 0o7777, owner)


def _put_back(path, copy):
    if path.is_dir() and not path.is_symlink():
        if copy and copy[0] == "directory":
            return
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()
    if copy is None:
        return
    kind, content, mode, owner = copy
    if kind == "link":
        path.symlink_to(content)
        os.lchown(path, *owner)
        return
    path.mkdir() if kind == "directory" else path.write_bytes(content)
    os.chown(path, *owner)
    path.chmod(mode)


def tree(root):
    """Everything below a directory: kind, content, mode and owner of each path."""
    return {str(path.relative_to(root)): _copy(path) for path in sorted(root.rglob("*"))}


def copy_tree(source, target):
    """The same directory elsewhere, with modes, links and owners."""
    shutil.copytree(source, target, symlinks=True)
    for path in source.rglob("*"):
        status = path.lstat()
        if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            os.lchown(target / path.relative_to(source), status.st_uid, status.st_gid)
            if not path.is_symlink():
                (target / path.relative_to(source)).chmod(status.st_mode & 0o7777)
