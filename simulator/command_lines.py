"""Edge. The programs that were installed beside this one, and command lines of them as a person types them.

A program of a virtual environment that is not active is found by its whole path only, and such a path may have spaces.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import sysconfig
from pathlib import Path


def installed(name: str) -> Path | None:
    """Path of a program that was installed beside this one; None where there is no such file."""
    started = Path(sys.argv[0])
    beside = (started.absolute().parent,) if started.name == "kitting-sim" else ()
    places = (*beside, Path(sysconfig.get_path("scripts")), Path(sys.executable).parent)
    return next((place / name for place in places if (place / name).exists()), None)


def typed(name: str, *words: str) -> str:
    """A command line, quoted for a shell; the program by its bare name where `PATH` leads to the same file."""
    path = installed(name)
    found = shutil.which(name)
    by_name = path is None or (found is not None and Path(found).resolve() == path.resolve())
    return shlex.join((name if by_name else str(path), *words))
