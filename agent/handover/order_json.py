"""Pure. Order, outcome and confirmation as JSON texts of one object each.

Reading checks every member and raises `Failure(order.invalid)`. The root half validates the document again, since it
does not trust the network half.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from agent.errors import Failure
from agent.handover.json_members import Members
from agent.handover.order import (
    Apply,
    Change,
    Confirmation,
    Decision,
    Order,
    Outcome,
    Ran,
    Result,
    RollBack,
    Scrub,
)
from agent.handover.reason_json import reason_from_json, reason_to_json, step_reason_from_json

VERSION = 1
"""Of confirmation.json."""
ORDER_VERSION = 2
"""Of order.json."""
READABLE_ORDERS = (1, ORDER_VERSION)
"""Version 1 had the members of version 2 and more: an order that was placed before an update is still carried out."""
OUTCOME_VERSION = 2
"""The version of outcome.json."""
READABLE_OUTCOMES = (1, OUTCOME_VERSION)
"""Version 1 had reasons as texts: an outcome that was written before an update is still read."""
MOST_CODE, MOST_SECONDS = 1 << 16, 1e9
"""Limits of the numbers about a command that was run; a number without a limit may have no `float`."""
MAX_BYTES = 4 * 1024 * 1024
"""The most bytes of each text."""


def order_to_json(order: Order) -> str:
    """The text of order.json."""
    members: dict[str, object] = {"version": ORDER_VERSION, "order_id": order.order_id}
    match order:
        case Apply():
            members |= {
                "task": "apply",
                "digest": order.digest,
                "document": order.document,
                "card": order.card,
                "userdata": base64.b64encode(order.userdata).decode(),
                "names": {namespace: dict(values) for namespace, values in order.names.items()},
            }
        case RollBack():
            members |= {"task": "roll_back"}
        case Scrub():
            members |= {"task": "scrub", "userdata": base64.b64encode(order.userdata).decode()}
    return _dumped(members)


def order_from_json(text: str) -> Order:
    """An order from the text of order.json, of this version or the one before it."""
    members = Members.parse(text, "order", READABLE_ORDERS)
    order_id = members.name("order_id")
    match members.any("task"):
        case "apply":
            return Apply(
                order_id,
                members.name("digest"),
                members.mapping("document"),
                members.name("card"),
                members.packed("userdata"),
                members.names("names"),
            )
        case "roll_back":
            return RollBack(order_id)
        case "scrub":
            return Scrub(order_id, members.packed("userdata"))
        case _:
            raise members.wrong("task")


def outcome_to_json(outcome: Outcome) -> str:
    """The text of outcome.json."""
    return _dumped(
        {
            "version": OUTCOME_VERSION,
            "order_id": outcome.order_id,
            "digest": outcome.digest,
            "result": outcome.result.value,
            "changes": [change_to_json(change) for change in outcome.changes],
            "recorded": outcome.recorded,
            "failure": _failure_row(outcome.failure),
            "ran": [ran_to_json(item) for item in outcome.ran],
            "in_force": outcome.in_force,
        }
    )


def outcome_from_json(text: str) -> Outcome:
    """An outcome from the text of outcome.json, of this version or the one before it."""
    members = Members.parse(text, "outcome", READABLE_OUTCOMES)
    try:
        result = Result(members.name("result"))
    except ValueError:
        raise members.wrong("result") from None
    try:
        changes = tuple(change_from_json(row) for row in members.rows("changes"))
    except ValueError:
        raise members.wrong("changes") from None
    try:
        ran = tuple(ran_from_json(row) for row in members.rows("ran"))
    except ValueError:
        raise members.wrong("ran") from None
    order_id, digest = members.name_or_none("order_id"), members.name_or_none("digest")
    recorded, failure = members.flag("recorded"), members.failure("failure")
    in_force = None if members.any("in_force") is None else members.name("in_force")
    return Outcome(order_id, digest, result, changes, recorded, failure, ran, in_force)


def change_to_json(change: Change) -> list[object]:
    """A change as a row of JSON values."""
    return [change.what, change.where, reason_to_json(change.because)]


def change_from_json(row: object) -> Change:
    """The change that `change_to_json` made this row of; raises `ValueError`."""
    match row:
        case [str(what), str(where), because]:
            return Change(what, where, reason_from_json(because))
        case _:
            raise ValueError("not a change")


def ran_to_json(ran: Ran) -> list[object]:
    """A command that was run, as a row of JSON values."""
    return [ran.command, ran.code, ran.seconds, ran.tail, reason_to_json(ran.because)]


def ran_from_json(row: object) -> Ran:
    """The command that `ran_to_json` made this row of; raises `ValueError`."""
    match row:
        case [str(command), int(code), int() | float() as seconds, str(tail), because] if (
            -MOST_CODE <= code <= MOST_CODE and 0 <= seconds <= MOST_SECONDS
        ):
            return Ran(command, code, float(seconds), tail, step_reason_from_json(because))
        case _:
            raise ValueError("not a command that was run")


def confirmation_to_json(confirmation: Confirmation) -> str:
    """The text of confirmation.json."""
    return _dumped(
        {
            "version": VERSION,
            "order_id": confirmation.order_id,
            "answer": confirmation.decision.value,
            "failure": _failure_row(confirmation.failure),
        }
    )


def confirmation_from_json(text: str) -> Confirmation:
    """A confirmation from the text of confirmation.json."""
    members = Members.parse(text, "confirmation", (VERSION,))
    try:
        decision = Decision(members.name("answer"))
    except ValueError:
        raise members.wrong("answer") from None
    return Confirmation(members.name("order_id"), decision, members.failure("failure"))


def _failure_row(failure: Failure | None) -> list[str] | None:
    return [failure.code.text, failure.detail, failure.where] if failure else None


def _dumped(members: Mapping[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
