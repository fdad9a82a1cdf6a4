"""Pure. The content of the board's page: from the rows of SIMs to tiles, as plain texts in one language.

Names, tags and errors come from devices, and from every user with permission to edit tags. This module cleans and cuts
them, so that no template meets a control character, a change of writing direction, or a text without end.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from fleet import desk_tags
from fleet.bench.findings import Finding
from fleet.bench.stage import DONE, Row, Stage, in_order, progress
from fleet.board.texts import STAGES, PageText, TileGroup

STALE_AFTER = timedelta(seconds=30)
"""A board of this age is shown as old, even where no problem is known."""
_NAME, _SERIAL, _ERROR, _KEY, _TITLE, _PROBLEM = 48, 32, 160, 64, 80, 300
_BAR = (TileGroup.DONE, TileGroup.IN_PROGRESS, TileGroup.ATTENTION, TileGroup.STOPPED)
"""The order of the groups in the bar of progress."""
_MARKS = 2
"""Combining marks on one character; more of them would reach into other lines."""


@dataclass(frozen=True, slots=True)
class Board:
    """The SIMs of a plan, as the platform knew them at a time."""

    title: str
    """The name of the plan."""
    rows: tuple[Row, ...]
    taken_at: datetime
    """When the platform answered, UTC."""
    problem: str = ""
    """Why the platform does not answer now; `rows` and `taken_at` are those of its last answer."""


@dataclass(frozen=True, slots=True)
class FindingText:
    """One finding as texts."""

    weight: str
    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One SIM on the page."""

    sim_id: str
    name: str
    """Empty where the SIM has none."""
    imsi: str
    """The last four digits; empty where the IMSI is not known."""
    imei: str
    """The last six digits of the device that the SIM is in; empty where it is not known."""
    meant_for: str
    """The last six digits of the device that the plan names; empty where the SIM is in that device."""
    serial: str
    stage: str
    """The key of shape and colour."""
    stage_text: str
    group: str
    """`TileGroup.key`."""
    online: bool
    findings: tuple[FindingText, ...]
    error: str
    """The error that the device reports, where the SIM needs attention."""
    label: str
    """The address of its label."""
    keys: tuple[str, ...]
    """Numbers that find the SIM by their last digits."""
    imeis: tuple[str, ...]
    """IMEIs that find the SIM when they are scanned from its device, with any check digit."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many SIMs are in a stage or a group."""

    key: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page that changes."""

    title: str
    taken_at: str
    """RFC 3339, UTC."""
    away: str
    """Why the page is old; empty where it is not."""
    tiles: tuple[Tile, ...]
    counts: tuple[Count, ...]
    progress: tuple[Count, ...]
    """A count for each group, also for an empty one."""


def page_of(board: Board, language: str, now: datetime) -> Page:
    """The page in one language; `now` is UTC."""
    rows = in_order(board.rows)
    tiles = tuple(tile_of(row, language) for row in rows)
    return Page(
        title=clean(board.title, _TITLE),
        taken_at=board.taken_at.astimezone(UTC).isoformat(timespec="seconds"),
        away=_away(board, language, now),
        tiles=tiles,
        counts=tuple(_counts(rows, language)),
        progress=tuple(_progress(tiles, language)),
    )


def tile_of(row: Row, language: str) -> Tile:
    """The tile of one SIM."""
    sim = row.sim
    group = group_of(row)
    imsi = sim.imsi.digits if sim.imsi else ""
    serial = clean(sim.tags.get(desk_tags.SERIAL, ""), _SERIAL)
    imeis = (row.imei, row.expected.digits if row.expected else "", row.report.imei.digits if row.report.imei else "")
    return Tile(
        sim_id=clean(sim.sim_id, _KEY),
        name=clean(sim.name, _NAME),
        imsi=imsi[-4:],
        imei=row.imei[-6:],
        meant_for=row.meant_for.digits[-6:] if row.meant_for else "",
        serial=serial,
        stage=key_of(row.stage),
        stage_text=STAGES[row.stage].in_language(language),
        group=group.key,
        online=sim.session.online,
        findings=tuple(_finding_text(finding, language) for finding in row.findings),
        error=clean(row.report.error, _ERROR) if group is TileGroup.ATTENTION else "",
        label=f"label/{quote(sim.sim_id, safe='', errors='replace')}",
        keys=_distinct((imsi, clean(sim.sim_id, _KEY), serial)),
        imeis=_distinct(imeis),
    )


def group_of(row: Row) -> TileGroup:
    """The group of tiles that a SIM belongs to."""
    if row.needs_attention:
        return TileGroup.ATTENTION
    if row.stage in DONE:
        return TileGroup.DONE
    return TileGroup.STOPPED if row.stage is Stage.STOPPED else TileGroup.IN_PROGRESS


def key_of(stage: Stage) -> str:
    """The key of a stage in JSON and in style sheets."""
    return stage.value.replace(" ", "_")


def clean(text: str, limit: int) -> str:
    """A text from an untrusted source on one line of at most `limit` characters, without invisible characters."""
    kept: list[str] = []
    marks = 0
    for character in " ".join(text[: limit * 4].split()):
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= _MARKS:
            kept.append(_visible(character))
    line = "".join(kept)
    return line if len(line) <= limit and len(text) <= limit * 4 else f"{line[: limit - 1]}…"


def _visible(character: str) -> str:
    """The character, or a replacement for controls, changes of direction, surrogates and unassigned characters."""
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character).startswith("C") else character


def _away(board: Board, language: str, now: datetime) -> str:
    if not board.problem and now - board.taken_at <= STALE_AFTER:
        return ""
    text = PageText.AWAY_PLATFORM.value.in_language(language)
    return f"{text}: {clean(board.problem, _PROBLEM)}" if board.problem else text


def _finding_text(finding: Finding, language: str) -> FindingText:
    return FindingText(finding.weight.value, finding.what.in_language(language), finding.advice.in_language(language))


def _distinct(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in numbers if number))


def _counts(rows: Iterable[Row], language: str) -> Iterable[Count]:
    for stage, count in progress(rows).items():
        if count:
            yield Count(key_of(stage), STAGES[stage].in_language(language), count)


def _progress(tiles: tuple[Tile, ...], language: str) -> Iterable[Count]:
    for group in _BAR:
        count = sum(tile.group == group.key for tile in tiles)
        yield Count(group.key, group.text.in_language(language), count)
