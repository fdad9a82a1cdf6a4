"""Entry point. `provision`: one pass, as a process of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from agent.errors import Code, Failure, text_of
from agent.host.process_entry import bug, print_json, print_lines
from agent.provision.state_file import disk_refusal, make_directory, pass_lock, remembered_now
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.commands.assembly import Show
    from agent.metadata.tcp_transport import Transport
    from agent.provision.pass_result import PassResult


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Makes one pass; the exit code is that of its failure."""
    import gc
    import threading

    gc.disable()  # a pass ends before garbage matters, and garbage collection takes a twentieth of the time of a pass
    from agent.host.leaving_root import leave_root
    from agent.metadata import early_connection
    from agent.provision.state_file import STATE
    from agent.resident.schedule import pass_limit_s

    threading.excepthook = lambda failed: _show_bug(failed.exc_value)
    _end_within(pass_limit_s(settings))
    with suppress(Failure):  # `make_pass` finds out whether the disk refuses, and reports it
        make_directory(settings.paths.state)
    leave_root(settings)
    is_first_pass = not os.path.exists(settings.paths.state / STATE)  # noqa: PTH110 (False where it may not be looked at)
    transports = early_connection.transports(settings, arguments.begun, is_first_pass=is_first_pass)
    from agent.commands.display.pass_result import pass_lines, pass_values
    from agent.commands.progress import Progress
    from agent.resident.pauses import pause_after

    progress = Progress(quiet=arguments.json)
    result = make_pass(settings, progress.show, transports, arguments.config)
    progress.conclude(result)
    if arguments.json:
        print_json(pass_values(result))
    else:
        print_lines(pass_lines(result))
    if arguments.next_pass_to is not None:
        _write_pause(arguments.next_pass_to, pause_after(settings, result))
    return result.failure.code.exit_code if result.failure else os.EX_OK


def make_pass(
    settings: Settings, show: Show, transports: Sequence[Transport] = (), config: Path | None = None
) -> PassResult:
    """Makes one pass, the only one on this device.

    `transports` are connections to the service that have begun; `config` is the settings file that was named.
    """
    from agent.commands.assembly import edges_of
    from agent.metadata.subscriber_service import MetadataService
    from agent.provision.pass_request import PassRequest, take_pass_request, with_request
    from agent.provision.poll import may_be_quiet
    from agent.provision.provisioning import provision
    from agent.resident.pauses import write_down
    from agent.upkeep import panel

    state = settings.paths.state
    refusal = disk_refusal(state)
    with pass_lock(state, refusal), MetadataService(settings.metadata, transports) as service:
        remembered, damage = remembered_now(settings)
        panel.show_start(remembered.state, remembered.imei)
        request = None if refusal else take_pass_request(state)
        edges = edges_of(settings, service, show, config)
        adopt = request is PassRequest.ADOPT
        notices = tuple(each for each in (refusal, damage) if each)
        result = provision(settings, edges, with_request(remembered, request), adopt=adopt, notices=notices)
        write_down(settings, service, quiet=result.is_quiet)
        if may_be_quiet(result.remembered):
            from agent.commands.next_poll import leave_poll_note

            leave_poll_note(settings, config, result.remembered)
    return result


def _end_within(limit_s: float) -> None:
    """Ends the process after this time and on SIGTERM; an order that it leaves open is settled by the next pass."""

    def end(number: int, _: object) -> NoReturn:
        sys.exit(os.EX_TEMPFAIL if number == signal.SIGALRM else 128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, limit_s)


def _write_pause(descriptor: int, pause_s: float) -> None:
    """Writes the pause until the next pass to the resident's pipe, in milliseconds."""
    try:
        os.write(descriptor, f"{pause_s * 1000:.0f}".encode())
    except OSError as error:
        raise Failure(Code.USAGE, f"--next-pass-to is for the resident: {text_of(error)}") from None


def _show_bug(error: BaseException | None) -> None:
    """Shows a bug of another thread; the pass goes on."""
    bug("kitting-agent", error or RuntimeError("a thread ended with an unknown error"), as_json=False)
