"""Story. Report: the tags of the SIM that differ from the report are sent, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from agent import __version__
from agent.configuration.resolving import report_items
from agent.errors import Failure
from agent.frozen import frozen
from agent.identity import Subscriber, value_of
from agent.provision.edges import Edges, PassStage, Proven
from agent.provision.lifecycle import Event
from agent.provision.memory import Occurred, remembered_after
from agent.provision.pass_result import PassResult, Reported, added
from agent.provision.remembered import Remembered
from agent.provision.tags import Report, changed_tags, wanted_tags


@frozen
class Unsent:
    """The tags that are still to be sent, and all notices of the pass so far."""

    tags: Mapping[str, str]
    notices: tuple[Failure, ...]


def report(edges: Edges, so_far: PassResult) -> Reported:
    """Sends the tags that differ in one request; tags that cannot be sent now differ again in the next pass."""
    if so_far.subscriber is None:
        return Reported()
    unsent = _unsent(edges, so_far, so_far.subscriber, so_far.remembered)
    if not unsent.tags:
        return Reported(notices=unsent.notices)
    try:
        edges.service.put_tags(unsent.tags)
    except Failure as failure:
        return Reported(notices=_with_notice(edges, unsent.notices, failure))
    return _sent(edges, unsent)


def report_of_applied(edges: Edges, so_far: PassResult, applied_at: datetime | None) -> Unsent:
    """The report of a configuration that was just applied; empty where this pass knows no SIM or no configuration."""
    if so_far.subscriber is None or so_far.resolved is None:
        return Unsent({}, ())
    confirmed = Occurred(Event.CONFIRMED, in_force=so_far.resolved.configuration.digest)
    return _unsent(edges, so_far, so_far.subscriber, remembered_after(so_far.remembered, confirmed, applied_at))


def reported_as_proof(edges: Edges, unsent: Unsent, proven: Proven) -> Reported:
    """What was reported by the process that reached the service."""
    return _sent(edges, unsent) if proven.reported else Reported(notices=unsent.notices)


def _sent(edges: Edges, unsent: Unsent) -> Reported:
    if unsent.tags:
        edges.show(PassStage.REPORT, ", ".join(f"{name}={value}" for name, value in sorted(unsent.tags.items())))
    return Reported(unsent.tags, unsent.notices)


def _unsent(edges: Edges, so_far: PassResult, subscriber: Subscriber, remembered: Remembered) -> Unsent:
    """The tags in which the SIM differs from the report of a device that remembers this."""
    extra, notices = _extra_tags(edges, so_far, remembered)
    wanted = Report(
        remembered.state,
        __version__,
        remembered.in_force,
        remembered.changed_at,
        value_of(so_far.equipment.imei) if so_far.equipment else None,
        remembered.failure or next(iter(notices), None),
        extra,
        remembered.last_order,
    )
    return Unsent(changed_tags({**subscriber.tags, **so_far.tags}, wanted_tags(wanted)), notices)


def _extra_tags(
    edges: Edges, so_far: PassResult, remembered: Remembered
) -> tuple[Mapping[str, str], tuple[Failure, ...]]:
    """The tags that the configuration in force asks for, and the notices with those of files that cannot be read."""
    notices = so_far.notices
    configuration = so_far.resolved.configuration if so_far.resolved else None
    if configuration is None or configuration.digest != remembered.in_force:
        return {}, notices
    tags = {}
    for item in report_items(configuration):
        try:
            tags[item.name] = item.value if item.value is not None else edges.read_first_line(item.file or "")
        except Failure as failure:
            notices = _with_notice(edges, notices, failure)
    return tags, notices


def _with_notice(edges: Edges, notices: tuple[Failure, ...], notice: Failure) -> tuple[Failure, ...]:
    """The notices with one more, which is shown unless it is there already."""
    more = added(notices, (notice,))
    if len(more) > len(notices):
        edges.show(PassStage.NOTICE, str(notice))
    return more
