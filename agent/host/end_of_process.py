"""Edge. The end of a process. A quiet poll imports this file, so it imports little."""

from __future__ import annotations

import os
import sys

from agent.host.systemd import wait_for_manager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def leave(code: int) -> NoReturn:
    """Ends this process at once; the orderly end of the interpreter takes a tenth of a pass."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):
        code = code or os.EX_IOERR
    if "NOTIFY_SOCKET" in os.environ:
        wait_for_manager()
    os._exit(code)
