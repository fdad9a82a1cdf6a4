"""The table of `kitting watch`."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sim_rows import IMEI, LOCKED, ON, OTHER, SHIPPED, STOCK, row

from fleet.bench.findings import Finding
from fleet.bench.table import cell, fitted, row_values, table
from fleet.platform.sim import Lock

FAILED = replace(ON, tags={"kitting_state": "failed", "kitting_error": "no room", "name": "gw-9"})


def test_the_head_counts_the_sims_and_each_finding_has_a_line():
    lines = list(table("spring", [row(FAILED), row(STOCK), row(SHIPPED)], width=120))
    assert lines[0] == f"spring  [{'#' * 13}{'.' * 27}] 1 of 3 locked or shipped"
    assert lines[1] == "1 in stock, 1 shipped, 1 failed"
    assert lines[4].startswith("!gw-9                   failed")
    assert lines[5].strip() == f"{Finding.FAILED.what.en} (no room). {Finding.FAILED.advice.en}"
    assert [line[0] for line in lines[6:]] == [" ", "*"]


def test_a_plan_without_sims_has_a_head():
    assert list(table("spring", [], width=80))[1] == "no SIMs"


def test_rows_that_do_not_fit_are_counted():
    lines = list(table("spring", [row(STOCK)] * 30, width=80, height=15))
    assert lines[-1] == "… and 21 more SIMs"


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_cell_has_its_width_whatever_the_text(text, size):
    letters = "".join(letter for letter in text if letter.isascii())
    assert len(cell(letters, size)) == size
    assert fitted(text, size).isprintable() or fitted(text, size) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("東京支社長", "東京支… "),
        ("東京支社", "東京支社"),
        ("abcdefgh", "abcdefgh"),
        ("abcdefghi", "abcdefg…"),
        ("a\x1b[2J", "a?[2J   "),
    ],
)
def test_a_japanese_letter_takes_two_columns_and_a_control_none(text, shown):
    assert cell(text, 8) == shown


def test_a_row_for_programs_has_its_findings():
    values = row_values(row(replace(LOCKED, lock=Lock(OTHER))))
    assert (values["sim"], values["imei"], values["stage"], values["locked"]) == (
        LOCKED.sim_id,
        IMEI,
        "suspicious",
        True,
    )
    assert [finding["code"] for finding in values["findings"]] == ["other_device", "lock_differs"]
