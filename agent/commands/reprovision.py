"""Entry point. `reprovision`: the resident starts a pass at once."""

from __future__ import annotations

import argparse
import os
from errno import EACCES
from pathlib import Path

from agent.errors import Code, Failure, failure_from
from agent.host.locks import RESIDENT_LOCK, resident_pid, wake_resident
from agent.host.process_entry import print_json, print_lines
from agent.provision.pass_request import PassRequest, request_pass
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Leaves the request for the next pass, and wakes the resident."""
    state = settings.paths.state
    if state.is_dir() and not os.access(state, os.R_OK | os.X_OK):
        raise failure_from(PermissionError(EACCES, os.strerror(EACCES)), Code.STATE_UNWRITABLE, state)
    if resident_pid(state) is None:
        raise _absent(state)
    request_pass(state, PassRequest.ADOPT if arguments.adopt else PassRequest.RETRY)
    try:
        pid = wake_resident(state)
    except PermissionError:
        raise Failure(Code.USAGE, "the resident belongs to another user", advice="Run it with sudo.") from None
    if pid is None:
        raise _absent(state)
    if arguments.json:
        print_json({"resident": pid})
    else:
        print_lines([f"the resident (process {pid}) starts a pass now; kitting-agent status shows its result"])
    return os.EX_OK


def _absent(state: Path) -> Failure:
    return Failure(Code.RESIDENT_ABSENT, f"no process of its owner holds {state}/{RESIDENT_LOCK}")
