"""Story. Idle. What the resident holds and how often it wakes, beside interpreters that hold less and more."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import memory_kib, wakes
from benchmarks.subject import Subject, on_loopback
from benchmarks.table import Aim, Beside, Row
from simulator.gateways import STOP_WITHIN_S

WATCHDOG_S = 120
"""`WatchdogSec=` of kitting-agent.service."""
SPAN_S = 130.0
FIRST_PASS_S = 600.0
"""For the first pass, on a machine that does other things as well."""
BARE = "import signal; signal.pause()"
HOLDING = "import signal, requests, serial, systemd.daemon; signal.pause()"


def idle(_: int, say: Callable[[str], None]) -> list[Row]:
    """The resident between two passes."""
    say(f"the idle resident, for {SPAN_S:.0f} s")
    with (
        on_loopback() as subject,
        resident(subject) as (ours, _manager),
        _process(BARE) as bare,
        _process(HOLDING) as holding,
    ):
        time.sleep(1)
        mine, least, more = (memory_kib(process.pid) for process in (ours, bare, holding))
        before = [wakes(process.pid) for process in (ours, bare, holding)]
        time.sleep(SPAN_S)
        woken = [wakes(process.pid) - old for process, old in zip((ours, bare, holding), before, strict=True)]
    hourly, never, neither = (count * 3600 / SPAN_S for count in woken)
    beside = "floor: a bare interpreter; alternative: one that holds requests, pyserial and systemd"
    return [
        Row("idle, proportional set size", "KiB", mine, least, more, aims=(Aim(1.25, Beside.FLOOR),), note=beside),
        Row(
            "idle, wake-ups an hour",
            "",
            hourly,
            never,
            neither,
            aims=(Aim(120),),
            note=f"voluntary context switches in {SPAN_S:.0f} s: {woken[0]}; the watchdog of the unit wants its beat",
        ),
    ]


@contextmanager
def resident(subject: Subject, watchdog_s: int = WATCHDOG_S) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """The resident after its first pass, as systemd starts it, and the service manager's end of its socket."""
    gateway = subject.gateway
    with (
        tempfile.TemporaryDirectory(prefix="kitting-bench-") as place,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as words,
    ):
        words.bind(str(Path(place) / "notify"))
        environment = os.environ | {
            "NOTIFY_SOCKET": str(Path(place) / "notify"),
            "WATCHDOG_USEC": str(watchdog_s * 10**6),
        }
        with _started(gateway.command("run"), environment) as process:
            words.settimeout(FIRST_PASS_S)
            while not words.recv(4096).startswith(b"STATUS=provisioned"):
                pass
            time.sleep(2)
            words.setblocking(False)
            yield process, words


@contextmanager
def _process(code: str) -> Iterator[subprocess.Popen[bytes]]:
    with _started([sys.executable, "-c", code], dict(os.environ)) as process:
        time.sleep(1)
        yield process


@contextmanager
def _started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(STOP_WITHIN_S)
