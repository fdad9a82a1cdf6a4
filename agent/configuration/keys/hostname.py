"""Pure. `hostname` → /etc/hostname, in force at once.

/etc/hosts is not touched: writing it whole would destroy lines that others put there, and libnss-myhostname resolves
the host name without it (nss-myhostname(8)).
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import RunCommand, WantedEffect, WriteFile
from agent.reasons import DocumentKey

PATH = "/etc/hostname"
PLACES = (PATH,)
_LIMIT_S = 10.0


def render(hostname: str) -> Iterator[WantedEffect]:
    """The file, and hostname(1), which sets the running system's name from it."""
    file = WriteFile(PATH, f"{hostname}\n".encode(), 0o644, "root:root")
    yield WantedEffect(file, DocumentKey(("hostname",)), then=(RunCommand(("hostname", "-F", PATH), _LIMIT_S),))
