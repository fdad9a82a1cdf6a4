"""Entry point. `reprovision`: the resident starts a pass at once."""

from __future__ import annotations

import argparse
import os
import signal

from agent.errors import Code, Failure
from agent.host.locks import resident_pid
from agent.host.process_entry import print_json, print_lines
from agent.provision.pass_request import PassRequest, request_pass
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Leaves the request for the next pass, and wakes the resident."""
    pid = resident_pid(settings.paths.state)
    if pid is None:
        raise Failure(Code.RESIDENT_ABSENT, f"no process holds {settings.paths.state}/resident.lock")
    request_pass(settings.paths.state, PassRequest.ADOPT if arguments.adopt else PassRequest.RETRY)
    try:
        os.kill(pid, signal.SIGUSR1)
    except PermissionError:
        raise Failure(
            Code.USAGE, f"the resident (process {pid}) belongs to another user", advice="Run it with sudo."
        ) from None
    if arguments.json:
        print_json({"resident": pid})
    else:
        print_lines([f"the resident (process {pid}) starts a pass now; kitting-agent status shows its result"])
    return os.EX_OK
