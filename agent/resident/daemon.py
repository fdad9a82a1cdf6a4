"""Entry point. The resident. It waits, starts each pass as a process of its own, and feeds the watchdog.

The resident lives for years, so it imports the interpreter and three small files. It reads no settings (`kitting-agent
run` checks them and passes what is needed as arguments), parses no input, and opens no network socket. A pass that
crashes, hangs or is killed costs only that pass. The pass writes the time until the next pass into a pipe; where it
wrote nothing, the resident waits longer after each such pass.

With `[modem] wake_by_sms` an SMS listener runs between passes; its exit code 0 starts a pass.

SIGUSR1 starts a pass at once. SIGTERM and SIGINT end the pass and the resident within a second.
"""

from __future__ import annotations

import os
import signal
import sys
from time import monotonic

from agent.host.locks import RESIDENT_LOCK, take
from agent.host.systemd import tell_manager, watchdog_interval_s

FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 3600.0
"""Pauses after passes that wrote no pause: 30 s, 60 s, … up to an hour."""
WORTH_LISTENING_S = 1.0
"""A shorter pause ends before the SMS listener is ready, so no listener is started for it."""
GRACE_S = 0.7
"""Between SIGTERM and SIGKILL for a pass, so that stopping takes less than a second."""

_ENDING = frozenset({signal.SIGTERM, signal.SIGINT})
_AWAITED = _ENDING | {signal.SIGUSR1, signal.SIGCHLD}


class Resident:
    """The state of the resident: at most one pass runs, or the next one is awaited."""

    def __init__(self, command: list[str], limit_s: float, first_s: float, listener: list[str]) -> None:
        self.command = command
        self.least_s = float(listener[0]) if listener else 0.0
        """Least time between the starts of two passes that the SMS listener causes."""
        self.listener = listener[1:]
        self.limit_s = limit_s
        self.first_s = first_s
        self.beat_s = (watchdog_interval_s() or 2 * LONGEST_PAUSE_S) / 2
        self.passes_without_pause = 0
        self.is_wanted_again = False
        self.begun = monotonic()

    def run(self) -> int:
        """Runs passes, one after the other, until a signal ends the resident."""
        tell_manager("READY=1", f"STATUS=the first pass starts in {self.first_s:.0f} s")
        pause_s: float | None = self.first_s
        while pause_s is not None and self._wait(pause_s):
            pause_s = self._run_pass()
        tell_manager("STOPPING=1")
        return os.EX_OK

    def _run_pass(self) -> float | None:
        """Seconds until the next pass is due; None after a signal that ends the resident."""
        self.begun = monotonic()
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        os.set_blocking(reading, False)
        pid = _start([*self.command, "--next-pass-to", str(writing)])
        os.close(writing)
        try:
            if not self._watch(pid):
                return None
            return self._pause_s(_read_pause(reading))
        finally:
            os.close(reading)

    def _watch(self, pid: int) -> bool:
        """Returns when the pass has ended; False after a signal that ends the resident."""
        deadline = monotonic() + self.limit_s
        while True:
            received = self._next_signal(deadline - monotonic())
            if received == signal.SIGUSR1:
                self.is_wanted_again = True  # also where the pass ended at the same moment
            if _has_ended(pid):
                return received not in _ENDING
            if received in _ENDING:
                _end(pid)
                return False
            if monotonic() >= deadline:
                _warn(f"the pass did not end within {self.limit_s:.0f} s and was stopped")
                _end(pid)
                return True

    def _wait(self, pause_s: float) -> bool:
        """Returns when the next pass is due or wanted; False after a signal that ends the resident."""
        if self.is_wanted_again:
            self.is_wanted_again = False
            return True
        until = monotonic() + pause_s
        listener = _start(self.listener) if self.listener and pause_s >= WORTH_LISTENING_S else None
        try:
            while (left_s := until - monotonic()) > 0:
                received = self._next_signal(left_s)
                if received in _ENDING:
                    return False
                if received == signal.SIGUSR1:
                    return True
                if listener and (code := _exit_code(listener)) is not None:
                    listener = None
                    # A storm of messages must not become a storm of passes.
                    until = min(until, max(monotonic(), self.begun + self.least_s)) if code == os.EX_OK else until
        finally:
            if listener:
                _end(listener)
        return True

    def _next_signal(self, limit_s: float) -> int | None:
        """The next signal; None after `limit_s` or after one interval of the watchdog, whichever is shorter."""
        tell_manager("WATCHDOG=1")
        info = signal.sigtimedwait(_AWAITED, max(0.0, min(limit_s, self.beat_s)))
        return info.si_signo if info else None

    def _pause_s(self, written: str) -> float:
        """Seconds that the pass wrote (in milliseconds); where it wrote none, twice as many each time."""
        if written.isdecimal():
            self.passes_without_pause = 0
            return float(written) / 1000
        pause_s = min(FIRST_PAUSE_S * (1 << self.passes_without_pause), LONGEST_PAUSE_S)
        self.passes_without_pause = min(self.passes_without_pause + 1, 16)
        _warn(f"the pass failed unexpectedly; the next one starts in {pause_s:.0f} s")
        tell_manager(f"STATUS=the last pass failed unexpectedly; the next one starts in {pause_s:.0f} s")
        return pause_s


def _read_pause(reading: int) -> str:
    try:
        return os.read(reading, 32).decode("ascii", "replace").strip()
    except BlockingIOError:
        return ""


def _start(command: list[str]) -> int:
    """Starts a process in a process group of its own, in which no signal is blocked; its number."""
    return os.posix_spawn(command[0], command, os.environ, setpgroup=0, setsigmask=())


def _has_ended(pid: int) -> bool:
    return _exit_code(pid) is not None


def _exit_code(pid: int) -> int | None:
    """The exit code of a process, or minus the signal that ended it; None while it runs."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return os.EX_TEMPFAIL
    return os.waitstatus_to_exitcode(status) if ended else None


def _end(pid: int) -> None:
    """Ends a pass and everything that it started: SIGTERM, and after `GRACE_S` SIGKILL."""
    _kill(pid, signal.SIGTERM)
    until = monotonic() + GRACE_S
    while not _has_ended(pid):
        left_s = until - monotonic()
        if left_s <= 0:
            _kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return
        signal.sigtimedwait({signal.SIGCHLD}, left_s)


def _kill(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _warn(text: str) -> None:
    sys.stderr.write(f"<4>kitting-agent: {text}\n" if "JOURNAL_STREAM" in os.environ else f"kitting-agent: {text}\n")
    sys.stderr.flush()


def claim(state: str) -> bool:
    """Makes this process the only resident of a state directory until it ends, and writes its number into the lock.

    A disk that refuses must not end the resident: its passes report that to the SIM while the network works.
    """
    try:
        lock = take(f"{state}/{RESIDENT_LOCK}", 0o644)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except BlockingIOError:
        return False
    except OSError as error:
        _warn(f"{state}/{RESIDENT_LOCK} cannot be written ({error}); the passes go on")
    return True


def main(argv: list[str]) -> int:
    """`agent.resident.daemon STATE LIMIT_S FIRST_S COMMAND… [-- LEAST_S LISTENER…]`; `kitting-agent run` starts it."""
    if len(argv) < 4:  # noqa: PLR2004 (the four words above)
        _warn("this is started by `kitting-agent run`, not by hand")
        return os.EX_USAGE
    state, limit_s, first_s, *rest = argv
    end = rest.index("--") if "--" in rest else len(rest)
    command, listener = rest[:end], rest[end + 1 :]
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    if not claim(state):
        _warn(f"another resident runs in {state}; `kitting-agent reprovision` makes it start a pass")
        return os.EX_TEMPFAIL
    return Resident(command, float(limit_s), float(first_s), listener).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
