"""Pure. Steps and what is managed as JSON, and records that show whether they are whole.

Contents are not in the text but named by their SHA-256; they are kept beside it. Reading raises `ValueError` for
anything that this module would not have written.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from functools import partial
from typing import Any

from agent.apply.journal.transaction import Event, Happened
from agent.apply.planning.nodes import Absent, Directory, File, Kept, Large, Lost, Symlink, fingerprint, sha256
from agent.apply.planning.steps import ActionStep, FileStep, Managed, ManagedPath, Step
from agent.effects import Action, ActivateConnections, OnError, Power, PowerState, RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Change, ran_from_json, ran_to_json

VERSION = 1
Json = dict[str, Any]
Contents = Callable[[str], bytes | None]
"""The kept content of this SHA-256, or None where it is damaged."""

_HEAD = re.compile(rb"([0-9a-f]{8}) ([0-9a-f]{8}) ")
_CODES = {code.text: code for code in Code}


@frozen
class Ordered:
    """What a journal begins with: all that is needed to end the application either way."""

    order_id: str
    digest: str | None
    """`Apply.digest` of the order; None for another order."""
    recorded: bool
    steps: tuple[Step, ...]
    notes: tuple[Change, ...]
    managed: Managed
    """What is managed once the order is confirmed."""
    came_from: Managed = field(default_factory=Managed)
    """What was managed before."""
    is_way_back: bool = False
    """Nothing can be gone back to afterwards: a rollback by hand, or what was scrubbed."""
    left: Mapping[str, str] = field(default_factory=dict)
    """Each path that a step is about, with `nodes.fingerprint` of what is there in the end."""


def framed(record: Json) -> bytes:
    """One line: length and checksum of the JSON text, and the text."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":")).encode("ascii")
    return b"%08x %08x %s\n" % (len(text), zlib.crc32(text), text)


def unframed(data: bytes) -> tuple[list[Json], int]:
    """The whole records that `data` begins with, and how many bytes they are; the rest is torn or damaged."""
    records: list[Json] = []
    end = 0
    while head := _HEAD.match(data, end):
        start = head.end()
        stop = start + int(head[1], 16)
        text = data[start:stop]
        if data[stop : stop + 1] != b"\n" or zlib.crc32(text) != int(head[2], 16):
            break
        records.append(json.loads(text))
        end = stop + 1
    return records, end


def contents_of(steps: tuple[Step, ...], managed: Managed) -> dict[str, bytes]:
    """Every content that would be needed to go back, by its SHA-256."""
    nodes = [step.before for step in steps if isinstance(step, FileStep)]
    nodes += [entry.before for entry in managed.paths.values()]
    return {sha256(node.content): node.content for node in nodes if isinstance(node, File)}


def left_by(steps: tuple[Step, ...]) -> dict[str, str]:
    """`Ordered.left` of these steps."""
    return {step.path: fingerprint(step.after) for step in steps if isinstance(step, FileStep)}


def larges_of(steps: tuple[Step, ...]) -> tuple[tuple[str, Large], ...]:
    """The large files that stand at a path before a step, and would be needed to go back."""
    files = (step for step in steps if isinstance(step, FileStep))
    return tuple((step.path, step.before) for step in files if isinstance(step.before, Large))


def ordered_to_record(ordered: Ordered) -> Json:
    """The first record of a journal."""
    return {
        "version": VERSION,
        "order_id": ordered.order_id,
        "digest": ordered.digest,
        "recorded": ordered.recorded,
        "steps": [_step_to_json(step) for step in ordered.steps],
        "notes": [[note.what, note.where, note.because] for note in ordered.notes],
        "managed": managed_to_record(ordered.managed),
        "came_from": managed_to_record(ordered.came_from),
        "is_way_back": ordered.is_way_back,
        "left": dict(ordered.left),
    }


def ordered_from_record(record: Json, contents: Contents) -> Ordered:
    """Reads back what `ordered_to_record` wrote; raises `ValueError`."""
    with_contents = partial(_step_from_json, contents=contents)
    try:
        if record["version"] != VERSION:
            raise ValueError(f"version {record['version']!r}")
        return Ordered(
            record["order_id"],
            record["digest"],
            record["recorded"],
            tuple(with_contents(step) for step in record["steps"]),
            tuple(Change(*note) for note in record["notes"]),
            managed_from_record(record["managed"], contents),
            managed_from_record(record["came_from"], contents),
            record["is_way_back"],
            dict(record["left"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an order: {error!r}") from None


def managed_to_record(managed: Managed) -> Json:
    """What the agent manages."""
    return {
        "version": VERSION,
        "paths": {path: _entry_to_json(entry) for path, entry in managed.paths.items()},
        "verbs": sorted([verb.unit, verb.verb.value] for verb in managed.verbs),
        "ran_for": managed.ran_for,
    }


def managed_from_record(record: Json, contents: Contents) -> Managed:
    """Reads back what `managed_to_record` wrote; raises `ValueError`."""
    try:
        if record["version"] != VERSION:
            raise ValueError(f"version {record['version']!r}")
        paths = {path: _entry_from_json(entry, contents) for path, entry in record["paths"].items()}
        verbs = frozenset(ServiceVerb(unit, Verb(verb)) for unit, verb in record["verbs"])
        return Managed(paths, verbs, record["ran_for"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not what is managed: {error!r}") from None


def happened_to_record(happened: Happened) -> Json:
    """An event."""
    failure = happened.failure
    told = failure and [failure.code.text, failure.detail, failure.where]
    ran = happened.ran and ran_to_json(happened.ran)
    return {"event": happened.event.value, "step": happened.step, "failure": told, "ran": ran}


def happened_from_record(record: Json) -> Happened:
    """Reads back what `happened_to_record` wrote; raises `ValueError`."""
    try:
        told = record["failure"]
        failure = Failure(_CODES[told[0]], told[1], where=told[2]) if told else None
        ran = ran_from_json(record["ran"]) if record["ran"] else None
        return Happened(Event(record["event"]), record["step"], failure, ran)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"not an event: {error!r}") from None


def named_contents(record: object) -> Iterator[str]:
    """The SHA-256 of every content that a record names."""
    if isinstance(record, Mapping):
        if record.get("kind") in {"file", "large", "lost"}:
            yield record["sha256"]
        for member in record.values():
            yield from named_contents(member)
    elif isinstance(record, list):
        for member in record:
            yield from named_contents(member)


def _step_to_json(step: Step) -> Json:
    match step:
        case FileStep(path, before, after, because, sensitive):
            # What is going to be written is not kept: after a restart nothing ever goes forward again.
            after = replace(after, content=b"") if isinstance(after, File) else after
            return {
                "path": path,
                "before": _node_to_json(before),
                "after": _node_to_json(after),
                "because": because,
                "sensitive": sensitive,
            }
        case ActionStep(action, because, once, sensitive, back):
            words = {"because": because, "once": once, "sensitive": sensitive, "back": back}
            return {"action": _action_to_json(action), **words}


def _step_from_json(value: Json, contents: Contents) -> Step:
    if "action" in value:
        words = (value["because"], value["once"], value["sensitive"], value["back"])
        return ActionStep(_action_from_json(value["action"]), *words)
    before = _node_from_json(value["before"], contents)
    after = _node_from_json(value["after"], lambda _: b"")
    if isinstance(after, Lost):
        raise TypeError("a step to nowhere")
    return FileStep(value["path"], before, after, value["because"], value["sensitive"])


def _entry_to_json(entry: ManagedPath) -> Json:
    return {
        "wrote": entry.wrote,
        "before": _node_to_json(entry.before),
        "because": entry.because,
        "then": [_action_to_json(action) for action in entry.then],
        "sensitive": entry.sensitive,
    }


def _entry_from_json(value: Json, contents: Contents) -> ManagedPath:
    before = _node_from_json(value["before"], contents)
    then = tuple(_action_from_json(action) for action in value["then"])
    return ManagedPath(value["wrote"], before, value["because"], then, value["sensitive"])


_KINDS: Mapping[type[Kept], str] = {
    Absent: "absent",
    File: "file",
    Large: "large",
    Directory: "directory",
    Symlink: "link",
    Lost: "lost",
}


def _node_to_json(node: Kept) -> Json:
    kind = {"kind": _KINDS[type(node)]}
    match node:
        case Absent():
            return {**kind}
        case File(content, mode, uid, gid):
            return {**kind, "sha256": sha256(content), "mode": mode, "uid": uid, "gid": gid}
        case Large(digest, size, mode, uid, gid):
            return {**kind, "sha256": digest, "size": size, "mode": mode, "uid": uid, "gid": gid}
        case Directory(mode, uid, gid):
            return {**kind, "mode": mode, "uid": uid, "gid": gid}
        case Symlink(target, uid, gid):
            return {**kind, "target": target, "uid": uid, "gid": gid}
        case Lost(digest):
            return {**kind, "sha256": digest}


def _node_from_json(value: Json, contents: Contents) -> Kept:
    match value:
        case {"kind": "absent"}:
            return Absent()
        case {"kind": "file", "sha256": str(digest), "mode": int(mode), "uid": int(uid), "gid": int(gid)}:
            content = contents(digest)
            return Lost(digest) if content is None else File(content, mode, uid, gid)
        case {"kind": "large", "sha256": str(digest), "size": int(size), **owner}:
            return Large(digest, size, owner["mode"], owner["uid"], owner["gid"])
        case {"kind": "directory", "mode": int(mode), "uid": int(uid), "gid": int(gid)}:
            return Directory(mode, uid, gid)
        case {"kind": "link", "target": str(target), "uid": int(uid), "gid": int(gid)}:
            return Symlink(target, uid, gid)
        case {"kind": "lost", "sha256": str(digest)}:
            return Lost(digest)
        case _:
            raise TypeError(f"not a node: {sorted(value)}")


def _action_to_json(action: Action) -> Json:
    match action:
        case RunCommand(argv, limit_s, on_error, own_scope):
            return {"argv": list(argv), "limit_s": limit_s, "on_error": on_error.value, "own_scope": own_scope}
        case ServiceVerb(unit, verb):
            return {"unit": unit, "verb": verb.value}
        case ActivateConnections(connections):
            return {"connections": list(connections)}
        case PowerState(power, delay_s):
            return {"power": power.value, "delay_s": delay_s}


def _action_from_json(value: Json) -> Action:
    match value:
        case {"argv": argv, "limit_s": limit_s, "on_error": on_error, "own_scope": own_scope}:
            return RunCommand(tuple(argv), limit_s, OnError(on_error), own_scope)
        case {"connections": connections}:
            return ActivateConnections(tuple(connections))
        case {"power": power, "delay_s": delay_s}:
            return PowerState(Power(power), delay_s)
        case _:
            return ServiceVerb(value["unit"], Verb(value["verb"]))
