"""Entry point. The start of `kitting-agent`: a quiet poll needs little of it, anything else the rest."""

from __future__ import annotations

import os
import sys

from agent.host.end_of_process import leave
from agent.host.runtime_directory import runtime_directory
from agent.resident.quiet_poll import quiet_poll

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_INTERRUPTED = 130
"""128 and the number of SIGINT."""


def entry() -> NoReturn:
    """Starts the installed program."""
    try:
        polled = quiet_poll(sys.argv[1:], runtime_directory())
    except KeyboardInterrupt:
        leave(_INTERRUPTED)
    except Exception as error:  # noqa: BLE001 (an entry point)
        from agent.host.process_entry import bug

        leave(bug("kitting-agent", error, as_json=False))
    if polled is True:
        leave(os.EX_OK)
    from agent.cli import main

    leave(main(begun=polled or None))
