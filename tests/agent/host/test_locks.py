"""A lock belongs to one process at a time, and ends with it."""

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from waiting import exit_of, line_of

from agent.host.locks import RESIDENT_LOCK, has_resident, held, is_held, resident_pid, wake_resident

HOLDER = """
import sys, time
from agent.host.locks import held
with held(sys.argv[1]):
    print("held", flush=True)
    time.sleep(1000)
"""


@contextmanager
def _another_holder(path):
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert line_of(process.stdout) == "held\n"
        yield process
        process.send_signal(signal.SIGKILL)


def test_a_second_holder_is_refused_and_the_lock_ends_with_its_process(tmp_path):
    path = tmp_path / "lock"
    assert not is_held(path)
    with _another_holder(path):
        assert is_held(path)
        with pytest.raises(BlockingIOError), held(path):
            pass
    assert not is_held(path)
    with held(path):
        pass


@pytest.mark.parametrize("make", ["link", "second name", "pipe", "directory"])
def test_what_is_no_lock_is_moved_aside_and_left_as_it_was(tmp_path, make):
    victim, lock = tmp_path / "elsewhere", tmp_path / "lock"
    victim.write_text("kept")
    {"link": lock.symlink_to, "second name": lock.hardlink_to}.get(make, lambda _: None)(victim)
    {"pipe": os.mkfifo, "directory": os.mkdir}.get(make, lambda _: None)(lock)
    assert not is_held(lock)
    with held(lock) as descriptor:
        os.pwrite(descriptor, b"1234", 0)
    assert (victim.read_text(), lock.read_text()) == ("kept", "1234")
    assert os.path.lexists(tmp_path / "lock.damaged")


def test_the_resident_is_the_process_that_holds_the_lock_and_wrote_its_number(tmp_path):
    lock = tmp_path / RESIDENT_LOCK
    lock.write_text("123\n")
    assert (has_resident(tmp_path), resident_pid(tmp_path)) == (False, None)
    with _another_holder(lock) as holder:
        lock.write_text(f"{holder.pid}\n")
        assert (has_resident(tmp_path), resident_pid(tmp_path)) == (True, holder.pid)


@pytest.mark.parametrize("text", ["somebody", "", "0", "1", "-1", "9" * 31, "4194305", "999999"])
def test_a_number_that_is_no_process_is_no_resident(tmp_path, text):
    lock = tmp_path / RESIDENT_LOCK
    with _another_holder(lock):
        lock.write_text(text)
        assert (has_resident(tmp_path), resident_pid(tmp_path), wake_resident(tmp_path)) == (True, None, None)


def test_the_resident_is_woken(tmp_path):
    with _another_holder(tmp_path / RESIDENT_LOCK) as holder:
        (tmp_path / RESIDENT_LOCK).write_text(f"{holder.pid}")
        assert wake_resident(tmp_path) == holder.pid
        assert exit_of(holder) == -signal.SIGUSR1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to lose to another user")
def test_a_process_of_another_user_than_the_directorys_owner_is_not_signalled(tmp_path):
    with _another_holder(tmp_path / RESIDENT_LOCK) as holder:
        (tmp_path / RESIDENT_LOCK).write_text(f"{holder.pid}")
        os.chown(tmp_path, 65534, 65534)
        assert (resident_pid(tmp_path), wake_resident(tmp_path)) == (None, None)
        assert holder.poll() is None


def test_a_pipe_whose_writer_is_silent_is_no_resident(tmp_path):
    os.mkfifo(tmp_path / RESIDENT_LOCK)
    descriptor = os.open(tmp_path / RESIDENT_LOCK, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    assert (has_resident(tmp_path), resident_pid(tmp_path)) == (False, None)
    os.close(descriptor)
