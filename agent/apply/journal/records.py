"""Pure. Orders, what is managed, and events as JSON records. Reading raises `ValueError` for anything else.

Version 2 has reasons as values and the purpose of an order. Version 1 had reasons as texts, and only said whether an
order leads back: a gateway whose package is updated while an order is open still ends that order.
"""

from __future__ import annotations

from agent.apply.journal.frames import Json
from agent.apply.journal.node_records import Contents
from agent.apply.journal.ordered import Ordered, Purpose
from agent.apply.journal.step_records import entry_from_json, entry_to_json, step_from_json, step_to_json
from agent.apply.journal.transaction import ApplyEvent, Happened
from agent.apply.planning.steps import Managed, ManagedParameter, Step
from agent.effects import ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.handover.order_json import change_from_json, change_to_json, ran_from_json, ran_to_json
from agent.reasons import Cause

VERSION = 2
READABLE = (1, VERSION)
_CODES = {code.text: code for code in Code}


def ordered_to_record(ordered: Ordered) -> Json:
    """The first record of a journal."""
    return {
        "version": VERSION,
        "order_id": ordered.order_id,
        "digest": ordered.digest,
        "recorded": ordered.recorded,
        "steps": [step_to_json(step) for step in ordered.steps],
        "notes": [change_to_json(note) for note in ordered.notes],
        "managed": managed_to_record(ordered.managed),
        "came_from": managed_to_record(ordered.came_from),
        "purpose": ordered.purpose.value,
        "left": dict(ordered.left),
    }


def ordered_from_record(record: Json, contents: Contents) -> Ordered:
    """The order that `ordered_to_record` wrote, in this version or the one before it."""
    try:
        _check_version(record)
        steps = tuple(step_from_json(step, contents) for step in record["steps"])
        return Ordered(
            record["order_id"],
            record["digest"],
            record["recorded"],
            steps,
            tuple(change_from_json(note) for note in record["notes"]),
            managed_from_record(record["managed"], contents),
            managed_from_record(record["came_from"], contents),
            _purpose(record, steps),
            dict(record["left"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an order: {error!r}") from None


def managed_to_record(managed: Managed) -> Json:
    """What the agent manages."""
    return {
        "version": VERSION,
        "paths": {path: entry_to_json(entry) for path, entry in managed.paths.items()},
        "verbs": sorted([verb.unit, verb.verb.value] for verb in managed.verbs),
        "ran_for": managed.ran_for,
        "kernel": {name: [entry.wrote, entry.before] for name, entry in managed.kernel.items()},
        "digest": managed.digest,
    }


def managed_from_record(record: Json, contents: Contents) -> Managed:
    """What `managed_to_record` wrote, in this version or the one before it."""
    try:
        _check_version(record)
        paths = {path: entry_from_json(entry, contents) for path, entry in record["paths"].items()}
        verbs = frozenset(ServiceVerb(unit, Verb(verb)) for unit, verb in record["verbs"])
        # A record of an earlier version of the agent has no kernel parameters.
        kernel = {name: ManagedParameter(wrote, before) for name, (wrote, before) in record.get("kernel", {}).items()}
        digest = record.get("digest")
        if not isinstance(digest, str | None):
            raise ValueError("not what is managed: a wrong digest")  # noqa: TRY004 (one kind of error)
        return Managed(paths, verbs, record["ran_for"], kernel, digest)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not what is managed: {error!r}") from None


def happened_to_record(happened: Happened) -> Json:
    """An event."""
    failure = happened.failure
    row = failure and [failure.code.text, failure.detail, failure.where]
    ran = happened.ran and ran_to_json(happened.ran)
    return {"event": happened.event.value, "step": happened.step, "failure": row, "ran": ran}


def happened_from_record(record: Json) -> Happened:
    """The event that `happened_to_record` wrote; in version 1 only the reason in `ran` was a text."""
    try:
        row = record["failure"]
        failure = Failure(_CODES[row[0]], row[1], where=row[2]) if row else None
        ran = ran_from_json(record["ran"]) if record["ran"] else None
        return Happened(ApplyEvent(record["event"]), record["step"], failure, ran)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"not an event: {error!r}") from None


def _check_version(record: Json) -> None:
    if record["version"] not in READABLE:
        raise ValueError(f"version {record['version']!r}")


def _purpose(record: Json, steps: tuple[Step, ...]) -> Purpose:
    """The purpose of the order; in version 1 a scrub is known by the reason of its steps."""
    if record["version"] == VERSION:
        return Purpose(record["purpose"])
    if not record["is_way_back"]:
        return Purpose.APPLY
    is_scrub = any(step.because is Cause.SCRUB for step in steps)
    return Purpose.SCRUB if is_scrub else Purpose.ROLL_BACK
