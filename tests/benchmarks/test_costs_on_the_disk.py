"""System calls that change a disk, counted by strace. No time is looked at."""

import shutil

import pytest

from benchmarks.applying import SYNCS, calls_of, unchanged

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="there is no strace")


@pytest.fixture
def calls(tmp_path):
    return lambda size, times: calls_of(tmp_path, size, times)


def synced(calls):
    return sum(calls[name] for name in SYNCS)


def test_each_further_file_costs_one_fsync(calls):
    assert synced(calls(21, 1)) - synced(calls(1, 1)) == 20, "the file; its directory is synced once for all"


def test_an_order_that_changes_nothing_costs_the_same_whatever_its_size_and_writes_only_its_outcome(calls):
    for size in (1, 21):
        again = calls(size, 2) - calls(size, 1)
        assert synced(again) <= 2
        assert again["renameat"] <= 1


def test_where_nothing_changed_nothing_is_written_but_once_a_day_what_was_remembered_and_counted():
    assert [row.ours for row in unchanged()] == [0, 0, 6]
