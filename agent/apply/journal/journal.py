"""Edge. The record of one application that survives a power cut.

One file of `frames.framed` lines: the order with everything that is needed to take it back, then one line for each
event, synced before the step that it announces is done. While the file exists, an application is open. A torn last
line counts as an event that did not happen, and is cut off before the next line is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from agent.apply.journal.frames import framed, unframed
from agent.apply.journal.ordered import Ordered
from agent.apply.journal.records import (
    happened_from_record,
    happened_to_record,
    ordered_from_record,
    ordered_to_record,
)
from agent.apply.journal.store import MAX_RECORD_BYTES, Store
from agent.apply.journal.transaction import ApplyEvent, ApplyProgress, ApplyState, Happened, folded
from agent.host.durable import read_file, replace_file

NAME = "journal"


@dataclass(slots=True)
class Journal:
    """An open application."""

    store: Store
    ordered: Ordered
    progress: ApplyProgress
    length: int
    """Bytes of the file that are whole records."""
    torn: bool = False
    """There may be bytes behind `length`, of an event that counts as not happened."""
    in_doubt: bool = False
    """An event that leads to another state could not be written for certain: the disk may contain it."""

    @property
    def is_undoing(self) -> bool:
        """Whether files are still to be put back."""
        return self.progress.state is ApplyState.UNDOING

    def append(self, happened: Happened) -> None:
        """Writes an event and syncs it; raises `OSError`, and then the event counts as not happened."""
        after = self.progress.after(happened)
        line = framed(happened_to_record(happened))
        try:
            self._write(line)
        except OSError:
            self.torn = True
            self.in_doubt = self.in_doubt or after.state is not self.progress.state
            raise
        self.torn = self.in_doubt = False
        self.length += len(line)
        self.progress = after

    def append_if_possible(self, happened: Happened) -> None:
        """Writes an event of the way back, which goes on if the disk refuses: undoing may be done twice."""
        after = self.progress.after(happened)
        with suppress(OSError):
            self.append(happened)
        self.progress = after

    def turn_back(self, happened: Happened) -> None:
        """Writes the event that begins the way back.

        Raises `OSError` where the disk refuses it and may already say that everything is done: after a restart, files
        of which half were put back would be taken for a whole generation.
        """
        if self.in_doubt or self.progress.state is ApplyState.UNCONFIRMED:
            self.append(happened)
        else:
            self.append_if_possible(happened)

    def _write(self, line: bytes) -> None:
        descriptor = self.store.disk.open_to_append(NAME, self.store.at)
        try:
            if self.torn:
                self.store.disk.cut(descriptor, self.length)
            self.store.disk.write(descriptor, line)
            self.store.disk.sync(descriptor)
        finally:
            os.close(descriptor)

    def forget(self) -> None:
        """Ends the application by removing the journal."""
        with suppress(FileNotFoundError):
            self.store.disk.unlink(NAME, self.store.at)
        self.store.disk.sync(self.store.at)


def begun(store: Store, ordered: Ordered) -> Journal:
    """A new journal that begins with this order; raises `OSError`."""
    happened = Happened(ApplyEvent.ORDERED)
    data = framed(ordered_to_record(ordered)) + framed(happened_to_record(happened))
    replace_file(store.disk, store.at, NAME, data, mode=0o600)
    return Journal(store, ordered, folded([happened]), len(data))


def found(store: Store) -> Journal | None:
    """The journal of an application that is open, or None.

    Raises `ValueError` where not even the order can be read, and `OSError` where the disk refuses.
    """
    try:
        data = read_file(store.disk, store.at, NAME, MAX_RECORD_BYTES)
    except FileNotFoundError:
        return None
    records, length = unframed(data)
    if len(records) < 2:  # noqa: PLR2004 (the order and its event are written at once)
        raise ValueError("the journal does not begin with a whole order")
    ordered = ordered_from_record(records[0], store.content)
    progress = _folded(happened_from_record(record) for record in records[1:])
    return Journal(store, ordered, progress, length, torn=length < len(data))


def _folded(events: Iterable[Happened]) -> ApplyProgress:
    try:
        return folded(events)
    except (KeyError, TypeError) as error:
        raise ValueError(f"events that cannot follow each other: {error}") from None
