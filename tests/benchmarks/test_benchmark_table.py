"""Rows, their ratios, and whether an aim holds."""

import json

import pytest

from benchmarks.table import Aim, Beside, Row, as_lines, as_markdown, as_values, missing

ROW = Row("first pass, CPU", "ms", 150, 100, 1000, aims=(Aim(1.5, Beside.FLOOR), Aim(0.15, Beside.OTHER)))


def test_an_aim_holds_up_to_its_very_number():
    assert (ROW.to_floor, ROW.to_other, ROW.held) == (1.5, 0.15, True)


def test_one_aim_that_does_not_hold_is_enough():
    assert Row("", "ms", 151, 100, 2000, aims=ROW.aims).held is False


@pytest.mark.parametrize("row", [Row("", "", 1), Row("", "", None, aims=ROW.aims), Row("", "", 1, 1, aims=ROW.aims)])
def test_what_was_not_measured_is_neither_held_nor_missed(row):
    assert row.held is None


def test_an_aim_of_zero_is_looked_at():
    assert (Row("", "", 0, aims=(Aim(0),)).held, Row("", "", 2, aims=(Aim(0),)).held) == (True, False)


def test_a_row_that_is_missing_has_a_reason():
    assert as_lines(missing("link", "there is no ip"))[-1].strip() == "not measured: there is no ip"


def test_the_table_has_a_column_for_each_thing_that_is_compared():
    (head, line) = as_lines([ROW])
    assert head.split() == ["ours", "floor", "alternative", "/floor", "/alt.", "aim:", "at", "most", "held"]
    words = "first pass, CPU 150 ms 100 ms 1,000 ms 1.50 0.15 1.5 x the floor, 0.15 x the alternative yes"
    assert " ".join(line.split()) == words
    assert as_markdown([ROW])[-1].count("|") == as_markdown([ROW])[0].count("|")


def test_the_values_can_be_kept():
    (values,) = json.loads(json.dumps(as_values([ROW])))
    assert (values["ours"], values["to_floor"], values["held"]) == (150, 1.5, True)
