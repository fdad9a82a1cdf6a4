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

VERSION = 1
MAX_BYTES = 4 * 1024 * 1024
MAX_CONFIRM_S = 3600.0
_CODES = {code.text: code for code in Code}


@unique
class Task(Enum):
    """What the privileged half is asked to do."""

    APPLY = "apply"
    ROLL_BACK = "roll_back"
    """Go back to the generation before the present one."""
    SCRUB = "scrub"
    """Remove what is managed and sensitive, for good."""


@frozen
class Order:
    """A resolved configuration, handed over; or another task, with an empty document."""

    order_id: str
    digest: str
    """SHA-256, hex, of the resolved document (`configuration.Configuration.digest`)."""
    document: Mapping[str, Any]
    """The resolved document: JSON values."""
    card: str
    """`Subscriber.card` of the SIM that this was resolved for; commands run once for document and SIM."""
    confirm_within_s: float
    userdata: bytes = b""
    """The text as it was received: where documents have to be signed, the privileged half resolves it itself."""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the text's `{{ }}` stood for: namespace → name → value."""
    task: Task = Task.APPLY


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
    because: str
    """The document key that asked for it."""


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
    because: str
    """The document key that asked for it."""


@frozen
class Outcome:
    """What became of an order, as the privileged half saw it."""

    order_id: str
    digest: str
    result: Result
    changes: tuple[Change, ...] = ()
    recorded: bool = False
    """Commands and service actions were only recorded, since the root is not `/`."""
    failure: Failure | None = None
    ran: tuple[Ran, ...] = ()


@unique
class Answer(Enum):
    """What the network half says once something was applied."""

    KEEP = "keep"
    UNDO = "undo"


@frozen
class Confirmation:
    """Whether the service still answers after an apply."""

    order_id: str
    answer: Answer
    failure: Failure | None = None
    """Why it is to be undone."""


def order_to_json(order: Order) -> str:
    """The text of order.json."""
    return _dumped(
        {
            "version": VERSION,
            "order_id": order.order_id,
            "digest": order.digest,
            "document": order.document,
            "card": order.card,
            "confirm_within_s": order.confirm_within_s,
            "userdata": base64.b64encode(order.userdata).decode(),
            "task": order.task.value,
            "names": {namespace: dict(values) for namespace, values in order.names.items()},
        }
    )


def order_from_json(text: str) -> Order:
    """An order from the text of order.json."""
    record = _Record.parse(text, "order")
    confirm_within_s = record.number("confirm_within_s")
    if not 0 < confirm_within_s <= MAX_CONFIRM_S:
        raise record.wrong("confirm_within_s")
    try:
        task = Task(record.members.get("task"))
    except ValueError:
        raise record.wrong("task") from None
    return Order(
        record.name("order_id"),
        record.name("digest"),
        record.mapping("document"),
        record.name("card"),
        confirm_within_s,
        record.packed("userdata"),
        record.names("names"),
        task,
    )


def outcome_to_json(outcome: Outcome) -> str:
    """The text of outcome.json."""
    failure = outcome.failure
    return _dumped(
        {
            "version": VERSION,
            "order_id": outcome.order_id,
            "digest": outcome.digest,
            "result": outcome.result.value,
            "changes": [[change.what, change.where, change.because] for change in outcome.changes],
            "recorded": outcome.recorded,
            "failure": failure and [failure.code.text, failure.detail, failure.where],
            "ran": [ran_to_json(item) for item in outcome.ran],
        }
    )


def outcome_from_json(text: str) -> Outcome:
    """An outcome from the text of outcome.json."""
    record = _Record.parse(text, "outcome")
    try:
        result = Result(record.name("result"))
    except ValueError:
        raise record.wrong("result") from None
    changes = tuple(Change(*record.texts("changes", row, 3)) for row in record.rows("changes"))
    try:
        ran = tuple(ran_from_json(row) for row in record.rows("ran"))
    except ValueError:
        raise record.wrong("ran") from None
    names = (record.name("order_id"), record.name("digest"))
    return Outcome(*names, result, changes, record.flag("recorded"), record.failure(), ran)


def ran_to_json(ran: Ran) -> list[object]:
    """A command that was run, as a row."""
    return [ran.command, ran.code, ran.seconds, ran.tail, ran.because]


def ran_from_json(row: object) -> Ran:
    """Back from a row; raises `ValueError`."""
    match row:
        case [str(command), int(code), int() | float() as seconds, str(tail), str(because)]:
            return Ran(command, code, float(seconds), tail, because)
        case _:
            raise ValueError("not a command that was run")


def confirmation_to_json(confirmation: Confirmation) -> str:
    """The text of confirmation.json."""
    failure = confirmation.failure
    return _dumped(
        {
            "version": VERSION,
            "order_id": confirmation.order_id,
            "answer": confirmation.answer.value,
            "failure": failure and [failure.code.text, failure.detail, failure.where],
        }
    )


def confirmation_from_json(text: str) -> Confirmation:
    """A confirmation from the text of confirmation.json."""
    record = _Record.parse(text, "confirmation")
    try:
        answer = Answer(record.name("answer"))
    except ValueError:
        raise record.wrong("answer") from None
    return Confirmation(record.name("order_id"), answer, record.failure())


def _dumped(members: Mapping[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


@frozen
class _Record:
    members: Mapping[str, Any]
    what: str

    @classmethod
    def parse(cls, text: str, what: str) -> _Record:
        try:
            members = json.loads(text)
        except (ValueError, RecursionError):
            raise Failure(Code.ORDER_INVALID, f"the {what} is not JSON") from None
        if not isinstance(members, dict) or members.get("version") != VERSION:
            raise Failure(Code.ORDER_INVALID, f"the {what} is not an object of version {VERSION}")
        return cls(members, what)

    def wrong(self, key: str) -> Failure:
        return Failure(Code.ORDER_INVALID, f"the {self.what} has a missing or wrong {key}")

    def name(self, key: str) -> str:
        value = self.members.get(key)
        if not isinstance(value, str) or not value or not value.isprintable():
            raise self.wrong(key)
        return value

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

    def number(self, key: str) -> float:
        value = self.members.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key)
        return float(value)

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
