"""Pure. What the device remembers from one pass to the next, and its JSON form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.provision.lifecycle import State

VERSION = 1
MOST = 1_000_000_000
"""The highest number in the file: a pass a second for thirty years."""

_CODES = {code.text: code for code in Code}
_STATES = tuple(state.value for state in State)
_FAILURES = ("failure", "notice")
_MEMBER_OF = {"last_order": "obeyed"}
"""The member of the JSON form, where it has another name than the field."""


@frozen
class Remembered:
    """What the last pass saved."""

    state: State = State.NEW
    in_force: str | None = None
    """Digest, hex, of the configuration that is in force."""
    attempt: str | None = None
    """The last attempt to apply: document, SIM and policy together (`memory.attempt_of`)."""
    given_up: str | None = None
    """The attempt that failed and is not repeated."""
    order_id: str | None = None
    """The order whose outcome is not known yet."""
    witness: str | None = None
    """The IMEI that was read before that order; it has to be read again before the order is kept."""
    interruptions: int = 0
    """How often in a row an apply was interrupted, or could not be confirmed."""
    card: str | None = None
    """`Subscriber.card` of the SIM that the device accepted as its own."""
    imei: str | None = None
    """The IMEI that the device accepted as its own."""
    operator: str | None = None
    """The operator of the accepted SIM."""
    held: bool = False
    """The operator ordered the device to apply nothing."""
    last_order: str | None = None
    """The operator order that was carried out last (`identity_policy.OperatorOrder.text`)."""
    order_card: str | None = None
    """`Subscriber.card` of the SIM whose order tag was looked at last."""
    order_before: str | None = None
    """The order that this SIM carried when the device met it, as long as it carries it: it was for another device."""
    failure: Failure | None = None
    """Why the last pass did not end well; None where it did."""
    notice: Failure | None = None
    """The last notice of the last pass: a fault that did not stop it."""
    seen_record: str | None = None
    """`Subscriber.modified` when nothing was to be done; None where the next poll is a whole pass."""
    seen_userdata: str | None = None
    """SHA-256, hex, of the userdata when nothing was to be done."""
    etag: str | None = None
    """The service's ETag of that userdata."""
    quiet_polls: int = 0
    """Quiet polls in a row."""
    changed_at: str | None = None
    """When state or configuration last changed, RFC 3339; None where no clock could be trusted."""
    ended_at: str | None = None
    """When the last pass ended, RFC 3339; None where no clock could be trusted."""
    failures_in_a_row: int = 0
    agent_version: str | None = None
    """The version of the agent that made the last pass."""


def to_json(remembered: Remembered) -> bytes:
    """The content of state.json."""
    plain = [each.name for each in fields(Remembered) if each.name not in {"state", *_FAILURES}]
    members = {_MEMBER_OF.get(name, name): getattr(remembered, name) for name in plain} | {
        "version": VERSION,
        "state": remembered.state.value,
        "failure": _failure_members(remembered.failure),
        "notice": _failure_members(remembered.notice),
    }
    return f"{json.dumps(members, indent=1, sort_keys=True)}\n".encode()


def _failure_members(failure: Failure | None) -> list[str] | None:
    return [failure.code.text, failure.detail, failure.where] if failure else None


def from_json(content: bytes) -> Remembered:
    """Reads the content of state.json; raises `ValueError` for anything that this version would not have written."""
    try:
        members = json.loads(content.decode())
    except RecursionError:
        raise ValueError("not what this agent writes") from None
    if not isinstance(members, dict) or members.get("version") != VERSION:
        raise ValueError(f"not an object of version {VERSION}")
    if members.get("state") not in _STATES:
        raise ValueError("a wrong state")
    return Remembered(
        state=State(members["state"]),
        in_force=_text(members, "in_force"),
        attempt=_text(members, "attempt"),
        given_up=_text(members, "given_up"),
        order_id=_text(members, "order_id"),
        witness=_text(members, "witness"),
        interruptions=_number(members, "interruptions"),
        card=_text(members, "card"),
        imei=_text(members, "imei"),
        operator=_text(members, "operator"),
        held=_flag(members, "held"),
        last_order=_text(members, "obeyed"),
        order_card=_text(members, "order_card"),
        order_before=_text(members, "order_before"),
        failure=_failure(members, "failure"),
        notice=_failure(members, "notice"),
        seen_record=_text(members, "seen_record"),
        seen_userdata=_text(members, "seen_userdata"),
        etag=_text(members, "etag"),
        quiet_polls=_number(members, "quiet_polls"),
        changed_at=_text(members, "changed_at"),
        ended_at=_text(members, "ended_at"),
        failures_in_a_row=_number(members, "failures_in_a_row"),
        agent_version=_text(members, "agent_version"),
    )


def _text(members: Mapping[str, Any], key: str) -> str | None:
    value = members.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"a wrong {key}")
    return value


def _number(members: Mapping[str, Any], key: str) -> int:
    value = members.get(key, 0)
    if type(value) is not int or not 0 <= value <= MOST:
        raise ValueError(f"a wrong {key}")
    return value


def _flag(members: Mapping[str, Any], key: str) -> bool:
    value = members.get(key, False)
    if not isinstance(value, bool):
        raise ValueError(f"a wrong {key}")  # noqa: TRY004 (one kind of error for one kind of fault)
    return value


def _failure(members: Mapping[str, Any], key: str) -> Failure | None:
    """The failure of a member; None also for a code that only another version of the agent knows."""
    match members.get(key):
        case None:
            return None
        case [str(code), str(detail), str(where)]:
            return Failure(_CODES[code], detail, where=where) if code in _CODES else None
        case _:
            raise ValueError(f"a wrong {key}")
