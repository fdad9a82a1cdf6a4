"""Edge. On what kind of machine the table was measured."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def described() -> str:
    """Processor, how many of it may be used, memory, Python."""
    cores = len(os.sched_getaffinity(0))
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {cores} cores, {memory_gib:.0f} GiB, Python {platform.python_version()}"


def _processor() -> str:
    names = (line for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines() if "model name" in line)
    return next(names, platform.machine()).partition(":")[2].strip() or platform.machine()
