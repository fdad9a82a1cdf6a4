"""Entry point. The note for the next poll, which may be a quiet one (`agent.resident.quiet_poll`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from agent import __version__
from agent.commands.assembly import is_root_half_separate
from agent.handover import files as handover
from agent.handover.order import Result
from agent.host.clock import CLOCK_FLOOR
from agent.host.foreign_files import read_bounded, write_until_boot
from agent.metadata.tcp_transport import family_of, is_local_address
from agent.provision import poll_note, state_file
from agent.provision.pass_request import REQUEST
from agent.provision.poll_note import Condition, Counted, PollNote, Standing
from agent.provision.remembered import Remembered
from agent.provision.tags import short
from agent.resident.pauses import budget_now, period_s_of
from agent.resident.schedule import fraction
from agent.resident.traffic_file import read_record
from agent.settings import DEFAULT_PATH, Settings

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")
"""Characters of a path that requests sends as they are."""


def leave_poll_note(settings: Settings, config: Path | None, remembered: Remembered) -> None:
    """Leaves a note for the next poll, which may be a quiet one; none where no note can be left.

    The caller holds the lock of a pass, and has asked `poll.may_be_quiet`.
    """
    place = state_file.volatile_of(settings)
    if place is None:
        return
    with suppress(OSError, ValueError):
        note = _note(settings, config, remembered, place)
        if note:
            write_until_boot(place / poll_note.NAME, note.content())


def _note(settings: Settings, config: Path | None, remembered: Remembered, place: Path) -> PollNote | None:
    record = read_record(settings.paths.state, place)
    content = read_bounded(settings.paths.state / state_file.STATE, state_file.MAX_BYTES)
    learnt = state_file.learnt_since(content, remembered)
    outcome = handover.last_outcome(settings.paths.apply)
    is_open = outcome is not None and outcome.result is Result.UNCONFIRMED
    parts = urlsplit(settings.metadata.url)
    if learnt is None or is_open or record.since is None or not parts.hostname or not set(parts.path) <= _PLAIN:
        return None
    metadata, schedule, budget = settings.metadata, settings.schedule, budget_now(settings)
    standing = Standing(
        version=__version__,
        user=os.geteuid(),
        config=str(config or ""),
        lock=str(settings.paths.state / state_file.LOCK),
        host=parts.hostname,
        port=parts.port or 80,
        prefix=parts.path,
        interface=metadata.interface,
        is_address=int(is_local_address(metadata.interface)),
        family=family_of(metadata.interface),
        timeout_s=metadata.timeout,
        seen_record=remembered.seen_record or "",
        seen_userdata=remembered.seen_userdata or "",
        imei=remembered.imei or "",
        configuration=short(remembered.in_force or ""),
        since_s=record.since.timestamp(),
        period_s=period_s_of(settings),
        clock_floor_s=CLOCK_FLOOR.timestamp(),
        interval_s=schedule.interval,
        part_of_jitter_s=schedule.jitter * fraction(remembered.card),
        budget_bytes=budget.bytes if budget else 0,
        budget_period_s=budget.period.total_seconds() if budget else 0.0,
    )
    counted = Counted(since=record.since.isoformat(), passes=record.passes, bytes=record.bytes)
    return PollNote(learnt, counted, standing, tuple(_conditions(settings, config, content)))


def _conditions(settings: Settings, config: Path | None, state: bytes) -> Iterator[Condition]:
    """All that gives a pass something to do, as it is now."""
    inbox, own = settings.paths.state, settings.paths.apply
    yield Condition(Condition.HAS_ROOM, str(inbox))
    yield _as_it_is(config or DEFAULT_PATH)
    yield Condition(Condition.SAME, str(inbox / state_file.STATE), poll_note.digest(state))
    yield Condition(Condition.ABSENT, str(inbox / REQUEST))
    yield Condition(Condition.ABSENT, str(inbox / handover.ORDER))
    yield _as_it_is(own / handover.OUTCOME)
    yield Condition(Condition.NOT_LOCKED, str(own / handover.SERVICE_LOCK))
    if not is_root_half_separate(settings):
        from agent.apply.settling import journal_place

        yield Condition(Condition.ABSENT, str(journal_place(own)))


def _as_it_is(path: Path) -> Condition:
    """The condition that a file keeps its content, or stays missing; raises `OSError` where it cannot be read."""
    try:
        content = read_bounded(path, poll_note.MAX_BYTES)
    except FileNotFoundError:
        return Condition(Condition.ABSENT, str(path))
    return Condition(Condition.SAME, str(path), poll_note.digest(content))
