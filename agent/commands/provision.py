"""Entry point: one pass as a process of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from agent.errors import Code, Failure
from agent.host.process_entry import bug, print_json, print_lines
from agent.settings import Settings


def provision(arguments: argparse.Namespace, settings: Settings) -> int:
    """One pass; the exit code says what became of it."""
    import gc
    import threading

    gc.disable()  # a pass has ended before garbage matters, and looking for it takes a twentieth of its time
    from agent.host.leaving_root import leave_root
    from agent.metadata import early_connection
    from agent.resident.schedule import pass_limit_s

    threading.excepthook = lambda failed: _show_bug(failed.exc_value)
    _end_within(pass_limit_s(settings))
    make_state_directory(settings.paths.state)
    leave_root(settings)
    transports = early_connection.transports(settings)
    from agent.commands.assembly import one_pass
    from agent.commands.display import pass_lines, pass_values
    from agent.commands.narrator import Narrator
    from agent.resident.pauses import pause_after

    narrator = Narrator(quiet=arguments.json)
    this = one_pass(settings, narrator.tell, transports)
    narrator.conclude(this)
    if arguments.json:
        print_json(pass_values(this))
    else:
        print_lines(pass_lines(this))
    if arguments.next_pass_to is not None:
        _leave_word(arguments.next_pass_to, pause_after(settings, this))
    return this.failure.code.exit_code if this.failure else os.EX_OK


def _end_within(limit_s: float) -> None:
    """A pass always ends: by itself, by SIGTERM, or by this clock. What it left open, the next one settles."""

    def end(number: int, _: object) -> NoReturn:
        sys.exit(os.EX_TEMPFAIL if number == signal.SIGALRM else 128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, limit_s)


def _leave_word(descriptor: int, pause_s: float) -> None:
    try:
        os.write(descriptor, f"{pause_s * 1000:.0f}".encode())
    except OSError as error:
        raise Failure(Code.USAGE, f"--next-pass-to is for the resident: {error.strerror}") from None


def make_state_directory(state: Path) -> None:
    """Makes it, for nobody else to read; raises `state.unwritable`."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(state)) from None


def _show_bug(error: BaseException | None) -> None:
    """One in another thread, which the pass survives."""
    bug("kitting-agent", error or RuntimeError("a thread ended without a word"), as_json=False)
