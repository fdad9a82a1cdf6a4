"""A lock belongs to one process at a time, and ends with it."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from waiting import line_of

from agent.host.locks import RESIDENT_LOCK, held, is_held, resident_pid

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


def test_neither_a_link_nor_a_pipe_is_taken_for_a_lock(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="symbolic"), held(tmp_path / "link"):
        pass
    assert not (tmp_path / "elsewhere").exists()
    assert not is_held(tmp_path / "link")
    assert not is_held(tmp_path / "pipe")


def test_the_resident_is_the_process_that_holds_the_lock_and_wrote_its_number(tmp_path):
    lock = tmp_path / RESIDENT_LOCK
    lock.write_text("123\n")
    assert resident_pid(tmp_path) is None
    with _another_holder(lock):
        assert resident_pid(tmp_path) == 123
        lock.write_text("somebody\n")
        assert resident_pid(tmp_path) is None
