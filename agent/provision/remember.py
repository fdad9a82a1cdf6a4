"""Story. Remember: the next pass starts from what is saved here, before the device acts on it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from agent.errors import Failure
from agent.host.clock import CLOCK_FLOOR, trusted_now
from agent.provision.edges import Edges
from agent.provision.lifecycle import Event
from agent.provision.memory import Occurred, remembered_after
from agent.provision.pass_result import PassResult, Saved
from agent.provision.poll import with_seen
from agent.provision.remembered import Remembered


def now(edges: Edges) -> datetime | None:
    """The time, by the device's clock or by the service's; None where no clock can be trusted."""
    return trusted_now(edges.system_time(), edges.service.date, CLOCK_FLOOR)


def remember(edges: Edges, so_far: PassResult, occurred: Occurred) -> Saved:
    """Saves what follows from an event; without a write to the disk where only time has passed."""
    before = so_far.remembered
    after = remembered_after(before, occurred, so_far.applied_at or now(edges))
    only_time_passed = occurred.event is Event.UNCHANGED and replace(after, ended_at=before.ended_at) == before
    save = edges.save_until_boot if only_time_passed else edges.save
    save(after)
    return Saved(after, occurred)


def remember_if_possible(edges: Edges, so_far: PassResult, occurred: Occurred) -> Saved:
    """As `remember`; where the disk refuses, that is the failure of the pass, if it has no other."""
    try:
        return remember(edges, so_far, occurred)
    except Failure as refusal:
        failed = replace(occurred, failure=occurred.failure or refusal)
        return Saved(remembered_after(so_far.remembered, failed, so_far.applied_at or now(edges)), failed)


def remember_for_poll(edges: Edges, so_far: PassResult) -> Remembered:
    """Saves the last notice, which `status` shows, and what the next poll compares with."""
    before = so_far.remembered
    after = replace(with_seen(so_far, edges.service.etag), notice=so_far.notices[-1] if so_far.notices else None)
    if before.notice != after.notice or _seen(before) != _seen(after):
        with suppress(Failure):  # that the disk refuses is known, and reported
            edges.save(after)
    return after


def _seen(remembered: Remembered) -> tuple[str | int | None, ...]:
    return remembered.seen_record, remembered.seen_userdata, remembered.etag, remembered.quiet_polls
