"""The resident: passes come and go, hang and crash, and it goes on."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from waiting import PATIENCE_S, exit_of, joined, until

PASS = """#!/bin/sh
# A pass of the test: does what `behave` said when it was counted; $2 is the number of the pipe to the resident.
how=$(cat {state}/behave)
echo $$ >> {state}/passes
case $how in
    well) printf %s "$(cat {state}/pause_ms)" >&"$2" ;;
    held) while [ ! -e {state}/go ]; do sleep 0.02; done; printf %s "$(cat {state}/pause_ms)" >&"$2" ;;
    crash) exit 70 ;;
    hang) sleep 600 ;;
    deaf) trap '' TERM; while :; do sleep 0.1; done ;;
esac
"""


LISTENER = """#!/bin/sh
# The process that listens at the modem between passes: ends with the code in `ends`, once that file is there.
echo $$ >> {state}/listeners
while [ ! -e {state}/ends ]; do sleep 0.02; done
code=$(cat {state}/ends); rm {state}/ends; exit "$code"
"""
FAILED = "STATUS=the last pass failed unexpectedly"


class Manager:
    """The service manager's end of sd_notify. Reads at once, since a full socket would hold up the resident."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[str] = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.reading = threading.Thread(target=self.read, name="the manager")
        self.reading.start()

    def read(self) -> None:
        while lines := self.socket.recv(4096).decode().splitlines():
            self.heard += lines

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", str(self.path))
        joined(self.reading)
        self.socket.close()


class Host:
    """A resident, its state directory, and what it sends to the manager."""

    def __init__(
        self, tmp_path: Path, limit_s: float, watchdog_s: float, first_s: float, least_s: float | None
    ) -> None:
        self.state = tmp_path
        self.manager = Manager(tmp_path / "notify")
        self.put("pause_ms", "3600000")
        times = [str(limit_s), str(first_s)]
        self.command = [sys.executable, "-m", "agent.resident.daemon", str(tmp_path), *times, self.program(PASS)]
        if least_s is not None:
            self.command += ["--", str(least_s), self.program(LISTENER)]
        self.environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(self.manager.path),
            "WATCHDOG_USEC": str(int(watchdog_s * 1e6)),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def program(self, text: str) -> str:
        """Makes one of the two programs that the resident starts; its path."""
        path = self.state / ("pass" if text is PASS else "listener")
        path.write_text(text.format(state=self.state))
        path.chmod(0o755)
        return str(path)

    def put(self, name: str, text: str) -> None:
        """Writes a file that a program finds whole or not at all."""
        (self.state / f"{name}.new").write_text(text)
        (self.state / f"{name}.new").rename(self.state / name)

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, env=self.environment, stderr=subprocess.PIPE)

    def wish(self) -> None:
        self.process.send_signal(signal.SIGUSR1)

    def passes(self) -> list[int]:
        """Process groups of the passes so far."""
        return self.numbers("passes")

    def listeners(self) -> list[int]:
        """Process groups of the listeners so far."""
        return self.numbers("listeners")

    def numbers(self, name: str) -> list[int]:
        file = self.state / name
        return [int(line) for line in file.read_text().splitlines()] if file.exists() else []

    def sees(self, what: str, look, holds=bool):
        """Waits for something that the resident does."""
        return until(what, look, holds, process=self.process)

    def sees_passes(self, count: int) -> list[int]:
        return self.sees(f"pass number {count}", self.passes, lambda passes: len(passes) >= count)

    def sees_listeners(self, count: int) -> list[int]:
        return self.sees(f"listener number {count}", self.listeners, lambda listeners: len(listeners) >= count)

    def sees_the_end_of(self, group: int) -> None:
        self.sees(f"the end of process group {group}", lambda: alive(group), lambda left: left == [])

    def hears(self, beginning: str) -> None:
        """Waits for a line that the resident sends to the manager."""
        self.sees(
            beginning,
            lambda: list(self.manager.heard),
            lambda output: any(line.startswith(beginning) for line in output),
        )

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = exit_of(self.process)
        self.process.stderr.close()
        return code


@contextmanager
def resident(tmp_path, how="well", *, limit_s=PATIENCE_S, watchdog_s=2 * PATIENCE_S, first_s=0.0, least_s=None):
    host = Host(tmp_path, limit_s, watchdog_s, first_s, least_s)
    host.put("behave", how)
    host.start()
    try:
        host.hears("READY=1")
        yield host
    finally:
        host.stop()
        host.manager.close()


def alive(group: int) -> list[int]:
    """The processes of a group that still run."""
    processes = [process_at(path) for path in Path("/proc").glob("[0-9]*/stat")]
    return [pid for pid, state, its_group in processes if its_group == group and state != "Z"]


def process_at(path: Path) -> tuple[int, str, int]:
    """Number, state and group of a process (proc(5)); zeros for one that has ended."""
    try:
        text = path.read_text()
    except OSError:
        return 0, "", 0
    state, _, group = text.rpartition(") ")[2].split()[:3]
    return int(path.parent.name), state, int(group)


def test_it_is_ready_at_once_and_waits_as_long_as_the_pass_wrote(tmp_path):
    with resident(tmp_path) as host:
        host.sees_passes(1)
        host.put("pause_ms", "50")
        host.wish()
        host.sees_passes(4)
        assert host.stop() == 0
        assert "STOPPING=1" in host.manager.heard


def test_a_wish_starts_the_next_pass_at_once(tmp_path):
    with resident(tmp_path) as host:
        host.sees_passes(1)
        host.wish()
        host.sees_passes(2)


def test_a_wish_during_a_pass_is_kept_for_its_end(tmp_path):
    with resident(tmp_path, "held") as host:
        host.sees_passes(1)
        host.wish()
        host.put("go", "")
        host.sees_passes(2)


def test_a_wish_at_the_end_of_a_pass_is_kept(tmp_path):
    """The resident finds both signals at one moment."""
    with resident(tmp_path, "held") as host:
        (group,) = host.sees_passes(1)
        host.process.send_signal(signal.SIGSTOP)
        host.put("go", "")
        host.sees_the_end_of(group)
        host.wish()
        host.process.send_signal(signal.SIGCONT)
        host.sees_passes(2)


def test_a_message_starts_a_pass_and_is_listened_for_again(tmp_path):
    with resident(tmp_path, least_s=0.0) as host:
        host.sees_listeners(1)
        host.put("ends", "0")
        host.sees_passes(2)
        host.sees_listeners(2)


def test_a_storm_of_messages_is_no_storm_of_passes(tmp_path):
    with resident(tmp_path, least_s=3600.0) as host:
        (listener,) = host.sees_listeners(1)
        host.put("ends", "0")
        host.sees_the_end_of(listener)
        host.wish()
        assert len(host.sees_passes(2)) == 2


def test_without_a_modem_to_listen_at_the_schedule_counts_and_nothing_is_tried_in_a_loop(tmp_path):
    with resident(tmp_path, least_s=0.0) as host:
        (listener,) = host.sees_listeners(1)
        host.put("ends", "75")
        host.sees_the_end_of(listener)
        host.wish()
        host.sees_listeners(2)
        assert len(host.passes()) == 2


def test_no_listener_is_left_behind(tmp_path):
    with resident(tmp_path, least_s=0.0) as host:
        (listener,) = host.sees_listeners(1)
        assert host.stop() == 0
        until("the end of the listener", lambda: alive(listener), lambda left: left == [])


def test_the_port_is_free_while_a_pass_is_at_work(tmp_path):
    with resident(tmp_path, least_s=0.0) as host:
        (listener,) = host.sees_listeners(1)
        host.put("behave", "hang")
        host.wish()
        host.sees_passes(2)
        assert listener not in alive(listener)


@pytest.mark.parametrize(("how", "limit_s"), [("crash", PATIENCE_S), ("hang", 0.5), ("deaf", 0.5)])
def test_a_pass_that_fails_in_any_way_costs_only_that_pass(tmp_path, how, limit_s):
    with resident(tmp_path, how, limit_s=limit_s) as host:
        host.hears(FAILED)
        before = len(host.passes())
        host.put("behave", "well")

        def wished() -> list[int]:
            host.wish()  # again and again: the limit ends a pass that a slow machine has not begun by then
            return host.passes()

        host.sees("the next pass", wished, lambda passes: len(passes) > before)
        assert host.stop() == 0


def test_a_pass_that_is_killed_from_outside_costs_only_that_pass(tmp_path):
    with resident(tmp_path, "hang") as host:
        (group,) = host.sees_passes(1)
        os.killpg(group, signal.SIGKILL)
        host.hears(FAILED)
        assert host.process.poll() is None


def test_the_watchdog_is_fed_while_a_pass_hangs(tmp_path):
    with resident(tmp_path, "hang", watchdog_s=0.2) as host:
        host.sees_passes(1)
        fed = host.manager.heard.count("WATCHDOG=1")
        host.sees("five beats", lambda: host.manager.heard.count("WATCHDOG=1"), lambda count: count > fed + 5)


@pytest.mark.parametrize("how", ["well", "hang", "deaf"])
def test_it_ends_cleanly_and_takes_the_pass_with_it(tmp_path, how):
    with resident(tmp_path, how) as host:
        (group,) = host.sees_passes(1)
        assert host.stop() == 0
        until("the end of all that the pass started", lambda: alive(group), lambda left: left == [])


def test_a_device_that_is_done_waits_after_a_boot_and_still_hears_a_wish(tmp_path):
    with resident(tmp_path, first_s=3600.0) as host:
        host.hears("STATUS=the first pass starts in 3600 s")
        assert host.passes() == []
        host.wish()
        host.sees_passes(1)


def test_a_second_resident_is_refused(tmp_path):
    with resident(tmp_path) as host:
        host.sees_passes(1)
        second = subprocess.run(host.command, env=host.environment, capture_output=True, text=True, check=False)
        assert second.returncode == os.EX_TEMPFAIL
        assert "another resident" in second.stderr
        assert (tmp_path / "resident.lock").read_text() == f"{host.process.pid}\n"


def test_it_is_not_started_by_hand():
    done = subprocess.run([sys.executable, "-m", "agent.resident.daemon"], capture_output=True, text=True, check=False)
    assert done.returncode == os.EX_USAGE
    assert "kitting-agent run" in done.stderr


@pytest.mark.usefixtures("unmeasured")
def test_it_imports_nothing_but_the_interpreter_and_its_own_few_lines():
    heavy = [
        "agent",
        "argparse",
        "dataclasses",
        "json",
        "requests",
        "serial",
        "subprocess",
        "systemd",
        "threading",
        "yaml",
    ]
    code = f"import sys, agent.resident.daemon; print(*sorted(n for n in sys.modules if n.split('.')[0] in {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    of_ours = [
        "agent",
        "agent.host",
        "agent.host.foreign_files",
        "agent.host.locks",
        "agent.host.systemd",
        "agent.resident",
        "agent.resident.daemon",
    ]
    assert done.stdout.split() == of_ours
