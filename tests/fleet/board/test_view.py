"""The page of the board, as values."""

import json
import unicodedata
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from board_rows import FAILED, IMEI, LOCKED, NOW, ON, OTHER, PROVISIONED, READY, STOPPED, board, named, row
from hypothesis import given
from hypothesis import strategies as st

from fleet.bench.findings import Finding
from fleet.bench.stage import Stage
from fleet.board.sample import sample
from fleet.board.texts import STAGES, TileGroup
from fleet.board.view import STALE_AFTER, Count, FindingText, Tile, clean, page_of, tile_of

TEXTS = st.text(st.characters(), max_size=400)


def test_a_tile_shows_last_digits_and_has_whole_numbers_for_the_search():
    assert tile_of(row(named(LOCKED, "gw-1", desk_serial="KG-9")), "en") == Tile(
        sim_id="8942310000000000001",
        name="gw-1",
        imsi="7890",
        imei="237518",
        meant_for="",
        serial="KG-9",
        stage="locked",
        stage_text="locked",
        group="done",
        online=True,
        findings=(),
        error="",
        label="label/8942310000000000001",
        keys=("440101234567890", "8942310000000000001", "KG-9"),
        imeis=(IMEI,),
    )


def test_a_tile_has_findings_and_advice_in_the_language_of_the_page():
    tile = tile_of(row(FAILED), "ja")
    failed = Finding.FAILED
    assert tile.findings == (FindingText("attention", failed.what.ja, failed.advice.ja),)
    assert tile.stage_text == STAGES[Stage.FAILED].ja
    assert tile.error == "apply.failed: /etc/x: no room"


def test_an_earlier_error_is_not_shown_without_a_finding():
    assert not tile_of(row(named(PROVISIONED, "gw-1", kitting_error="long ago")), "en").error


@pytest.mark.parametrize(
    ("meant_for", "sim", "shown_as"),
    [(IMEI, ON, ""), (OTHER, ON, "643809"), (IMEI, READY, "237518"), (None, ON, "")],
    ids=["the right one", "another", "none yet", "nobody said"],
)
def test_the_device_of_the_plan_is_shown_where_the_sim_is_not_in_it(meant_for, sim, shown_as):
    assert tile_of(row(sim, meant_for), "en").meant_for == shown_as


@pytest.mark.parametrize(
    ("sim", "group"),
    [
        (FAILED, "attention"),
        (READY, "in_progress"),
        (PROVISIONED, "in_progress"),
        (LOCKED, "done"),
        (STOPPED, "stopped"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_sim_is_in_the_group_of_its_stage_and_findings(sim, group):
    assert tile_of(row(sim), "en").group == group


def test_the_page_has_the_order_of_the_desk_and_counts_its_tiles():
    sims = [replace(sim, sim_id=str(place)) for place, sim in enumerate((LOCKED, READY, FAILED, STOPPED, READY))]
    page = page_of(board(*sims), "en", NOW)
    assert [tile.sim_id for tile in page.tiles] == ["2", "1", "4", "0", "3"]
    assert page.counts == (
        Count("in_stock", "in stock", 2),
        Count("locked", "locked", 1),
        Count("stopped", "stopped", 1),
        Count("failed", "failed", 1),
    )
    assert [(one.key, one.count) for one in page.progress] == [
        ("done", 1),
        ("in_progress", 2),
        ("attention", 1),
        ("stopped", 1),
    ]
    assert page.taken_at == "2026-11-23T12:00:00+00:00"


def test_a_board_without_sims_is_a_page_without_tiles():
    page = page_of(board(), "en", NOW)
    assert (page.tiles, page.counts, {one.count for one in page.progress}) == ((), (), {0})


def test_groups_stand_together_in_the_order_of_the_desk():
    groups = [tile.group for tile in page_of(sample(NOW), "en", NOW).tiles]
    assert list(dict.fromkeys(groups)) == [group.key for group in TileGroup]
    assert groups == sorted(groups, key=[group.key for group in TileGroup].index)


@pytest.mark.parametrize(
    ("problem", "age", "away"),
    [
        ("", timedelta(), ""),
        ("", STALE_AFTER, ""),
        ("", STALE_AFTER + timedelta(seconds=1), "SORACOM does not answer"),
        ("no route\n", timedelta(), "SORACOM does not answer: no route"),
    ],
)
def test_a_problem_is_shown_and_so_is_an_old_board_without_a_problem(problem, age, away):
    assert page_of(board(problem=problem, at=NOW - age), "en", NOW).away == away


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("gw-1", "gw-1"),
        ("  two\nlines\tand  more ", "two lines and more"),
        ("東京 3号機", "東京 3号機"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("a\x00b\x1b[31m", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[31m"),
        ("\u202egnp.exe", "\N{REPLACEMENT CHARACTER}gnp.exe"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("Z" + "\u0301" * 50, "Z\u0301\u0301"),
        ("x" * 99, "x" * 19 + "…"),
        (" " * 1000 + "end", "…"),
    ],
    ids=ascii,
)
def test_any_text_becomes_one_short_line_without_invisible_characters(text, line):
    assert clean(text, 20) == line


@given(TEXTS, st.integers(2, 60))
def test_no_text_is_longer_than_its_limit_or_has_control_characters(text, limit):
    line = clean(text, limit)
    assert len(line) <= limit
    assert not any(unicodedata.category(character).startswith(("C", "Zl", "Zp")) for character in line)
    assert line.encode().decode() == line


@given(name=TEXTS, serial=TEXTS, error=TEXTS, sim_id=TEXTS.filter(bool))
def test_the_page_is_a_small_document_for_any_tags(name, serial, error, sim_id):
    sim = replace(named(FAILED, name, desk_serial=serial, kitting_error=error), sim_id=sim_id)
    page = page_of(board(sim, title=name, problem=error), "ja", NOW)
    assert len(json.dumps(asdict(page), ensure_ascii=False).encode()) < 8000
