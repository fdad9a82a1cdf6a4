"""Edge: the record of one application that survives a power cut.

One file of `records.framed` lines: the order with everything that is needed to take it back, then an event a line, each
synced before what it announces is done. Where there is a file an application is open. A last line that is torn did not
happen, and is cut off before the next one is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from agent.apply.journal.records import (
    Ordered,
    framed,
    happened_from_record,
    happened_to_record,
    ordered_from_record,
    ordered_to_record,
    unframed,
)
from agent.apply.journal.store import MAX_RECORD_BYTES, Store
from agent.apply.journal.transaction import Event, Happened, Progress, State, folded
from agent.host.durable import read_file, replace_file

NAME = "journal"


@dataclass(slots=True)
class Journal:
    """An open application."""

    store: Store
    ordered: Ordered
    progress: Progress
    length: int
    """Bytes of the file that are whole records."""
    torn: bool = False
    """There may be more in the file, which did not happen."""
    in_doubt: bool = False
    """An event could not be written for certain that leads to another state: the disk may say that it happened."""

    @property
    def is_undoing(self) -> bool:
        """Whether files are still to be taken back."""
        return self.progress.state is State.UNDOING

    def append(self, happened: Happened) -> None:
        """Writes an event down, synced; raises `OSError`, and then the event counts as not happened."""
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
        """The same on the way back, which goes on where the disk refuses: undoing may be done twice."""
        after = self.progress.after(happened)
        with suppress(OSError):
            self.append(happened)
        self.progress = after

    def turn_back(self, happened: Happened) -> None:
        """The event that begins the way back.

        Raises `OSError` where the disk refuses it and might say that everything is done: files that were half taken
        back would be taken for a whole generation after a restart.
        """
        if self.in_doubt or self.progress.state is State.UNCONFIRMED:
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
        """Ends the application: there is no journal any more."""
        with suppress(FileNotFoundError):
            self.store.disk.unlink(NAME, self.store.at)
        self.store.disk.sync(self.store.at)


def begun(store: Store, ordered: Ordered) -> Journal:
    """A new journal, with the order in it; raises `OSError`."""
    happened = Happened(Event.ORDERED)
    data = framed(ordered_to_record(ordered)) + framed(happened_to_record(happened))
    replace_file(store.disk, store.at, NAME, data, mode=0o600)
    return Journal(store, ordered, folded([happened]), len(data))


def found(store: Store) -> Journal | None:
    """The journal of an application that is open, or None.

    Raises `ValueError` for one of which not even the order can be read, and `OSError` where the disk refuses.
    """
    try:
        data = read_file(store.disk, store.at, NAME, MAX_RECORD_BYTES)
    except FileNotFoundError:
        return None
    records, length = unframed(data)
    if len(records) < 2:  # noqa: PLR2004 (the order and its event are written as one)
        raise ValueError("the journal does not begin with a whole order")
    ordered = ordered_from_record(records[0], store.content)
    progress = _folded(happened_from_record(record) for record in records[1:])
    return Journal(store, ordered, progress, length, torn=length < len(data))


def _folded(events: Iterable[Happened]) -> Progress:
    try:
        return folded(events)
    except (KeyError, TypeError) as error:
        raise ValueError(f"events that cannot follow each other: {error}") from None
