"""The record of one application: what a disk that refuses or tears a line does to it."""

import os
import tempfile
from pathlib import Path

import pytest
from any_records import events, orders
from faulty_disk import FastDisk, FaultyDisk
from hypothesis import given
from hypothesis import strategies as st

from agent.apply.journal import journal as journals
from agent.apply.journal import store as stores
from agent.apply.journal.frames import framed
from agent.apply.journal.ordered import Ordered
from agent.apply.journal.records import happened_to_record
from agent.apply.journal.transaction import ApplyEvent, ApplyState, Happened
from agent.apply.planning.steps import Managed

ORDERED = Ordered("o", "d", False, (), (), Managed())


class RefusingDisk(FastDisk):
    """Refuses to write or sync while the test says so; a refused write leaves half of its bytes."""

    def __init__(self):
        self.refuses = ""

    def write(self, descriptor, data):
        if self.refuses == "write":
            os.write(descriptor, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        super().write(descriptor, data)

    def sync(self, descriptor):
        if self.refuses == "sync":
            raise OSError(5, "Input/output error")
        super().sync(descriptor)


@pytest.fixture
def disk():
    return RefusingDisk()


@pytest.fixture
def journal(tmp_path, disk):
    with stores.opened_store(tmp_path / "own", disk) as store:
        yield journals.begun(store, ORDERED)


def found(journal):
    return journals.found(journal.store).progress.state


def test_a_journal_is_found_as_it_was_left(journal):
    journal.append(Happened(ApplyEvent.SAVED))
    again = journals.found(journal.store)
    assert (again.ordered, again.progress, again.length) == (ORDERED, journal.progress, journal.length)


def test_where_there_is_no_file_no_application_is_open(journal):
    journal.forget()
    assert journals.found(journal.store) is None
    journal.forget()


@pytest.mark.parametrize("refuses", ["write", "sync"])
def test_an_event_that_could_not_be_written_did_not_happen(journal, disk, refuses):
    disk.refuses = refuses
    with pytest.raises(OSError, match=r"No space|Input/output"):
        journal.append(Happened(ApplyEvent.SAVED))
    assert (journal.progress.state, journal.torn, journal.in_doubt) == (ApplyState.PREPARED, True, True)
    disk.refuses = ""
    journal.append(Happened(ApplyEvent.FAILED))
    assert (journal.torn, journal.in_doubt, found(journal)) == (False, False, ApplyState.UNDONE)


def test_the_way_back_goes_on_where_the_disk_refuses(journal, disk):
    journal.append(Happened(ApplyEvent.SAVED))
    disk.refuses = "write"
    journal.append_if_possible(Happened(ApplyEvent.FAILED))
    assert (journal.progress.state, found(journal)) == (ApplyState.UNDOING, ApplyState.APPLYING)


def test_nothing_is_taken_back_while_the_record_of_success_may_be_on_disk(journal, disk):
    journal.append(Happened(ApplyEvent.SAVED))
    disk.refuses = "sync"
    with pytest.raises(OSError, match="Input/output"):
        journal.append(Happened(ApplyEvent.ALL_DONE))
    assert found(journal) is ApplyState.UNCONFIRMED
    with pytest.raises(OSError, match="Input/output"):
        journal.turn_back(Happened(ApplyEvent.FAILED))
    assert journal.progress.state is ApplyState.APPLYING


def test_an_order_that_waits_is_only_turned_back_for_certain(journal, disk):
    journal.append(Happened(ApplyEvent.SAVED))
    journal.append(Happened(ApplyEvent.ALL_DONE))
    disk.refuses = "write"
    with pytest.raises(OSError, match="No space"):
        journal.turn_back(Happened(ApplyEvent.WITHDRAWN))
    assert journal.progress.state is ApplyState.UNCONFIRMED


def test_each_event_is_synced_before_it_counts(tmp_path):
    disk = FaultyDisk()
    with stores.opened_store(tmp_path / "own", disk) as store:
        journal = journals.begun(store, ORDERED)
        disk.changes.clear()
        journal.append(Happened(ApplyEvent.SAVED))
    assert disk.changes == ["open_to_append", "write", "sync"]


@given(st.lists(events, max_size=5), orders)
def test_events_that_cannot_follow_each_other_are_a_damaged_journal(happened, ordered):
    with tempfile.TemporaryDirectory() as place:
        own = Path(place) / "own"
        with stores.opened_store(own, FastDisk()) as store:
            journals.begun(store, ordered)
            with (own / stores.NAME / "journal").open("ab") as journal:
                journal.write(b"".join(framed(happened_to_record(item)) for item in happened))
            damage = "cannot follow"
            try:
                assert journals.found(store) is not None
            except ValueError as error:
                damage = str(error)
            assert "cannot follow" in damage
