"""Pure. `{{ tags.site }}`: replaces the names in a document's texts by the values of this SIM.

    text        literal text and fillers
    filler      {{ expression }}
    expression  'quoted' | name [ "[" start ":" end "]" ] [ "|" default( 'quoted' ) ]
    name        tags.site | tags["any name"] | subscriber.imsi | equipment.imei

- Only values are filled in, never keys, and only after parsing; what came in is not read again. So no tag can change
  what a document consists of.
- A value that is filled in is one line: a control character in it is refused, so that no tag adds a line to a file.
- In a command that is one text for a shell, it may hold only what no shell interprets; the list form takes anything.
- A tag without a value counts as not set (the platform keeps the tag `name`, empty, on every SIM).
- `{{ '{{' }}` is a literal `{{`. Spaces inside the braces do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agent.configuration.acceptance import TEMPLATE
from agent.configuration.problems import Fault, Refused
from agent.configuration.schema import nearest
from agent.errors import Code
from agent.frozen import frozen
from agent.identity import Equipment, Reading, Subscriber, value_of
from agent.key_path import KeyPath, quoted

MAX_FILLED_CHARACTERS = 1024 * 1024
"""Limit for all texts of a document together, in characters."""

_SUBSCRIBER = ("imsi", "sim_id", "iccid", "msisdn", "group_id", "speed_class", "subscription")
_EQUIPMENT = ("imei", "imsi", "iccid", "manufacturer", "model", "firmware")
_FIELDS = {"subscriber": _SUBSCRIBER, "equipment": _EQUIPMENT}
_NAMESPACES = ("tags", *_FIELDS)

_TEXT = r"""'[^'\n]*'|"[^"\n]*\""""
_EXPRESSION = rf"""(?x)\s*(?:(?P<literal>{_TEXT})|
        (?P<namespace>\w+)\s*(?:\.\s*(?P<word>[\w-]+)|\[\s*(?P<key>{_TEXT})\s*\])
        (?:\s*\[\s*(?P<start>-?[0-9]{{1,4}})?\s*:\s*(?P<end>-?[0-9]{{1,4}})?\s*(?P<cut>\]))?
        (?:\s*\|\s*default\s*\(\s*(?P<default>{_TEXT})\s*\))?
    )\s*\}}\}}"""
_BROKEN_LINE = "[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_SHELL_TAKES_LITERALLY = r"[A-Za-z0-9_./:@%+=,-]*"
"""The expressions are compiled at their first use: every pass loads this module, and many documents have no `{{ }}`."""


@frozen
class Names:
    """The values that `{{ }}` may name, in three namespaces; unknown values are absent."""

    tags: Mapping[str, str]
    subscriber: Mapping[str, str]
    equipment: Mapping[str, str]


@frozen
class _Filler:
    """One `{{ }}`: a name, the wanted part of its value, and the default for an absent value."""

    namespace: str
    name: str
    part: slice
    default: str | None

    def __str__(self) -> str:
        plain = re.fullmatch(r"[\w-]+", self.name)
        return f"{self.namespace}.{self.name}" if plain else f'{self.namespace}["{quoted(self.name)}"]'


class _WrongFiller(Exception):
    """A `{{ }}` with a content that is not understood."""


def names(subscriber: Subscriber, equipment: Equipment) -> Names:
    """The names for this SIM and this modem; an empty value, or one that was not read, is absent."""
    return Names(
        _known(subscriber.tags),
        _known({name: getattr(subscriber, name) for name in _SUBSCRIBER}),
        _known({name: _read(getattr(equipment, name)) for name in _EQUIPMENT}),
    )


def filled(document: Mapping[str, Any], known: Names) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The document with its fillers replaced, and what could not be; raises `Refused` where it grows too large."""
    filling = _Filling(known)
    return filling.value(document, ()), tuple(filling.faults)


def template_faults(document: Mapping[str, Any]) -> tuple[Fault, ...]:
    """The faults of a document's fillers that do not depend on the SIM."""
    return tuple(fault for path, text in _texts(document, ()) for fault in _syntax_faults(text, path))


def holds_template(value: object) -> bool:
    """Whether a text, or any text within a value, waits to be filled in."""
    return any(TEMPLATE in text for _, text in _texts(value, ()))


def _known(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None and str(value)}


def _read(reading: Reading[Any]) -> object:
    return value_of(reading)


def _texts(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    match value:
        case str():
            yield path, value
        case list():
            for position, item in enumerate(value):
                yield from _texts(item, (*path, position))
        case dict():
            for key, member in value.items():
                yield from _texts(member, (*path, key))
        case _:
            pass


def _parts(text: str) -> Iterator[str | _Filler]:
    position = 0
    while (begin := text.find(TEMPLATE, position)) >= 0:
        if begin > position:
            yield text[position:begin]
        found = re.compile(_EXPRESSION).match(text, begin + len(TEMPLATE))
        if not found:
            raise _WrongFiller("{{ without a name such as tags.site; a literal {{ is written {{ '{{' }}")
        yield found["literal"][1:-1] if found["literal"] else _filler(found)
        position = found.end()
    if position < len(text):
        yield text[position:]


def _filler(found: re.Match[str]) -> _Filler:
    namespace, name = found["namespace"], found["word"] or found["key"][1:-1]
    if namespace not in _NAMESPACES:
        guess = nearest(namespace, _NAMESPACES)
        raise _WrongFiller(
            f"nothing is called {quoted(namespace)}; there are {', '.join(_NAMESPACES)}. {guess}".strip()
        )
    known = _FIELDS.get(namespace, (name,))
    if name not in known:
        guess = nearest(name, known) or f"it has {', '.join(known)}"
        raise _WrongFiller(f"{namespace} has no {quoted(name)}; {guess}")
    start, end = (int(found[edge]) if found[edge] else None for edge in ("start", "end"))
    return _Filler(namespace, name, slice(start, end), found["default"][1:-1] if found["default"] else None)


def _syntax_faults(text: str, path: KeyPath) -> Iterator[Fault]:
    try:
        for _ in _parts(text):
            pass
    except _WrongFiller as wrong:
        yield Fault(path, str(wrong), Code.USERDATA_UNDEFINED)


class _Filling:
    def __init__(self, known: Names) -> None:
        self.known = known
        self.faults: list[Fault] = []
        self.characters = 0

    def value(self, value: Any, path: KeyPath) -> Any:
        match value:
            case str():
                return self.text(value, path) if TEMPLATE in value else value
            case list():
                return [self.value(item, (*path, position)) for position, item in enumerate(value)]
            case dict():
                return {key: self.value(member, (*path, key)) for key, member in value.items()}
            case _:
                return value

    def text(self, text: str, path: KeyPath) -> str:
        pieces = []
        try:
            for part in _parts(text):
                pieces.append(part if isinstance(part, str) else self.found(part, path))
                self.grow(pieces[-1])
        except _WrongFiller as wrong:
            self.faults.append(Fault(path, str(wrong), Code.USERDATA_UNDEFINED))
        return "".join(pieces)

    def grow(self, piece: str) -> None:
        self.characters += len(piece)
        if self.characters > MAX_FILLED_CHARACTERS:
            raise Refused.at(None, "too large with all values filled in", Code.USERDATA_TOO_LARGE)

    def found(self, filler: _Filler, path: KeyPath) -> str:
        namespace: Mapping[str, str] = getattr(self.known, filler.namespace)
        if filler.name not in namespace:
            if filler.default is None:
                raise _WrongFiller(_undefined(filler, namespace))
            return filler.default
        value = namespace[filler.name][filler.part]
        if reason := _unfit(value, path):
            self.faults.append(Fault(path, f"{filler} {reason}"))
            return ""
        return value


def _unfit(value: str, path: KeyPath) -> str:
    if re.search(_BROKEN_LINE, value):
        return "has a control character"
    if _is_for_a_shell(path) and not re.fullmatch(_SHELL_TAKES_LITERALLY, value):
        return "has a character that a shell interprets; write this command as a list of words"
    return ""


def _is_for_a_shell(path: KeyPath) -> bool:
    match path:
        case ("runcmd", int()) | ("runcmd", int(), "command"):
            return True
        case _:
            return False


def _undefined(filler: _Filler, namespace: Iterable[str]) -> str:
    whose = "this SIM has no value for" if filler.namespace != "equipment" else "the modem did not report"
    have = ", ".join(quoted(name) for name in sorted(namespace)[:10])
    return f"{whose} {filler}; {filler.namespace} has {have or 'nothing'}"
