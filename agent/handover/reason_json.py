"""Pure. Reasons as JSON: the form in which outcomes and the journal of an apply record them.

A reason is a list that begins with its kind. Version 1 of these records had a text instead: a text that is the value of
a `Cause` is read as that cause, any other text is kept as it is. Reading raises `ValueError` for anything else.
"""

from __future__ import annotations

from agent.errors import Code
from agent.key_path import KeyPath
from agent.reasons import (
    Cause,
    DirectoryAbove,
    DocumentKey,
    Drift,
    EarlierText,
    NotDone,
    PlainReason,
    Reason,
    StepReason,
)

_CAUSES_OF_VERSION_1 = {cause.value: cause for cause in Cause}
_CAUSES = {cause.name.lower(): cause for cause in Cause}
_CODES = {code.text: code for code in Code}


def reason_to_json(reason: Reason) -> list[object]:
    """The reason as a list of JSON values."""
    match reason:
        case DocumentKey(path):
            return ["key", *path]
        case Cause():
            return ["cause", reason.name.lower()]
        case EarlierText(text):
            return ["earlier", text]
        case DirectoryAbove(of):
            return ["directory_above", reason_to_json(of)]
        case Drift(DocumentKey(path)):
            return ["drift", *path]
        case NotDone(code, detail):
            return ["not_done", code.text, detail]


def reason_from_json(value: object) -> Reason:
    """The reason that `reason_to_json` made this list of, or a text of version 1."""
    match value:
        case ["drift", *path]:
            return Drift(DocumentKey(_path(path)))
        case ["not_done", str(code), str(detail)] if code in _CODES:
            return NotDone(_CODES[code], detail)
        case _:
            return step_reason_from_json(value)


def step_reason_from_json(value: object) -> StepReason:
    """The reason of a step."""
    match value:
        case ["directory_above", of]:
            return DirectoryAbove(_plain(of))
        case _:
            return _plain(value)


def _plain(value: object) -> PlainReason:
    match value:
        case str(text):
            return _CAUSES_OF_VERSION_1.get(text) or EarlierText(text)
        case ["key", *path]:
            return DocumentKey(_path(path))
        case ["cause", str(name)] if name in _CAUSES:
            return _CAUSES[name]
        case ["earlier", str(text)]:
            return EarlierText(text)
        case _:
            raise ValueError("not a reason")


def _path(steps: list[object]) -> KeyPath:
    path = tuple(step for step in steps if isinstance(step, str) or type(step) is int)
    if not path or len(path) != len(steps) or not isinstance(path[0], str):
        raise ValueError("not a path in a document")
    return path
