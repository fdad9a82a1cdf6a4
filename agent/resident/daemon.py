"""Entry point: the resident. Waits, starts each pass as a process of its own, feeds the watchdog.

It stays as small as an interpreter can be: it reads no settings (`kitting-agent run` checks them and passes what is
needed as arguments), parses nothing, and opens no network socket. A pass that crashes, hangs or is killed costs that
pass. When the next pass is due, the pass itself says through a pipe; where it could not, the resident waits longer and
longer by itself.

Where it is told to, it has a process listen at the modem between passes; that one ends with 0 where a pass is wanted.

SIGUSR1 starts a pass at once. SIGTERM and SIGINT end the pass and the resident within a second.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from time import monotonic

from agent import RESIDENT_LOCK
from agent.host.systemd import tell_manager, watchdog_interval_s

FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 3600.0
"""Waits after passes that left no word: 30 s, 60 s, … up to an hour."""
WORTH_LISTENING_S = 1.0
"""A pause shorter than this is over before anybody listens."""
GRACE_S = 0.7
"""Between SIGTERM and SIGKILL for a pass, so that stopping stays within a second."""

_ENDING = frozenset({signal.SIGTERM, signal.SIGINT})
_HEARD = _ENDING | {signal.SIGUSR1, signal.SIGCHLD}


class Resident:
    """The one process that stays: at most one pass under way, or a moment for the next."""

    def __init__(self, command: list[str], limit_s: float, first_s: float, listener: list[str]) -> None:
        self.command = command
        self.least_s = float(listener[0]) if listener else 0.0
        """Between the beginnings of passes that the listener asks for."""
        self.listener = listener[1:]
        self.limit_s = limit_s
        self.first_s = first_s
        self.beat_s = (watchdog_interval_s() or 2 * LONGEST_PAUSE_S) / 2
        self.silent_passes = 0
        self.wanted_again = False
        self.begun = monotonic()

    def run(self) -> int:
        """Passes, one after the other, until told to end."""
        tell_manager("READY=1", f"STATUS=the first pass starts in {self.first_s:.0f} s")
        pause_s: float | None = self.first_s
        while pause_s is not None and self._wait(pause_s):
            pause_s = self._one_pass()
        tell_manager("STOPPING=1")
        return os.EX_OK

    def _one_pass(self) -> float | None:
        """Seconds until the next pass is due; None when told to end."""
        self.begun = monotonic()
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        os.set_blocking(reading, False)
        pid = _started([*self.command, "--next-pass-to", str(writing)])
        os.close(writing)
        try:
            if not self._watch(pid):
                return None
            return self._pause_s(_word(reading))
        finally:
            os.close(reading)

    def _watch(self, pid: int) -> bool:
        """Until the pass has ended; False when told to end."""
        deadline = monotonic() + self.limit_s
        while True:
            heard = self._hear(deadline - monotonic())
            if _has_ended(pid):
                return heard not in _ENDING
            if heard in _ENDING:
                _end(pid)
                return False
            if heard == signal.SIGUSR1:
                self.wanted_again = True
            if monotonic() >= deadline:
                _say(f"the pass did not end within {self.limit_s:.0f} s and was stopped")
                _end(pid)
                return True

    def _wait(self, pause_s: float) -> bool:
        """Until the next pass is due or wanted; False when told to end."""
        if self.wanted_again:
            self.wanted_again = False
            return True
        until = monotonic() + pause_s
        ear = _started(self.listener) if self.listener and pause_s >= WORTH_LISTENING_S else None
        try:
            while (left_s := until - monotonic()) > 0:
                heard = self._hear(left_s)
                if heard in _ENDING:
                    return False
                if heard == signal.SIGUSR1:
                    return True
                if ear and (code := _exit_code(ear)) is not None:
                    ear = None
                    # A storm of messages must not become a storm of passes.
                    until = min(until, max(monotonic(), self.begun + self.least_s)) if code == os.EX_OK else until
        finally:
            if ear:
                _end(ear)
        return True

    def _hear(self, limit_s: float) -> int | None:
        """The next signal, or None after `limit_s` or a beat of the watchdog, whichever is first."""
        tell_manager("WATCHDOG=1")
        info = signal.sigtimedwait(_HEARD, max(0.0, min(limit_s, self.beat_s)))
        return info.si_signo if info else None

    def _pause_s(self, word: str) -> float:
        """What the pass said, else longer and longer."""
        if word.isdecimal():
            self.silent_passes = 0
            return float(word) / 1000
        pause_s = min(FIRST_PAUSE_S * (1 << self.silent_passes), LONGEST_PAUSE_S)
        self.silent_passes = min(self.silent_passes + 1, 16)
        _say(f"the pass left no word; the next one starts in {pause_s:.0f} s")
        tell_manager(f"STATUS=the last pass failed unexpectedly; the next one starts in {pause_s:.0f} s")
        return pause_s


def _word(reading: int) -> str:
    try:
        return os.read(reading, 32).decode("ascii", "replace").strip()
    except BlockingIOError:
        return ""


def _started(command: list[str]) -> int:
    """A process with a group of its own, in which no signal is blocked."""
    return os.posix_spawn(command[0], command, os.environ, setpgroup=0, setsigmask=())


def _has_ended(pid: int) -> bool:
    return _exit_code(pid) is not None


def _exit_code(pid: int) -> int | None:
    """How a process ended; None where it has not."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return os.EX_TEMPFAIL
    return os.waitstatus_to_exitcode(status) if ended else None


def _end(pid: int) -> None:
    """SIGTERM, a moment of grace, SIGKILL: for the pass and all that it started."""
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


def _say(text: str) -> None:
    sys.stderr.write(f"<4>kitting-agent: {text}\n" if "JOURNAL_STREAM" in os.environ else f"kitting-agent: {text}\n")
    sys.stderr.flush()


def claim(state: str) -> bool:
    """Makes this process the only resident of a state directory, and leaves its number there; kept until it ends."""
    lock = os.open(f"{state}/{RESIDENT_LOCK}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return True


def main(argv: list[str]) -> int:
    """`agent.resident.daemon STATE LIMIT_S FIRST_S COMMAND… [-- LEAST_S LISTENER…]`; started by `kitting-agent run`."""
    if len(argv) < 4:  # noqa: PLR2004 (the four words above)
        _say("started by `kitting-agent run`, not by hand")
        return os.EX_USAGE
    state, limit_s, first_s, *rest = argv
    end = rest.index("--") if "--" in rest else len(rest)
    command, listener = rest[:end], rest[end + 1 :]
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
    if not claim(state):
        _say(f"another resident is at work in {state}; kitting-agent reprovision makes it start a pass")
        return os.EX_TEMPFAIL
    return Resident(command, float(limit_s), float(first_s), listener).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
