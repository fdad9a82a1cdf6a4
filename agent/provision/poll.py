"""Story. Poll: a device that is provisioned asks one small question; a whole pass follows only after a change.

The question alternates: whether the subscriber record changed (its time of modification), or whether the userdata
changed (the text, or its ETag where the service sends one). At intervals, and after anything unusual, the device makes
a whole pass, modem included.
"""

from __future__ import annotations

from dataclasses import replace

from agent import __version__
from agent.errors import Code, Failure
from agent.provision.edges import Edges, PassStage
from agent.provision.lifecycle import Event, State
from agent.provision.memory import Occurred, remembered_after
from agent.provision.pass_result import PassResult, QuietPoll
from agent.provision.poll_note import NOTHING_CHANGED, another_may_follow, digest, is_record_asked
from agent.provision.remembered import Remembered

_UNKNOWN_QUESTION = frozenset({Code.METADATA_NOT_SORACOM, Code.USERDATA_MISSING})
"""Answers of a service that a whole pass has to look at."""


def may_poll(remembered: Remembered) -> bool:
    """Whether a small question is enough: nothing is open that only a whole pass can end."""
    return (
        remembered.state is State.PROVISIONED
        and remembered.imei is not None
        and remembered.seen_record is not None
        and remembered.seen_userdata is not None
        and another_may_follow(remembered.quiet_polls)
        and remembered.failure is None
        and not (remembered.notice and remembered.notice.code is Code.REPORT_NOT_SENT)
        and remembered.agent_version == __version__
    )


def may_be_quiet(remembered: Remembered) -> bool:
    """Whether the next poll may be one that changes nothing but what quiet polls learn (`poll_note.Learnt`)."""
    if not may_poll(remembered):
        return False
    after = remembered_after(remembered, Occurred(Event.UNCHANGED, in_force=remembered.in_force), None)
    return replace(after, ended_at=remembered.ended_at) == remembered


def poll(edges: Edges, remembered: Remembered) -> QuietPoll | None:
    """Asks one small question; None where a whole pass has to follow. Raises `metadata.*` where nothing answers."""
    try:
        is_record = is_record_asked(remembered.quiet_polls)
        same = _same_record(edges, remembered) if is_record else _same_userdata(edges, remembered)
    except Failure as failure:
        if failure.code not in _UNKNOWN_QUESTION:
            raise
        return None
    if not same:
        return None
    edges.show(PassStage.FETCH, NOTHING_CHANGED)
    etag = edges.service.etag or remembered.etag
    return QuietPoll(replace(remembered, quiet_polls=remembered.quiet_polls + 1, etag=etag))


def _same_record(edges: Edges, remembered: Remembered) -> bool:
    return edges.service.modified() == remembered.seen_record


def _same_userdata(edges: Edges, remembered: Remembered) -> bool:
    text = edges.service.userdata_unless(remembered.etag)
    return text is None or digest(text) == remembered.seen_userdata


def with_seen(result: PassResult, etag: str | None) -> Remembered:
    """What is remembered with the record and the userdata of this pass, for the next poll to compare with.

    A pass that changed or reported anything is followed by a whole pass.
    """
    nothing_done = result.event is Event.UNCHANGED and not result.tags
    if not nothing_done or result.subscriber is None or result.resolved is None:
        return replace(result.remembered, seen_record=None, seen_userdata=None, etag=None, quiet_polls=0)
    return replace(
        result.remembered,
        seen_record=result.subscriber.modified,
        seen_userdata=digest(result.resolved.userdata),
        etag=etag,
        quiet_polls=0,
    )
