"""A gateway in a temporary directory, whose root half is given effects instead of documents."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from faulty_disk import KILLS, FastDisk, FaultyDisk, Killed, copy_tree, tree

from agent.apply.applying import apply_effects, confirm
from agent.apply.context import ApplyContext
from agent.apply.machine.actor import Recorder
from agent.apply.planning.unit_state import UnitState
from agent.apply.settling import settle
from agent.effects import FetchedFile, WantedEffect, WriteFile
from agent.errors import Code, Failure
from agent.handover.order import Apply, Result
from agent.reasons import DocumentKey
from agent.settings import ApplySettings

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""A file system in memory, where thousands of trees are made and thrown away."""
LARGE = 64
"""Bytes; more are too large for memory in these tests."""
CANARY = b"canary-4711-secret\n"
KEY = DocumentKey(("write_files", 0))


class EffectsGateway:
    """A root with files of its own, and the root half's directories."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.root = place / "root"
        for path, content in {
            "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
            "etc/group": "root:x:0:\n",
            "etc/theirs.conf": "theirs\n",
            "opt/big": "B" * 1000,
            "opt/dir/inside": "inside\n",
        }.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(content)
        (self.root / "opt/link").symlink_to("dir")
        (self.root / "etc/theirs.conf").chmod(0o640)
        (place / "state/fetched").mkdir(parents=True, mode=0o700)
        self.number = 0
        self.actor = Recorder()

    def context(self, disk=None) -> ApplyContext:
        own, state = self.place / "state/apply", self.place / "state"
        return ApplyContext(own, state, ApplySettings(root=self.root), disk or FastDisk(), self.actor, LARGE)

    def fetched(self, content: bytes) -> tuple[str, int]:
        digest = hashlib.sha256(content).hexdigest()
        (self.place / "state/fetched" / digest).write_bytes(content)
        return digest, len(content)

    def order(self, kind=Apply):
        self.number += 1
        more = ("digest", {}, "card") if kind is Apply else ()
        return kind(f"order-{self.number}", *more)

    def becomes(self, wanted, disk=None):
        """Applies and confirms these effects."""
        context = self.context(disk)
        outcome = apply_effects(self.order(), lambda: wanted, context)
        return confirm(context) if outcome.result is Result.UNCONFIRMED else outcome

    @property
    def tree(self):
        return tree(self.root)

    @property
    def records(self) -> bytes:
        """Everything below the state directory."""
        return b"".join(path.read_bytes() for path in (self.place / "state").rglob("*") if path.is_file())

    def ended_anywhere(self, act):
        """Yields after each operation of `act` at which the process was killed or the power cut, once it is settled."""
        for case in self.cut_off_anywhere(act):
            yield settle(self.context()), case

    def cut_off_anywhere(self, act):
        """Yields after each operation of `act` at which the process was killed or the power cut."""
        saved = self.place.with_name("saved")
        copy_tree(self.place, saved)
        clean = FaultyDisk()
        act(self.context(clean))
        for number in range(len(clean.changes)):
            for fault in KILLS:
                shutil.rmtree(self.place)
                copy_tree(saved, self.place)
                with suppress(Killed):
                    act(self.context(FaultyDisk(number, fault)))
                yield number, fault


class Actions:
    """An actor that does nothing, but notes each action; some fail, and at some the process ends."""

    recorded = False

    def __init__(self, *, failing=(), ends_at=(), ran=None, stopped=()):
        self.done, self.failing, self.ends_at, self.ran = [], failing, ends_at, ran
        self.stopped = stopped

    def start_own_units(self):
        return self.stopped

    def unit_states(self, units):
        return dict.fromkeys(units, UnitState("static"))

    def kernel_values(self, names):
        return dict.fromkeys(names, "1")

    def _note(self, how, action):
        self.done.append((how, action))
        if how in self.ends_at:
            raise Killed
        if how in self.failing:
            raise Failure(Code.APPLY_FAILED, "refused", where="it")

    def do(self, action, _because):
        self._note("do", action)
        return self.ran

    def redo(self, action):
        self._note("redo", action)

    def finish(self, action):
        self._note("finish", action)

    def how(self, kind):
        """How each action of this kind was asked for."""
        return [how for how, action in self.done if isinstance(action, kind)]


def file(path, content=b"x\n", mode=0o644, because=KEY, **more):
    return WantedEffect(WriteFile(path, content, mode, "root:root"), because, **more)


def fetched_file(path, digest, size, mode=0o644):
    return WantedEffect(FetchedFile(path, digest, size, mode, "root:root"), KEY)
