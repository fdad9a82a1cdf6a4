"""A program is run to its end within its limits, and nothing of it stays behind."""

import errno
import os
from pathlib import Path

import pytest
from clocks import UntilFile
from waiting import PATIENCE_S, until

from agent.host import programs
from agent.host.programs import Ended, NotEnded, run


def test_code_output_and_errors_are_returned():
    assert run(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"], limit_s=PATIENCE_S) == Ended(3, b"out\n", b"err\n")


def test_a_program_that_a_signal_ended_has_minus_its_number():
    assert run(["/bin/sh", "-c", "kill -TERM $$"], limit_s=PATIENCE_S).code == -15


def test_errors_may_go_into_the_output():
    assert run(["/bin/sh", "-c", "echo a >&2; echo b"], limit_s=PATIENCE_S, joined=True) == Ended(0, b"a\nb\n")


def test_what_is_given_is_read_and_a_program_that_reads_nothing_does_not_hang():
    text = b"x" * 300_000
    assert run(["/bin/cat"], limit_s=PATIENCE_S, given=text).output == text
    assert run(["/bin/true"], limit_s=PATIENCE_S, given=text).code == 0


def test_the_environment_is_whole():
    assert run(["/usr/bin/env"], limit_s=PATIENCE_S, environment={"A": "b"}).output == b"A=b\n"


def test_the_beginning_is_kept_or_the_end(monkeypatch):
    monkeypatch.setattr(programs, "MAX_BYTES", 10)
    words = ["/bin/sh", "-c", "printf 0123456789abcdef"]
    assert run(words, limit_s=PATIENCE_S).output == b"0123456789"
    assert run(words, limit_s=PATIENCE_S, last_bytes=4).output == b"cdef"


def test_a_program_that_does_not_exist_and_an_argument_with_a_nul_byte_are_errors_of_the_system():
    with pytest.raises(FileNotFoundError):
        run(["/nonexistent"], limit_s=PATIENCE_S)
    with pytest.raises(OSError, match="null byte") as caught:
        run(["/bin/echo", "a\0b"], limit_s=PATIENCE_S)
    assert caught.value.errno == errno.EINVAL


def test_at_its_limit_a_program_is_killed_with_all_that_it_started(tmp_path, monkeypatch):
    note, begun = tmp_path / "pid", tmp_path / "begun"
    monkeypatch.setattr(programs, "time", UntilFile(begun))
    with pytest.raises(NotEnded) as caught:
        run(["/bin/sh", "-c", f"sleep 1000 & echo $! >{note}; echo begun; touch {begun}; wait"], limit_s=1)
    assert caught.value.output == b"begun\n"
    pid = int(note.read_text())
    until("the end of the process", lambda: state_of(pid), lambda state: state in {"", "Z"})


def test_the_limit_is_that_of_a_clock():
    with pytest.raises(NotEnded, match=r"not ended within 0\.1 s"):
        run(["/bin/sleep", "1000"], limit_s=0.1)


def test_a_process_left_in_the_background_does_not_hold_up_the_caller(tmp_path):
    note = tmp_path / "pid"
    assert run(["/bin/sh", "-c", f"sleep 1000 & echo $! >{note}; echo done"], limit_s=PATIENCE_S).output == b"done\n"
    os.kill(int(note.read_text()), 9)


def state_of(pid: int) -> str:
    """One letter (proc(5)), Z for a process that its parent has not collected yet; empty for one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
