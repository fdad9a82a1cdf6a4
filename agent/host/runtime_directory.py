"""Edge. The directory for files that live until the next boot. A quiet poll imports this file, so it imports little."""

from __future__ import annotations

import os

RUN = "/run/kitting-agent"


def named_directory() -> str:
    """What systemd's RuntimeDirectory= names; empty for none."""
    return os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]


def runtime_directory() -> str:
    """The directory of a device that configures the running system; it may be missing."""
    return named_directory() or RUN
