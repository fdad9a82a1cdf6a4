"""The resident: passes come and go, hang and crash, and it goes on."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

PASS = """#!/bin/sh
# A pass of the test: does what `behave` said when it was counted; $2 is the number of the pipe to the resident.
how=$(cat {state}/behave)
echo x >> {state}/passes
case $how in
    well) printf %s "$(cat {state}/pause_ms)" >&"$2" ;;
    crash) exit 70 ;;
    hang) sleep 600 ;;
    deaf) trap '' TERM; while :; do sleep 0.1; done ;;
esac
"""


EAR = """#!/bin/sh
# What listens at the modem between passes: ends as `hear` says, once that is there.
echo $$ >> {state}/ears
while [ ! -e {state}/hear ]; do sleep 0.02; done
code=$(cat {state}/hear); rm {state}/hear; exit "$code"
"""


class Manager:
    """The service manager's end of sd_notify."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)
        self.said: list[str] = []

    def heard(self) -> list[str]:
        while True:
            try:
                self.said += self.socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self.said


class Bench:
    """A resident, its state directory, and what it tells the manager."""

    def __init__(
        self, tmp_path: Path, limit_s: float, watchdog_s: float, first_s: float, least_s: float | None
    ) -> None:
        self.state = tmp_path
        self.manager = Manager(tmp_path / "notify")
        script = tmp_path / "pass"
        script.write_text(PASS.format(state=tmp_path))
        script.chmod(0o755)
        self.behave("well")
        (tmp_path / "pause_ms").write_text("3600000")
        self.command = [
            sys.executable,
            "-m",
            "agent.resident.daemon",
            str(tmp_path),
            str(limit_s),
            str(first_s),
            str(script),
        ]
        if least_s is not None:
            ear = tmp_path / "ear"
            ear.write_text(EAR.format(state=tmp_path))
            ear.chmod(0o755)
            self.command += ["--", str(least_s), str(ear)]
        self.environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(self.manager.path),
            "WATCHDOG_USEC": str(int(watchdog_s * 1e6)),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def behave(self, how: str) -> None:
        (self.state / "behave").write_text(how)

    def start(self) -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(self.command, env=self.environment, stderr=subprocess.PIPE)
        return self.process

    def passes(self) -> int:
        try:
            return (self.state / "passes").read_text().count("x")
        except FileNotFoundError:
            return 0

    def until(self, condition, what: str) -> None:
        for _ in range(1000):
            if condition():
                return
            time.sleep(0.02)
        pytest.fail(f"never seen: {what}")

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.process.stderr.close()
        return code


@contextmanager
def bench(tmp_path, limit_s=60.0, watchdog_s=60.0, first_s=0.0, least_s=None):
    made = Bench(tmp_path, limit_s, watchdog_s, first_s, least_s)
    made.start()
    made.until(lambda: "READY=1" in made.manager.heard(), "READY=1")
    try:
        yield made
    finally:
        made.stop()
        made.manager.socket.close()


def alive_in_group(marker: str) -> list[str]:
    return [
        path.parent.name
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if marker.encode() in (path.read_bytes() if path.exists() else b"")
    ]


def test_it_is_ready_at_once_and_waits_as_long_as_the_pass_said(tmp_path):
    with bench(tmp_path) as it:
        it.until(lambda: it.passes() == 1 and "READY=1" in it.manager.heard(), "the first pass")
        (tmp_path / "pause_ms").write_text("50")
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() >= 4, "passes every 50 ms")
        assert it.stop() == 0
        assert "STOPPING=1" in it.manager.heard()


def test_a_wish_starts_the_next_pass_at_once(tmp_path):
    with bench(tmp_path) as it:
        it.until(lambda: it.passes() == 1, "the first pass")
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() == 2, "the wished pass")


def test_a_wish_during_a_pass_is_kept_for_its_end(tmp_path):
    with bench(tmp_path, limit_s=1.0) as it:
        it.behave("hang")
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() >= 1, "a pass")
        it.process.send_signal(signal.SIGUSR1)
        it.behave("well")
        it.until(lambda: it.passes() >= 2, "the pass after the hanging one, without the pause that follows a failure")


def ears(it):
    """Process numbers of the listeners so far."""
    file = it.state / "ears"
    return file.read_text().split() if file.exists() else []


def say(it, code):
    (it.state / "hearing").write_text(str(code))
    (it.state / "hearing").rename(it.state / "hear")


def test_a_message_starts_a_pass_and_is_listened_for_again(tmp_path):
    with bench(tmp_path, least_s=0.0) as it:
        it.until(lambda: len(ears(it)) == 1, "the listener after the first pass")
        say(it, 0)
        it.until(lambda: it.passes() == 2 and len(ears(it)) == 2, "the second pass, and a listener again")


def test_a_storm_of_messages_is_no_storm_of_passes(tmp_path):
    with bench(tmp_path, least_s=3600.0) as it:
        it.until(lambda: len(ears(it)) == 1, "the listener")
        say(it, 0)
        it.until(lambda: not Path(f"/proc/{ears(it)[0]}").exists(), "the listener's end")
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() == 2, "a pass that somebody wished")
        assert it.passes() == 2


def test_where_nobody_can_be_listened_to_the_schedule_counts_and_nothing_is_tried_in_a_loop(tmp_path):
    with bench(tmp_path, least_s=0.0) as it:
        it.until(lambda: len(ears(it)) == 1, "the listener")
        say(it, 75)
        it.until(lambda: not Path(f"/proc/{ears(it)[0]}").exists(), "the listener's end")
        it.process.send_signal(signal.SIGUSR1)
        it.until(
            lambda: it.passes() == 2 and len(ears(it)) == 2, "another listener after the next pass, and not before"
        )


def test_no_listener_is_left_behind(tmp_path):
    with bench(tmp_path, least_s=0.0) as it:
        it.until(lambda: len(ears(it)) == 1, "the listener")
        assert it.stop() == 0
        assert not Path(f"/proc/{ears(it)[0]}").exists()


def test_the_port_is_free_while_a_pass_is_at_work(tmp_path):
    with bench(tmp_path, least_s=0.0, limit_s=5.0) as it:
        it.until(lambda: len(ears(it)) == 1, "the listener")
        it.behave("hang")
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() == 2, "a pass at work")
        assert not Path(f"/proc/{ears(it)[0]}").exists()


@pytest.mark.parametrize("how", ["crash", "hang", "deaf"])
def test_a_pass_that_fails_in_any_way_costs_only_that_pass(tmp_path, how):
    with bench(tmp_path, limit_s=0.5) as it:
        it.behave(how)
        it.process.send_signal(signal.SIGUSR1)
        said = "STATUS=the last pass failed unexpectedly"
        it.until(lambda: any(line.startswith(said) for line in it.manager.heard()), "the failure said")
        it.behave("well")
        before = it.passes()
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() > before, "the next pass")
        assert it.stop() == 0


def test_a_pass_that_is_killed_from_outside_costs_only_that_pass(tmp_path):
    with bench(tmp_path) as it:
        it.until(lambda: it.passes() == 1, "the first pass")
        it.behave("hang")
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() == 2 and alive_in_group(f"{tmp_path}/pass"), "the hanging pass")
        for pid in alive_in_group(f"{tmp_path}/pass"):
            if int(pid) != it.process.pid:
                os.killpg(int(pid), signal.SIGKILL)
        it.until(lambda: any("failed unexpectedly" in line for line in it.manager.heard()), "the failure said")
        assert it.process.poll() is None


def test_the_watchdog_is_fed_while_a_pass_hangs(tmp_path):
    with bench(tmp_path, limit_s=600, watchdog_s=0.2) as it:
        it.behave("hang")
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() >= 1, "the hanging pass")
        fed = it.manager.heard().count("WATCHDOG=1")
        it.until(lambda: it.manager.heard().count("WATCHDOG=1") > fed + 5, "the watchdog fed")


@pytest.mark.parametrize("how", ["well", "hang", "deaf"])
def test_it_ends_cleanly_and_takes_the_pass_with_it(tmp_path, how):
    with bench(tmp_path) as it:
        it.behave(how)
        it.until(lambda: it.passes() >= 1, "a pass")
        assert it.stop() == 0
        assert alive_in_group(f"{tmp_path}/pass") == []


def test_a_device_that_is_done_waits_after_a_boot_and_still_hears_a_wish(tmp_path):
    with bench(tmp_path, first_s=3600.0) as it:
        it.until(lambda: "STATUS=the first pass starts in 3600 s" in it.manager.heard(), "the pause")
        assert it.passes() == 0
        it.process.send_signal(signal.SIGUSR1)
        it.until(lambda: it.passes() == 1, "a pass")


def test_a_second_resident_is_refused(tmp_path):
    with bench(tmp_path) as it:
        it.until(lambda: it.passes() == 1, "the first pass")
        second = subprocess.run(it.command, env=it.environment, capture_output=True, text=True, check=False)
        assert second.returncode == os.EX_TEMPFAIL
        assert "another resident" in second.stderr
        assert (tmp_path / "resident.lock").read_text() == f"{it.process.pid}\n"


def test_it_is_not_started_by_hand():
    done = subprocess.run([sys.executable, "-m", "agent.resident.daemon"], capture_output=True, text=True, check=False)
    assert done.returncode == os.EX_USAGE
    assert "kitting-agent run" in done.stderr


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
        "agent.host.locks",
        "agent.host.systemd",
        "agent.resident",
        "agent.resident.daemon",
    ]
    assert done.stdout.split() == of_ours
