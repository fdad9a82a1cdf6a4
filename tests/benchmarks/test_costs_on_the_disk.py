"""System calls that change a disk, counted by strace. No time is looked at."""

import shutil

import pytest

from benchmarks.applying import SYNCS, calls_of, quiet_poll

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="there is no strace")


@pytest.fixture
def calls(tmp_path):
    return lambda size, times: calls_of(tmp_path, size, times)


def synced(calls):
    return sum(calls[name] for name in SYNCS)


def test_each_further_file_costs_at_most_six_fsyncs(calls):
    few, many = synced(calls(1, 1)), synced(calls(21, 1))
    assert many - few <= 20 * 6, "begun and done in the journal, the file, its directory, and what stands there is kept"


def test_a_document_in_force_costs_the_same_whatever_its_size_and_writes_only_its_outcome(calls):
    for size in (1, 21):
        again = calls(size, 2) - calls(size, 1)
        assert synced(again) <= 2
        assert again["renameat"] <= 1


def test_a_quiet_poll_writes_nothing_to_the_disk():
    assert {row.what: row.ours for row in quiet_poll()} == {
        "quiet poll: fsyncs": 0,
        "quiet poll: calls that change a disk": 0,
    }
