"""Entry point. What the commands `kitting-agent`, `kitting-apply`, `kitting-sim` and `kitting` start in a wheel.

`packaging/bin` does the same for the Debian package, whose program lies in `/usr/lib/kitting-agent`.
"""

import os
import sys
from importlib import import_module

from kitting_agent import put_application_first

PROGRAMS = {
    "kitting": ("fleet.cli", "main"),
    "kitting-agent": ("agent.start", "entry"),
    "kitting-apply": ("agent.apply_cli", "entry"),
    "kitting-sim": ("simulator.cli", "main"),
    "story": ("story.__main__", "main"),
}
"""Name of a program → module and function that runs it and returns the exit code."""
EX_UNAVAILABLE = 69
"""As in sysexits.h; os.EX_UNAVAILABLE exists on POSIX systems only."""


def run(program: str) -> int:
    """Runs a program with the words of the command line; the exit code."""
    if os.name != "posix":
        sys.stderr.write(f"{program}: this program needs a POSIX system such as Linux; on Windows, use Linux in WSL.\n")
        return EX_UNAVAILABLE
    put_application_first()
    module, function = PROGRAMS[program]
    code: int = getattr(import_module(module), function)()
    return code


def kitting() -> int:
    """The command `kitting`."""
    return run("kitting")


def kitting_agent() -> int:
    """The command `kitting-agent`."""
    return run("kitting-agent")


def kitting_apply() -> int:
    """The command `kitting-apply`."""
    return run("kitting-apply")


def kitting_sim() -> int:
    """The command `kitting-sim`."""
    return run("kitting-sim")
