"""What does not fit is refused before anything is touched."""

import os
from pathlib import Path

import pytest

from agent.apply.machine.free_space import RESERVE_BYTES, RESERVE_INODES, check_space
from agent.apply.machine.tree import Tree
from agent.apply.planning.nodes import Absent, File, Large
from agent.apply.planning.steps import FileStep
from agent.errors import Code, Failure
from agent.host.durable import Disk, Space
from agent.reasons import DocumentKey

KEY = DocumentKey(("write_files", 0))
BLOCK = 4096
JOURNAL, ONE_FILE = BLOCK, BLOCK
"""A record of one step, and a file of one byte, in whole blocks."""


class FullDisk(Disk):
    """Each directory is on the file system with its number; the last component of its path says which."""

    def __init__(self, free_bytes, free_inodes=None):
        self.free_bytes, self.free_inodes = free_bytes, free_inodes

    def space(self, descriptor):
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        return Space(1 if name == "store" else 2, self.free_bytes, self.free_inodes)


def step(after, before=None):
    return FileStep("/etc/a", before or Absent(), after, KEY)


def check(tmp_path, disk, steps, kept=()):
    for name in ("root/etc", "store"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    store = os.open(tmp_path / "store", os.O_RDONLY)
    try:
        check_space(Tree(tmp_path / "root", disk), steps, dict(kept), store)
    finally:
        os.close(store)


@pytest.mark.parametrize(
    ("steps", "kept", "needed"),
    [
        ([step(File(b"x", 0o644, 0, 0))], {}, ONE_FILE),
        ([step(File(b"x" * (BLOCK + 1), 0o644, 0, 0))], {}, 2 * BLOCK),
        ([step(Large("0" * 64, 10 * BLOCK, 0o644, 0, 0))], {}, 11 * BLOCK),
        ([step(Absent(), Large("0" * 64, 10 * BLOCK, 0o644, 0, 0))], {}, JOURNAL + 11 * BLOCK),
        ([step(Absent())], {"digest": b"x" * 3 * BLOCK}, JOURNAL + 4 * BLOCK),
    ],
)
def test_each_file_system_needs_its_files_and_a_reserve(tmp_path, steps, kept, needed):
    check(tmp_path, FullDisk(needed + RESERVE_BYTES), steps, kept)
    with pytest.raises(Failure, match=f"{needed // 1024} KiB are needed") as caught:
        check(tmp_path, FullDisk(needed + RESERVE_BYTES - 1), steps, kept)
    assert caught.value.code is Code.APPLY_NO_SPACE


def test_a_file_system_with_a_fixed_number_of_files_needs_room_for_them(tmp_path):
    steps = [step(File(b"", 0o644, 0, 0))] * 3
    check(tmp_path, FullDisk(2**40, RESERVE_INODES + 3), steps)
    with pytest.raises(Failure, match="3 files are needed"):
        check(tmp_path, FullDisk(2**40, RESERVE_INODES + 2), steps)
