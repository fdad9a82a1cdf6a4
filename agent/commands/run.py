"""Entry point. `run`: the resident, which stays and starts the passes."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from typing import NoReturn

from agent.errors import Failure
from agent.host import program_files
from agent.host.leaving_root import leave_root
from agent.provision.state_file import make_directory
from agent.settings import Settings

LEAST_BETWEEN_WAKES_S = 60.0
"""Between the starts of passes that messages cause: many messages must not use up the data budget."""


def run(arguments: argparse.Namespace, settings: Settings) -> NoReturn:
    """Replaces this process by the resident, so that its memory holds nothing of this program."""
    from agent.resident.pauses import pause_at_start
    from agent.resident.schedule import pass_limit_s

    state = settings.paths.state
    with suppress(Failure):  # the passes report a disk that refuses
        make_directory(state)
    leave_root(settings)
    options = [
        *(["--config", str(arguments.config)] if arguments.config else []),
        *(["--json"] if arguments.json else []),
    ]
    # By the path of the file: `-m` alone would cost a quiet poll a third of its time.
    program = str(program_files.folder() / "agent" / "__main__.py")
    one_pass = [sys.executable, "-P", program, "provision", *options]
    times = [f"{pass_limit_s(settings) + 30:.0f}", f"{pause_at_start(settings):.3f}"]
    listener = [
        "--",
        f"{LEAST_BETWEEN_WAKES_S:.0f}",
        sys.executable,
        "-P",
        "-m",
        "agent.modem.wake_by_sms",
        *options[: 2 * bool(arguments.config)],
    ]
    resident = [sys.executable, "-P", "-m", "agent.resident.daemon", str(state), *times, *one_pass]
    resident += listener if settings.modem.wake_by_sms else []
    sys.stdout.flush()
    os.execve(sys.executable, resident, program_files.environment())  # noqa: S606 (no shell is wanted)
