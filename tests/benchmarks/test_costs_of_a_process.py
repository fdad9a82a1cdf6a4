"""What a program costs is what it costs, not what whoever measures it does; and how often the resident wakes."""

import signal
import sys
from contextlib import suppress
from pathlib import Path

from waiting import PATIENCE_S, until

from benchmarks.idle import resident
from benchmarks.processes import cost_of, together, wakes
from benchmarks.subject import on_loopback
from benchmarks.tun_link import payload_bytes


def test_the_peak_of_a_small_program_is_not_that_of_whoever_starts_it():
    ballast = bytearray(64 * 2**20)
    ballast[::4096] = b"x" * len(ballast[::4096])
    assert cost_of([sys.executable, "-S", "-c", "pass"]).peak_kib < 32 * 2**10


def test_children_count_as_well():
    small = cost_of(["sh", "-c", "exit 0"])
    big = cost_of(["sh", "-c", f"{sys.executable} -c 'b = bytearray(64 * 2**20); b[::4096] = b[::4096]'; exit 0"])
    assert big.peak_kib > small.peak_kib + 32 * 2**10
    assert together(small, big).peak_kib == big.peak_kib


def test_the_resident_wakes_for_its_watchdog_and_for_nothing_else():
    with on_loopback() as subject, resident(subject, watchdog_s=1) as (process, manager):
        stop_and_count(process, manager)
        before, beats = wakes(process.pid), 0
        process.send_signal(signal.SIGCONT)
        manager.settimeout(PATIENCE_S)
        while beats < 8:
            beats += manager.recv(4096) == b"WATCHDOG=1"
        beats += stop_and_count(process, manager)
        assert abs(wakes(process.pid) - before - beats) <= 3, "the two stops are wakes as well"
        process.send_signal(signal.SIGCONT)


def stop_and_count(process, manager):
    """Stops the resident; how many beats it had sent that nobody has read."""
    process.send_signal(signal.SIGSTOP)
    until("the stop", lambda: Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0], is_stopped)
    manager.setblocking(False)
    beats = 0
    with suppress(BlockingIOError):
        while True:
            beats += manager.recv(4096) == b"WATCHDOG=1"
    return beats


def is_stopped(state):
    return state == "T"


def test_the_link_knows_what_a_packet_carries():
    tcp = bytes([0x45, *[0] * 8, 6, *[0] * 10]) + bytes([*[0] * 12, 0x80, *[0] * 19]) + b"payload"
    udp = bytes([0x45, *[0] * 8, 17, *[0] * 10]) + bytes(8) + b"ask"
    assert (payload_bytes(tcp), payload_bytes(udp)) == (7, 3)
