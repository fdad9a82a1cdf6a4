"""A file is there whole or not at all."""

import fcntl
import hashlib
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from agent.host import durable
from agent.host.durable import Disk, put_by_copy, temporary_name, write_durably
from agent.host.foreign_files import read_bounded, write_until_boot


def test_what_was_written_is_read_back(tmp_path):
    write_durably(tmp_path / "state", b"one")
    write_durably(tmp_path / "state", b"two")
    assert read_bounded(tmp_path / "state", 3) == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_the_mode_is_exactly_the_one_that_was_asked_for(tmp_path, mode):
    write_durably(tmp_path / "state", b"", mode)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == mode


def test_a_file_that_cannot_be_synced_leaves_the_old_one_and_nothing_beside_it(tmp_path, monkeypatch):
    write_durably(tmp_path / "state", b"old")

    def refuse(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable.os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_durably(tmp_path / "state", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert (tmp_path / "state").read_bytes() == b"old"


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"kept")
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    write_durably(tmp_path / "state", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"kept"
    assert read_bounded(tmp_path / "state", 10) == b"new"


def test_a_file_that_is_too_large_is_refused(tmp_path):
    (tmp_path / "state").write_bytes(b"four")
    with pytest.raises(OSError, match="larger than 3 bytes"):
        read_bounded(tmp_path / "state", 3)


def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "state")
    with pytest.raises(OSError, match="not a regular file"):
        read_bounded(tmp_path / "state", 3)


def test_a_link_is_not_read(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"secret")
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="not a regular file"):
        read_bounded(tmp_path / "state", 10)


@pytest.mark.parametrize("write", [write_durably, write_until_boot])
@pytest.mark.parametrize("names", [["state"], [temporary_name("state"), "state.new"]])
def test_directories_at_the_names_that_are_written_are_moved_aside(tmp_path, write, names):
    for name in names:
        (tmp_path / name / "full").mkdir(parents=True)
    write(tmp_path / "state", b"new")
    assert read_bounded(tmp_path / "state", 3) == b"new"


@pytest.mark.parametrize("write", [write_durably, write_until_boot])
@pytest.mark.parametrize("make", [os.symlink, os.link])
def test_what_waits_at_the_next_name_is_not_written_into(tmp_path, write, make):
    (tmp_path / "elsewhere").write_bytes(b"kept")
    for name in (temporary_name("state"), "state.new", "state"):
        make(tmp_path / "elsewhere", tmp_path / name)
    write(tmp_path / "state", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"kept"
    assert (tmp_path / "state").read_bytes() == b"new"


def test_a_directory_that_another_process_keeps_locked_is_a_failure_in_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(durable, "LOCK_LIMIT_S", 0)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    with pytest.raises(OSError, match="keeps the directory locked"):
        write_durably(tmp_path / "state", b"new")
    os.close(descriptor)
    write_durably(tmp_path / "state", b"new")


def test_what_another_process_goes_on_adding_to_a_file_is_not_copied(tmp_path):
    (tmp_path / "source").write_bytes(b"some")
    growing = Growing()
    at, source = growing.open_root(tmp_path), os.open(tmp_path / "source", os.O_RDWR)
    digest = hashlib.sha256(b"some").hexdigest()
    put_by_copy(growing, at, "copy", source, digest, mode=0o600)
    assert (tmp_path / "copy").read_bytes() == b"some"


class Growing(Disk):
    """A disk on which each read is followed by something more."""

    def read(self, descriptor, max_bytes):
        data = super().read(descriptor, max_bytes)
        os.write(descriptor, b"more")
        os.lseek(descriptor, -4, os.SEEK_CUR)
        return data


def test_a_file_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_bounded(tmp_path / "state", 3)


def test_what_a_power_cut_left_of_an_earlier_try_is_written_over(tmp_path):
    (tmp_path / temporary_name("state")).write_bytes(b"half of somethi")
    write_durably(tmp_path / "state", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert read_bounded(tmp_path / "state", 10) == b"whole"


@pytest.mark.parametrize("name", ["a" * 255, "値" * 85])
def test_the_longest_name_can_be_written(tmp_path, name):
    write_durably(tmp_path / name, b"whole")
    assert read_bounded(tmp_path / name, 10) == b"whole"


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from agent.host.foreign_files import read_bounded
os.setuid(65534)
print(read_bounded(Path(sys.argv[1]), 9))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_file_is_read_in_a_directory_that_may_only_be_passed_through():
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        Path(made).chmod(0o711)
        (Path(made) / "said").write_text("x")
        command = [sys.executable, "-c", READ_AS_NOBODY, f"{made}/said"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "b'x'\n", done.stderr
