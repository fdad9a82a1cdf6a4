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


def test_each_further_file_costs_two_fsyncs_and_no_more(calls):
    few, many = synced(calls(1, 1)), synced(calls(21, 1))
    assert many - few == 20 * 2, "the file, and its directory"


def test_an_order_that_changes_nothing_costs_the_same_whatever_its_size_and_writes_only_its_outcome(calls):
    for size in (1, 21):
        again = calls(size, 2) - calls(size, 1)
        assert synced(again) <= 2
        assert again["renameat"] <= 1


def test_where_nothing_changed_nothing_is_written_but_once_a_day_what_was_remembered_and_counted():
    assert [row.ours for row in unchanged()] == [0, 0, 6]
