"""Pure. The contract between the two halves of the device: an order goes in, an outcome comes out.

What was applied waits for a confirmation, which goes in. All three are JSON texts of one object each. Reading one back
checks every member and raises `Failure(order.invalid)`; the privileged half still validates the document itself, since
it trusts nothing that it is handed.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import field
from enum import Enum, unique
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.reason_json import reason_from_json, reason_to_json, step_reason_from_json
from agent.reasons import Reason, StepReason

VERSION = 1
"""Of confirmation.json."""
ORDER_VERSION = 2
"""Of order.json."""
READABLE_ORDERS = (1, ORDER_VERSION)
"""Version 1 had the members of version 2 and more: an order that lay there during an update is still carried out."""
OUTCOME_VERSION = 2
"""Of outcome.json."""
READABLE_OUTCOMES = (1, OUTCOME_VERSION)
"""Version 1 had reasons as texts: an outcome that was written before an update is still read."""
MAX_BYTES = 4 * 1024 * 1024
_CODES = {code.text: code for code in Code}


@frozen
class Apply:
    """The order to apply a resolved configuration."""

    order_id: str
    digest: str
    """SHA-256, hex, of the resolved document (`resolving.Configuration.digest`)."""
    document: Mapping[str, Any]
    """The resolved document: JSON values."""
    card: str
    """`Subscriber.card` of the SIM that this was resolved for; commands run once for document and SIM."""
    userdata: bytes = b""
    """The text as it was received: where documents have to be signed, the root half resolves it itself."""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The values that the text's `{{ }}` were filled with: namespace → name → value."""


@frozen
class RollBack:
    """The order to go back to the generation before the present one."""

    order_id: str


@frozen
class Scrub:
    """The order to remove everything managed and sensitive, for good."""

    order_id: str


Order = Apply | RollBack | Scrub


def digest_of(order: Order) -> str | None:
    """The digest of the configuration that an order applies; None for an order that applies none."""
    return order.digest if isinstance(order, Apply) else None


@unique
class Result(Enum):
    """What became of an order."""

    UNCONFIRMED = "unconfirmed"
    """Applied; the old generation is kept until the service has answered."""
    COMMITTED = "committed"
    """Applied and confirmed."""
    NOT_APPLIED = "not_applied"
    """Refused, or failed and undone: the gateway is as it was."""
    UNDONE = "undone"
    """Applied and taken back: the gateway is as it was."""


@frozen
class Change:
    """One thing that differs, or differed: what, where, why."""

    what: str
    """`created`, `changed`, `removed`, `linked`, `ran`, `restarted`, `enabled`, … or the same as intention."""
    where: str
    """Path, unit, or command."""
    because: Reason


@frozen
class Ran:
    """A command of the document that was run."""

    command: str
    """Its beginning; `(sensitive)` where nobody is to see it."""
    code: int
    """Its exit code, or minus the signal that ended it; -1 where it could not be started or ran out of time."""
    seconds: float
    tail: str
    """The end of what it printed, without secrets."""
    because: StepReason


@frozen
class Outcome:
    """What became of an order, as the privileged half saw it."""

    order_id: str | None
    """The order that this is the outcome of; None where the order, or the journal that held it, was damaged."""
    digest: str | None
    """`Apply.digest` of the order; None for another order, and where `order_id` is None."""
    result: Result
    changes: tuple[Change, ...] = ()
    recorded: bool = False
    """Commands and service actions were only recorded, since the root is not `/`."""
    failure: Failure | None = None
    ran: tuple[Ran, ...] = ()


@unique
class Decision(Enum):
    """What the network half decides about an applied configuration."""

    KEEP = "keep"
    UNDO = "undo"


@frozen
class Confirmation:
    """Whether the service still answers after an apply."""

    order_id: str
    decision: Decision
    failure: Failure | None = None
    """Why it is to be undone."""


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
            members |= {"task": "scrub"}
    return _dumped(members)


def order_from_json(text: str) -> Order:
    """An order from the text of order.json, of this version or the one before it."""
    record = _Record.parse(text, "order", READABLE_ORDERS)
    order_id = record.name("order_id")
    match record.members.get("task"):
        case "apply":
            return Apply(
                order_id,
                record.name("digest"),
                record.mapping("document"),
                record.name("card"),
                record.packed("userdata"),
                record.names("names"),
            )
        case "roll_back":
            return RollBack(order_id)
        case "scrub":
            return Scrub(order_id)
        case _:
            raise record.wrong("task")


def outcome_to_json(outcome: Outcome) -> str:
    """The text of outcome.json."""
    failure = outcome.failure
    return _dumped(
        {
            "version": OUTCOME_VERSION,
            "order_id": outcome.order_id,
            "digest": outcome.digest,
            "result": outcome.result.value,
            "changes": [change_to_json(change) for change in outcome.changes],
            "recorded": outcome.recorded,
            "failure": failure and [failure.code.text, failure.detail, failure.where],
            "ran": [ran_to_json(item) for item in outcome.ran],
        }
    )


def outcome_from_json(text: str) -> Outcome:
    """An outcome from the text of outcome.json, of this version or the one before it."""
    record = _Record.parse(text, "outcome", READABLE_OUTCOMES)
    try:
        result = Result(record.name("result"))
    except ValueError:
        raise record.wrong("result") from None
    try:
        changes = tuple(change_from_json(row) for row in record.rows("changes"))
    except ValueError:
        raise record.wrong("changes") from None
    try:
        ran = tuple(ran_from_json(row) for row in record.rows("ran"))
    except ValueError:
        raise record.wrong("ran") from None
    order_id, digest = record.name_or_none("order_id"), record.name_or_none("digest")
    return Outcome(order_id, digest, result, changes, record.flag("recorded"), record.failure(), ran)


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
        case [str(command), int(code), int() | float() as seconds, str(tail), because]:
            return Ran(command, code, float(seconds), tail, step_reason_from_json(because))
        case _:
            raise ValueError("not a command that was run")


def confirmation_to_json(confirmation: Confirmation) -> str:
    """The text of confirmation.json."""
    failure = confirmation.failure
    return _dumped(
        {
            "version": VERSION,
            "order_id": confirmation.order_id,
            "answer": confirmation.decision.value,
            "failure": failure and [failure.code.text, failure.detail, failure.where],
        }
    )


def confirmation_from_json(text: str) -> Confirmation:
    """A confirmation from the text of confirmation.json."""
    record = _Record.parse(text, "confirmation")
    try:
        decision = Decision(record.name("answer"))
    except ValueError:
        raise record.wrong("answer") from None
    return Confirmation(record.name("order_id"), decision, record.failure())


def _dumped(members: Mapping[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


@frozen
class _Record:
    members: Mapping[str, Any]
    what: str

    @classmethod
    def parse(cls, text: str, what: str, versions: tuple[int, ...] = (VERSION,)) -> _Record:
        try:
            members = json.loads(text)
        except (ValueError, RecursionError):
            raise Failure(Code.ORDER_INVALID, f"the {what} is not JSON") from None
        if not isinstance(members, dict) or members.get("version") not in versions:
            raise Failure(Code.ORDER_INVALID, f"the {what} is not an object of version {versions[-1]}")
        return cls(members, what)

    def wrong(self, key: str) -> Failure:
        return Failure(Code.ORDER_INVALID, f"the {self.what} has a missing or wrong {key}")

    def name(self, key: str) -> str:
        value = self.members.get(key)
        if not isinstance(value, str) or not value or not value.isprintable():
            raise self.wrong(key)
        return value

    def name_or_none(self, key: str) -> str | None:
        return None if key in self.members and self.members[key] is None else self.name(key)

    def packed(self, key: str) -> bytes:
        value = self.members.get(key, "")
        try:
            return base64.b64decode(value, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise self.wrong(key) from None

    def names(self, key: str) -> Mapping[str, Mapping[str, str]]:
        value = self.members.get(key, {})
        if not isinstance(value, dict) or not all(_is_texts(member) for member in value.values()):
            raise self.wrong(key)
        return value

    def flag(self, key: str) -> bool:
        value = self.members.get(key)
        if not isinstance(value, bool):
            raise self.wrong(key)
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.members.get(key)
        if not isinstance(value, dict):
            raise self.wrong(key)
        return value

    def rows(self, key: str) -> list[object]:
        value = self.members.get(key)
        if not isinstance(value, list):
            raise self.wrong(key)
        return value

    def texts(self, key: str, row: object, length: int) -> list[str]:
        if not isinstance(row, list) or len(row) != length or not all(isinstance(item, str) for item in row):
            raise self.wrong(key)
        return row

    def failure(self) -> Failure | None:
        row = self.members.get("failure")
        if row is None:
            return None
        code, detail, where = self.texts("failure", row, 3)
        if code not in _CODES:
            raise self.wrong("failure")
        return Failure(_CODES[code], detail, where=where)
