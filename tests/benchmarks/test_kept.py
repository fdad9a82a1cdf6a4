"""The kept table: which rows have become worse."""

import pytest

from benchmarks.kept import comparison, keep, read
from benchmarks.table import Row


def worse(tmp_path, before, now):
    keep("then", [before], tmp_path / "kept.json")
    return [line for line in comparison([now], read(tmp_path / "kept.json")) if line.startswith("worse")]


def test_a_slower_machine_is_not_worse(tmp_path):
    assert worse(tmp_path, Row("pass", "ms", 150, 100), Row("pass", "ms", 1500, 1000)) == []


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        (Row("pass", "ms", 150, 100), Row("pass", "ms", 166, 100), "worse: pass: /floor 1.66, kept 1.5"),
        (Row("pass", "ms", 15, None, 100), Row("pass", "ms", 17, None, 100), "worse: pass: /alt. 0.17, kept 0.15"),
        (Row("fsyncs", "", 0), Row("fsyncs", "", 1), "worse: fsyncs: count 1, kept 0"),
        (Row("poll", "B", 1000), Row("poll", "B", 1101), "worse: poll: B 1.1e+03, kept 1e+03"),
    ],
)
def test_more_than_a_tenth_is_worse(tmp_path, before, now, line):
    assert worse(tmp_path, before, now) == [line]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (Row("pass", "ms", 150, 100), Row("pass", "ms", 164, 100)),
        (Row("pass", "ms", 10), Row("pass", "ms", 100)),
        (Row("poll", "B", 1), Row("poll", "MB", 100)),
        (Row("poll", "B", 1), Row("poll", "B", None)),
        (Row("poll", "B", 1), Row("another", "B", 100)),
    ],
)
def test_up_to_a_tenth_and_what_cannot_be_compared_is_not_worse(tmp_path, before, now):
    assert worse(tmp_path, before, now) == []


def test_rows_that_were_not_measured_again_stay_kept(tmp_path):
    place = tmp_path / "kept.json"
    keep("then", [Row("one", "B", 1), Row("two", "B", 1)], place)
    keep("now", [Row("two", "B", 2), Row("three", "B", None)], place)
    assert {name: (row["ours"], row["measured"]) for name, row in read(place).items()} == {
        "one": (1, "then"),
        "two": (2, "now"),
    }


def test_without_a_kept_table_there_is_nothing_to_compare_with(tmp_path):
    assert list(comparison([Row("one", "B", 1)], read(tmp_path / "absent"))) == ["nothing is kept to compare with"]
