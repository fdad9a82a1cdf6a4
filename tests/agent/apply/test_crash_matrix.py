"""Whatever operation of an apply is the last: afterwards the gateway is as before or as wanted, never between.

Every operation that changes the disk is taken, not a sample, with every fault: killed before and after it, power cut
before and after it with everything lost that was not synced, no space, i/o error, read-only from here on. Then the
agent starts anew and settles.
"""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from faulty_disk import ERRORS, FAULTS, FaultyDisk, Killed, copy_tree, tree
from reference_generations import AFTER, applied, apply_after, changes_of, context, copied, matrix, unconfirmed

from agent.apply.applying import confirm, undo
from agent.apply.settling import settle
from agent.errors import Code, Failure
from agent.handover.order import Result

RESOURCES = 25
"""At least so many effects are in the reference generation."""


class Check:
    """After a restart: the tree is the one or the other, the outcome says which, and a new order can still be applied.

    The same tree with the same records beside it behaves the same each time, and is tried once.
    """

    def __init__(self, before, after):
        self.before, self.after, self.seen = before, after, set()

    def __call__(self, place, case):
        outcome = settle(context(place))
        there = tree(place / "root")
        assert there in (self.before, self.after), case
        result = outcome and outcome.result
        assert result not in {Result.UNCONFIRMED, Result.COMMITTED} or there == self.after, case
        assert result not in {Result.NOT_APPLIED, Result.UNDONE} or there == self.before, case
        state = repr((result is Result.UNCONFIRMED, there, tree(place / "state/apply/transaction")))
        if state in self.seen:
            return
        self.seen.add(state)
        if result is not Result.UNCONFIRMED:
            again = applied("after", "again", context(place))
            assert again.result in {Result.UNCONFIRMED, Result.COMMITTED}, case
        assert tree(place / "root") == self.after, case


def test_every_operation_of_an_apply_may_be_the_last(ready, wanted_tree, fresh):
    before = tree(ready / "root")
    check = Check(before, wanted_tree)
    assert len(AFTER) >= RESOURCES
    cases = matrix(ready, fresh, apply_after)
    assert len(cases) >= 500
    for number, fault in cases:
        place = copied(ready, fresh)
        try:
            outcome = apply_after(context(place, FaultyDisk(number, fault)))
        except (Killed, Failure):
            outcome = None
        if fault in ERRORS and outcome is not None and outcome.result is Result.NOT_APPLIED and fault != "read-only":
            unsettled = outcome.failure.code is Code.APPLY_UNSETTLED
            assert unsettled or tree(place / "root") == before, (number, fault)
        check(place, (number, fault))


def test_every_operation_of_a_confirmation_may_be_the_last(ready, wanted_tree, fresh, memory):
    waiting = unconfirmed(ready, Path(tempfile.mkdtemp(dir=memory)))
    for number, fault in matrix(waiting, fresh, confirm):
        place = copied(waiting, fresh)
        with suppress(Killed, Failure):
            confirm(context(place, FaultyDisk(number, fault)))
        settle(context(place))
        assert tree(place / "root") == wanted_tree, (number, fault)


def test_every_operation_of_the_way_back_may_be_the_last(ready, wanted_tree, fresh, memory):
    before = tree(ready / "root")
    waiting = unconfirmed(ready, Path(tempfile.mkdtemp(dir=memory)))
    lost = Failure(Code.APPLY_UNCONFIRMED, "no answer")
    for number, fault in matrix(waiting, fresh, lambda it: undo(it, lost), (*FAULTS[:4], "i/o error")):
        place = copied(waiting, fresh)
        with suppress(Killed, Failure):
            undo(context(place, FaultyDisk(number, fault)), lost)
        outcome = settle(context(place))
        there = tree(place / "root")
        if outcome is not None and outcome.result is Result.UNCONFIRMED:
            assert there == wanted_tree, (number, fault)
            undo(context(place), lost)
            there = tree(place / "root")
        assert there == before, (number, fault)


def test_any_two_cuts_leave_the_one_or_the_other(ready, fresh):
    before = tree(ready / "root")
    place = copied(ready, fresh)
    applied("small", "small", context(place))
    after = tree(place / "root")
    count = changes_of(ready, fresh, lambda it: applied("small", "small", it))
    for first in range(count):
        place = copied(ready, fresh)
        with pytest.raises(Killed):
            applied("small", "small", context(place, FaultyDisk(first, "power cut after")))
        cut = fresh.with_name("cut")
        shutil.rmtree(cut, ignore_errors=True)
        copy_tree(place, cut)
        disk = FaultyDisk()
        settle(context(place, disk))
        for second in range(len(disk.changes)):
            place = copied(cut, fresh)
            with pytest.raises(Killed):
                settle(context(place, FaultyDisk(second, "power cut before")))
            settle(context(place))
            assert tree(place / "root") in (before, after), (first, second)


@pytest.mark.parametrize("act", ["apply", "undo"])
def test_a_kill_and_a_power_cut_right_after_what_followed_leave_the_one_or_the_other(ready, fresh, memory, act):
    """What a killed process did not sync looks done to the next one, and is lost with the power all the same."""
    before, lost = tree(ready / "root"), Failure(Code.APPLY_UNCONFIRMED, "no answer")
    waiting = copied(ready, Path(tempfile.mkdtemp(dir=memory)))
    applied("small", "small", context(waiting))
    after = tree(waiting / "root")

    def apply_small(it):
        return applied("small", "small", it)

    begin, did = (ready, apply_small) if act == "apply" else (waiting, lambda it: undo(it, lost))
    for number in range(changes_of(begin, fresh, did)):
        place = copied(begin, fresh)
        killed = FaultyDisk(number, "killed after")
        with pytest.raises(Killed):
            did(context(place, killed))
        then = FaultyDisk(None, "power cut after", earlier=killed)
        settle(context(place, then))
        with pytest.raises(Killed):
            then._end()
        settle(context(place))
        assert tree(place / "root") in (before, after), number


def test_a_sync_that_is_left_out_is_noticed_by_the_matrix(ready, wanted_tree, fresh):
    """The test of the test: a disk that ignores a sync does not keep the promise."""
    before = tree(ready / "root")
    clean = FaultyDisk()
    apply_after(context(copied(ready, fresh), clean))
    syncs = [number for number, name in enumerate(clean.changes) if name == "sync"]
    broken = 0
    for number in range(len(clean.changes)):
        place = copied(ready, fresh)
        with pytest.raises(Killed):
            apply_after(context(place, FaultyDisk(number, "power cut after", ignore_syncs=frozenset(syncs))))
        try:
            Check(before, wanted_tree)(place, number)
        except (AssertionError, Failure):
            broken += 1
    assert broken


def test_a_journal_that_is_torn_anywhere_leads_to_the_one_or_the_other(ready, wanted_tree, fresh, memory):
    waiting = unconfirmed(ready, Path(tempfile.mkdtemp(dir=memory)))
    before = tree(ready / "root")
    whole = (waiting / "state/apply/transaction/journal").read_bytes()
    saved = whole.index(b"\n", whole.index(b'"saved"')) + 1
    for length in range(saved, len(whole), 7):
        place = copied(waiting, fresh)
        (place / "state/apply/transaction/journal").write_bytes(whole[:length])
        settle(context(place))
        assert tree(place / "root") == before, length
    assert wanted_tree != before
