"""Entry point. `kitting access`: remote access to one device, for as long as the command runs."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from agent.errors import Code, Failure
from agent.host.process_entry import print_json, print_lines
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine

DEFAULT_MINUTES = 30
_LOOK_S = 1.0
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def access(arguments: argparse.Namespace) -> int:
    """Opens access, prints the ssh command, waits, and closes access; raises `usage` and `platform.*`."""
    from fleet.field.remote_access import MOST_MINUTES, gate_access, port_access
    from fleet.field.sim_selection import one_selected

    if not 1 <= arguments.minutes <= MOST_MINUTES:
        raise Failure(Code.USAGE, f"--minutes takes 1 to {MOST_MINUTES}")
    port, minutes = arguments.port, arguments.minutes
    with api_of(arguments) as api:
        sim = one_selected(api, arguments.sim)
        opening = (
            gate_access(api, sim, port, minutes, arguments.gate)
            if arguments.gate
            else port_access(api, sim, port, minutes, arguments.source)
        )
        with _signals_held(), opening as opened:
            command = f"ssh -p {opened.port} {arguments.user}@{opened.host}"
            _print_command(command, opened.until.isoformat(timespec="minutes"), as_json=arguments.json)
            _wait(minutes * 60)
        print("the gate was open before, and stays open" if opened.stays_open else "closed", file=sys.stderr)
    return os.EX_OK


def _print_command(command: str, until: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"command": command, "until": until})
    else:
        print_lines([command, f"open until {until}; Ctrl-C closes it now"])


@contextmanager
def _signals_held() -> Iterator[None]:
    """Holds the signals of `_ENDING` back until `_wait`, so that access that is being opened is also closed.

    Ctrl-C, a terminal that closes and a system that shuts down have the same effect.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for which in _ENDING:
        signal.signal(which, interrupt)
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _wait(limit_s: float) -> None:
    """Returns after the limit, or at a signal of `_ENDING`."""
    deadline = time.monotonic() + limit_s
    with suppress(KeyboardInterrupt):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        while (left_s := deadline - time.monotonic()) > 0:
            time.sleep(min(_LOOK_S, left_s))


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api(
        "access", access, "open remote access to one device for a limited time", "8942310000000000001 --minutes 30"
    )
    command.add_argument("sim", metavar="SIM", help="SIM id, IMSI, MSISDN, IMEI, name or serial number")
    command.add_argument(
        "--minutes", type=int, default=DEFAULT_MINUTES, help=f"the longest time (default: {DEFAULT_MINUTES})"
    )
    command.add_argument("--port", type=int, default=22, help="the device's port (default: 22)")
    command.add_argument(
        "--gate", metavar="VPG", help="use the gate of this virtual private gateway instead of a port mapping"
    )
    command.add_argument("--user", default="pi", help="user name in the ssh command (default: pi)")
    command.add_argument(
        "--source", action="append", default=[], metavar="CIDR", help="only from this network, such as 192.0.2.7/32"
    )
