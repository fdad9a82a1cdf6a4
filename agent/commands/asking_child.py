"""Entry point. A child process that leaves root and asks the network: what it found comes back as one text.

Only its text passes back, in the written form of the contract between the two halves. Where root is not left, this
process asks itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from agent.errors import Code, Failure
from agent.handover.order_json import MAX_BYTES
from agent.host.leaving_root import leave_root, leaves_root
from agent.host.process_entry import ended_well
from agent.settings import Settings


def found_without_root(settings: Settings, find: Callable[[], str], *, as_json: bool) -> str:
    """The text that `find` returns in a child process without root's rights.

    Where the child ended with a failure, which it has printed, this process ends with the child's exit code.
    """
    if not leaves_root(settings):
        return find()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os._exit(ended_well("kitting-agent", lambda: _tell(settings, find, writing), as_json=as_json))
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        text = file.read(MAX_BYTES + 1)
    _, status = os.waitpid(child, 0)
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(code if code > 0 else os.EX_TEMPFAIL)
    if len(text) > MAX_BYTES:
        raise Failure(Code.ORDER_INVALID, f"larger than {MAX_BYTES} bytes")
    return text.decode()


def _tell(settings: Settings, find: Callable[[], str], writing: int) -> int:
    leave_root(settings)
    with os.fdopen(writing, "wb") as file:
        file.write(find().encode())
    sys.stdout.flush()
    sys.stderr.flush()
    return os.EX_OK
