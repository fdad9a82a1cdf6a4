"""The table of `kitting watch`."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from sim_rows import IMEI, LOCKED, ON, OTHER, SHIPPED, STOCK, row

from agent.visible_text import HIDDEN, visible
from fleet.bench.findings import Finding
from fleet.bench.table import cell, name_in, row_values, table, wrapped
from fleet.platform.sim import Lock

FAILED = replace(ON, tags={"kitting_state": "failed", "kitting_error": "no room", "name": "gw-9"})


def shown(rows, **size):
    return [line.plain for line in table("spring", rows, **size)]


def test_the_head_counts_the_sims_and_each_finding_has_a_line():
    lines = shown([row(FAILED), row(STOCK), row(SHIPPED)], width=120)
    assert lines[0] == f"spring  [{'#' * 13}{'.' * 27}] 1 of 3 locked or shipped"
    assert lines[1] == "1 in stock, 1 shipped, 1 failed"
    assert lines[4].startswith("!gw-9                   failed")
    assert lines[5].strip() == f"{Finding.FAILED.what.en} (no room). {Finding.FAILED.advice.en}"
    assert [line[0] for line in lines[6:]] == [" ", "*"]


def test_a_plan_without_sims_has_a_head():
    assert shown([], width=80)[1] == "no SIMs"


def test_rows_that_do_not_fit_are_counted():
    lines = shown([row(STOCK)] * 30, width=80, height=15)
    assert (len(lines), lines[-1]) == (15, "… and 20 more SIMs")


@given(st.integers(0, 12), st.integers(0, 12), st.integers(10, 40), st.integers(60, 130))
def test_a_table_is_no_higher_than_the_terminal_and_starts_with_what_needs_attention(failed, stock, height, width):
    rows = [*(row(FAILED) for _ in range(failed)), *(row(STOCK) for _ in range(stock))]
    lines = shown(rows, width=width, height=height)
    assert len(lines) <= height
    assert all(cell_len(line) <= width for line in lines)
    first = [line for line in lines if line.startswith(("!", "89", " 89"))]
    counted = [int(line.split()[2]) for line in lines if line.startswith("… and")]
    assert len(first) + sum(counted) == len(rows)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_word_of_the_advice_is_cut(width):
    error = "apply.failed: /etc/systemd/network/10-lan.network: not an address " + "x" * 300
    sim = replace(FAILED, tags={**FAILED.tags, "kitting_error": error})
    words = "".join("".join(line.split()) for line in shown([row(sim)], width=width))
    assert "".join(error.split()) in words
    assert "".join(Finding.FAILED.advice.en.split()) in words


def test_names_that_differ_at_their_end_are_shown_with_their_end():
    names = [f"gateway-osaka-building-{number:04}" for number in (1, 2)]
    lines = shown([row(replace(STOCK, tags={"name": name})) for name in names], width=80)
    assert [line.split()[0] for line in lines[-2:]] == ["gateway…-building-0001", "gateway…-building-0002"]


def test_sims_that_need_attention_and_do_not_fit_are_counted():
    lines = shown([row(FAILED)] * 9 + [row(STOCK)], width=80, height=12)
    assert lines[-1] == "… and 8 more SIMs, 7 of them need attention"


def test_a_narrow_terminal_leaves_out_the_last_columns():
    assert shown([row(STOCK)], width=80)[3].split() == ["SIM", "stage", "IMEI", "reported"]
    assert shown([row(STOCK)], width=120)[3].split() == ["SIM", "stage", "IMEI", "reported", "site", "config"]


@given(st.text(max_size=60), st.integers(4, 30))
def test_texts_fit_whatever_their_letters(text, size):
    assert cell_len(cell(text, size)) == size
    assert cell_len(name_in(text, size)) <= size
    assert all(cell_len(line.plain) <= size for line in wrapped(text, size))
    assert not re.search(HIDDEN, cell(text, size) + name_in(text, size) + visible(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("東京支社長", "東京支 …"),
        ("東京支社", "東京支社"),
        ("abcdefgh", "abcdefgh"),
        ("abcdefghi", "abcdefg…"),
        ("a\x1b[2J", "a�[2J   "),
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
