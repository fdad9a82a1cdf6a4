"""Pure. Replaces the `{{ }}` in a document's texts (`template`) by the values of this SIM and this modem.

- Only values are filled in, never keys, and only after parsing; what came in is not read again. So no tag can change
  what a document consists of.
- A value that is filled in is one line: a control character in it is refused, so that no tag adds a line to a file.
- What else a value may contain depends on what reads the text (`filled_places`). A filter quotes it for its reader.
- A tag without a value counts as not set (the platform keeps the tag `name`, empty, on every SIM).
- A content beside `template: false` is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agent.configuration import template
from agent.configuration.filled_places import FilledPlace, place_of
from agent.configuration.filters import Filter, filtered
from agent.configuration.names import Names, concerns_filling, is_verbatim, texts
from agent.configuration.problems import Fault, Refused
from agent.configuration.schema import Schema, paths_of_wrong_type
from agent.configuration.template import Default, Filler, Literal, Name, WrongTemplate
from agent.configuration.text import place_in
from agent.errors import Code
from agent.key_path import KeyPath, quoted

MAX_FILLED_CHARACTERS = 1024 * 1024
"""Limit for all texts of a document together, in characters."""

_BROKEN_LINE = "[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_SHELL_TAKES_LITERALLY = r"[A-Za-z0-9_./:@%+=,-]*"
_COMPONENT = r"[A-Za-z0-9_][A-Za-z0-9._@-]*"
_ESCAPED_COMPONENT = r"(?:[A-Za-z0-9_]|%[0-9A-F]{2})(?:[A-Za-z0-9._~@-]|%[0-9A-F]{2})*"
_MEANS_NOTHING = r"[A-Za-z0-9_/.+](?:[A-Za-z0-9_/.+:=@-]*[A-Za-z0-9_/.+=-])?"
_NUMBER = r"-?(?:0|[1-9][0-9]{0,14})"
"""The expressions are compiled at their first use: every pass loads this module, and many documents have no `{{ }}`."""


def filled(
    document: Mapping[str, Any], known: Names, schema: Schema | None = None
) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The document with its fillers replaced, and what could not be; raises `Refused` where it grows too large.

    A text that is one filler becomes a number, or true or false, where the schema wants one.
    """
    filling = _Filling(document, known)
    content = filling.value(document, ())
    if schema and filling.whole and not filling.faults:
        for path in filling.whole & paths_of_wrong_type(content, schema):
            _make_typed(content, path)
    return content, tuple(filling.faults)


def template_faults(document: Mapping[str, Any]) -> tuple[Fault, ...]:
    """The faults of a document's fillers that do not depend on the SIM."""
    found = ((path, text, place_of(path, document)) for path, text in texts(document, ()) if "{" in text)
    return tuple(fault for path, text, place in found for fault in _faults_of_text(text, path, place))


def _faults_of_text(text: str, path: KeyPath, place: FilledPlace) -> Iterator[Fault]:
    block = template.jinja_block(text)
    if block is not None:
        message = "Jinja's {% … %} is not understood; template: false beside a content takes all of it as it is"
        yield _fault(path, text, block, message, Code.USERDATA_UNDEFINED)
    try:
        for position, part in template.parts(text):
            if isinstance(part, Filler) and (reason := _never_fits(part, place)):
                yield _fault(path, text, position, reason, Code.USERDATA_INVALID)
    except WrongTemplate as wrong:
        yield _fault(path, text, wrong.position, wrong.message, Code.USERDATA_UNDEFINED)


def _fault(path: KeyPath, text: str, position: int, message: str, code: Code) -> Fault:
    """A fault in a text; in a text of several lines the message says where."""
    if "\n" in text.rstrip("\n"):
        place = place_in(text, position)
        message = f"{message} (line {place.line}, column {place.column} of the text)"
    return Fault(path, message, code)


def _named(filler: Filler) -> Iterator[Name]:
    yield filler.value
    yield from (step.value for step in filler.steps if isinstance(step, Default) and isinstance(step.value, Name))


def _never_fits(filler: Filler, place: FilledPlace) -> str:
    """Why a filler may not stand at a place, whatever its value."""
    last = _last_filter(filler.steps)
    match place:
        case FilledPlace.FIXED:
            return "no {{ }} stands here, nor in a content that is encoded: it decides what the file is"
        case FilledPlace.SHELL_TEXT if any(name.namespace == "tags" for name in _named(filler)):
            return "" if last in {Filter.INT, Filter.BOOL} else _SHELL_REASON
        case FilledPlace.PROGRAM_FILE if last is Filter.TEXT:
            return "text is for what people read, and this file is a program; " + _OTHER_FILTERS
        case _:
            return ""


def _last_filter(steps: Iterable[Filter | Default]) -> Filter | None:
    return next((step for step in reversed(tuple(steps)) if isinstance(step, Filter)), None)


_SHELL_REASON = (
    "a tag in the name of a program, or in a text that a shell or an interpreter runs; pass it as an argument: "
    """[sh, -c, 'logger "$1"', sh, "{{ tags.note | text }}"]"""
)


class _Filling:
    def __init__(self, document: Mapping[str, Any], known: Names) -> None:
        self.document = document
        self.known = known
        self.faults: list[Fault] = []
        self.whole: set[KeyPath] = set()
        """Paths of texts that are one filler."""
        self.characters = 0

    def value(self, value: Any, path: KeyPath) -> Any:
        match value:
            case str():
                return self.text(value, path) if concerns_filling(value) else value
            case list():
                return [self.value(item, (*path, position)) for position, item in enumerate(value)]
            case dict():
                return {
                    key: member if is_verbatim(value, key) else self.value(member, (*path, key))
                    for key, member in value.items()
                }
            case _:
                return value

    def text(self, text: str, path: KeyPath) -> str:
        place = place_of(path, self.document)
        if faults := tuple(_faults_of_text(text, path, place)):
            self.faults.extend(faults)
            return ""
        parts = tuple(template.parts(text))
        if len(parts) == 1 and isinstance(parts[0][1], Filler):
            self.whole.add(path)
        pieces = []
        for position, part in parts:
            try:
                pieces.append(part if isinstance(part, str) else self.found(part, place))
            except WrongTemplate as wrong:
                self.faults.append(_fault(path, text, position, wrong.message, Code.USERDATA_UNDEFINED))
                continue
            except ValueError as unfit:
                self.faults.append(_fault(path, text, position, str(unfit), Code.USERDATA_INVALID))
                continue
            self.grow(pieces[-1])
        return "".join(pieces)

    def grow(self, piece: str) -> None:
        self.characters += len(piece)
        if self.characters > MAX_FILLED_CHARACTERS:
            raise Refused.at(None, "too large with all values filled in", Code.USERDATA_TOO_LARGE)

    def found(self, filler: Filler, place: FilledPlace) -> str:
        """The text for a filler; raises `WrongTemplate` where it is absent, and `ValueError` where it does not fit."""
        source, value = filler.value, self.value_of(filler.value)
        is_literal = False
        filters: list[Filter] = []
        for step in filler.steps:
            if isinstance(step, Filter):
                filters.append(step)
                value = value if value is None else _filtered(value, step, source)
            elif value is None and isinstance(step.value, Literal):
                value, is_literal = step.value.text, True
            elif value is None and isinstance(step.value, Name):
                source, value = step.value, self.value_of(step.value)
        if value is None:
            raise WrongTemplate(_undefined(filler.value, self.namespace(filler.value)), 0)
        if not is_literal and (reason := _unfit(value, place, filters[-1] if filters else None)):
            raise ValueError(f"{source} {reason}")
        return value

    def namespace(self, name: Name) -> Mapping[str, str]:
        """The known values of the namespace of a name."""
        namespace: Mapping[str, str] = getattr(self.known, name.namespace)
        return namespace

    def value_of(self, name: Name) -> str | None:
        """The wanted part of a value; None for an absent value."""
        value = self.namespace(name).get(name.name)
        return None if value is None else value[name.start : name.end]


def _filtered(value: str, step: Filter, source: Name) -> str:
    try:
        return filtered(value, (step,))
    except ValueError as error:
        raise ValueError(f"{source} {error}") from None


def _unfit(value: str, place: FilledPlace, last: Filter | None) -> str:  # noqa: PLR0911 (a case for each place)
    """Why a value may not stand at its place after its last filter; empty where it may."""
    if re.search(_BROKEN_LINE, value):
        return "has a control character"
    match place:
        case FilledPlace.COMPONENT:
            pattern = _ESCAPED_COMPONENT if last is Filter.URL else _COMPONENT
            return "" if re.fullmatch(pattern, value) else "is not one plain component of a path; slug makes one"
        case FilledPlace.SHELL_TEXT:
            taken = re.fullmatch(_SHELL_TAKES_LITERALLY, value)
            return "" if taken else "has a character that a shell interprets; write this command as a list of words"
        case FilledPlace.ARGUMENT if value.startswith("-"):
            return "begins like an option; write a fixed text before it in the same word"
        case FilledPlace.ARGUMENT | FilledPlace.FILE | FilledPlace.PROGRAM_FILE:
            is_free = last is not None and (last.quotes or last is Filter.TEXT)
            return "" if is_free or _means_nothing(value) else _reason_for(place)
        case FilledPlace.FIXED:
            return "stands where no value may stand"
        case FilledPlace.VALUE:
            return ""


_OTHER_FILTERS = "a filter writes the value as its reader wants it: | sh, | json, | systemd, | ini, | url or | slug"


def _reason_for(place: FilledPlace) -> str:
    about = "has a character that may mean something to what reads it"
    plain = "" if place is FilledPlace.PROGRAM_FILE else ", and | text takes one line as it is"
    return f"{about}; {_OTHER_FILTERS}{plain}"


def _means_nothing(value: str) -> bool:
    """Whether no shell, unit, cron table, JSON, YAML, TOML or INI file reads anything into the value.

    They read ASCII characters; a letter of another script means nothing to them.
    """
    ascii_only = "".join("x" if not letter.isascii() and letter.isprintable() else letter for letter in value)
    return re.fullmatch(_MEANS_NOTHING, ascii_only) is not None


def _typed(text: str) -> str | int | bool:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if re.fullmatch(_NUMBER, text) else text


def _make_typed(content: Any, path: KeyPath) -> None:
    *above, last = path
    for step in above:
        content = content[step]
    content[last] = _typed(content[last])


def _undefined(name: Name, namespace: Iterable[str]) -> str:
    whose = "this SIM has no value for" if name.namespace != "equipment" else "the modem did not report"
    have = ", ".join(quoted(name) for name in sorted(namespace)[:10])
    return f"{whose} {name}; {name.namespace} has {have or 'nothing'}"
