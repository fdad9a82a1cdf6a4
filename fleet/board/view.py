"""Pure. What the board shows: from the rows of the desk to tiles, as plain texts in one language.

Names, tags and errors come from devices and from whoever may write tags. They are cleaned and cut here, once, so that
nothing beyond this module meets a control character, a change of direction, or a text that never ends.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from agent.frozen import frozen
from agent.identity import Imei
from fleet.bench.findings import Finding
from fleet.bench.stage import DONE, Row, Stage, in_order, progress, same_device
from fleet.board.words import STAGES, Group, Word

SERIAL_TAG = "desk_serial"
"""The serial number of the box, as the desk wrote it down."""
STALE_AFTER = timedelta(seconds=30)
"""What is older than that is said to be old, even if nobody said that the platform is away."""
_NAME, _SERIAL, _ERROR, _KEY, _TITLE, _PROBLEM = 48, 32, 160, 64, 80, 300
_MARKS = 2
"""Combining marks on one character; more would climb out of the line."""


@frozen
class Board:
    """What the source of the page found."""

    title: str
    """Of the order."""
    rows: tuple[Row, ...]
    taken_at: datetime
    """When the platform was asked with success, UTC."""
    problem: str = ""
    """Why the platform cannot be asked now; `rows` and `taken_at` are those of the last time that it could."""


@frozen
class Told:
    """One finding in words."""

    weight: str
    what: str
    advice: str


@frozen
class Tile:
    """One box on the page."""

    sim_id: str
    name: str
    """Empty where nobody gave one."""
    imsi: str
    """Its last four digits; empty where it is not known."""
    imei: str
    """Of the device in which the SIM is: its last six digits; empty where it is not known."""
    meant_for: str
    """Last six digits of the device that the plan names, where that is not the one in which the SIM is."""
    serial: str
    stage: str
    """The key by which shape and colour are chosen."""
    stage_word: str
    group: str
    """`Group.key`."""
    online: bool
    told: tuple[Told, ...]
    error: str
    """What the device says went wrong, where it needs a hand."""
    label: str
    """Where its label is."""
    keys: tuple[str, ...]
    """Numbers whose last digits somebody may type to find it."""
    imeis: tuple[str, ...]
    """Numbers that a scanner may read from the device, with whatever check digit."""


@frozen
class Count:
    """How many boxes are in a stage or a group."""

    key: str
    word: str
    count: int


@frozen
class Page:
    """All that changes on the page."""

    title: str
    taken_at: str
    """RFC 3339, UTC."""
    away: str
    """Why what is shown is old; empty where it is not."""
    tiles: tuple[Tile, ...]
    counts: tuple[Count, ...]
    progress: tuple[Count, ...]
    """One for each group, with nobody in it as well."""


def page_of(board: Board, language: str, now: datetime) -> Page:
    """What the page shows in `language`; `now` is UTC."""
    rows = in_order(board.rows)
    tiles = tuple(tile_of(row, language) for row in rows)
    return Page(
        title=shown(board.title, _TITLE),
        taken_at=board.taken_at.astimezone(UTC).isoformat(timespec="seconds"),
        away=_away(board, language, now),
        tiles=tiles,
        counts=tuple(_counts(rows, language)),
        progress=tuple(_progress(tiles, language)),
    )


def tile_of(row: Row, language: str) -> Tile:
    """One box in words."""
    sim = row.sim
    group = group_of(row)
    imsi = sim.imsi.digits if sim.imsi else ""
    serial = shown(sim.tags.get(SERIAL_TAG, ""), _SERIAL)
    imeis = (row.imei, row.expected.digits if row.expected else "", row.claim.imei.digits if row.claim.imei else "")
    return Tile(
        sim_id=shown(sim.sim_id, _KEY),
        name=shown(sim.name, _NAME),
        imsi=imsi[-4:],
        imei=row.imei[-6:],
        meant_for=_meant_for(row.imei, row.expected),
        serial=serial,
        stage=key_of(row.stage),
        stage_word=STAGES[row.stage].in_language(language),
        group=group.key,
        online=sim.session.online,
        told=tuple(_told(finding, language) for finding in row.findings),
        error=shown(row.claim.error, _ERROR) if group is Group.HAND else "",
        label=f"label/{quote(sim.sim_id, safe='', errors='replace')}",
        keys=_known((imsi, shown(sim.sim_id, _KEY), serial)),
        imeis=_known(imeis),
    )


def group_of(row: Row) -> Group:
    """What the row means for the person at the bench."""
    if row.needs_a_hand:
        return Group.HAND
    if row.stage in DONE:
        return Group.DONE
    return Group.STOPPED if row.stage is Stage.STOPPED else Group.WAY


def key_of(stage: Stage) -> str:
    """A stage's name in a document."""
    return stage.value.replace(" ", "_")


def shown(text: str, limit: int) -> str:
    """A text that anybody may have written, in one line of at most `limit` characters, with nothing invisible in it."""
    kept: list[str] = []
    marks = 0
    for character in " ".join(text[: limit * 4].split()):
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= _MARKS:
            kept.append(_visible(character))
    line = "".join(kept)
    return line if len(line) <= limit and len(text) <= limit * 4 else f"{line[: limit - 1]}…"


def _visible(character: str) -> str:
    """Controls, changes of direction, halves of characters and what no alphabet has become a sign that says so."""
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character).startswith("C") else character


def _away(board: Board, language: str, now: datetime) -> str:
    if not board.problem and now - board.taken_at <= STALE_AFTER:
        return ""
    said = Word.AWAY_PLATFORM.value.in_language(language)
    return f"{said}: {shown(board.problem, _PROBLEM)}" if board.problem else said


def _meant_for(imei: str, expected: Imei | None) -> str:
    return expected.digits[-6:] if expected and not (imei and same_device(imei, expected)) else ""


def _told(finding: Finding, language: str) -> Told:
    return Told(finding.weight.value, finding.what.in_language(language), finding.advice.in_language(language))


def _known(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in numbers if number))


def _counts(rows: Iterable[Row], language: str) -> Iterable[Count]:
    for stage, count in progress(rows).items():
        if count:
            yield Count(key_of(stage), STAGES[stage].in_language(language), count)


def _progress(tiles: tuple[Tile, ...], language: str) -> Iterable[Count]:
    for group in (Group.DONE, Group.WAY, Group.HAND, Group.STOPPED):
        count = sum(tile.group == group.key for tile in tiles)
        yield Count(group.key, group.said.in_language(language), count)
