"""A point at which the application of a document stops until the test lets it go on.

The document runs `COMMAND`, which reads a FIFO: it ends when the test, as the writer, closes its end. Without the FIFO
the command ends at once.
"""

import os
from contextlib import suppress

from machine import Machine

PLACE = "/opt/held"
COMMAND = f'{{command: "test ! -p {PLACE} || cat {PLACE}", timeout: 1h}}'


class Hold:
    """The FIFO of one machine, from before the document is fetched."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.fifo = machine.disk.root / PLACE.lstrip("/")
        self.writer: int | None = None
        os.mkfifo(self.fifo)

    def until_reached(self) -> None:
        """The command has begun and waits."""
        self.writer = self.machine.until("the document's command waits", self._opened, lambda end: end is not None)

    def release(self) -> None:
        """The command ends, and no later one waits."""
        self.fifo.unlink(missing_ok=True)
        if self.writer is not None:
            os.close(self.writer)
            self.writer = None

    def _opened(self) -> int | None:
        """The writing end; None as long as no process reads (fifo(7))."""
        with suppress(OSError):
            return os.open(self.fifo, os.O_WRONLY | os.O_NONBLOCK)
        return None
