"""Pure. The part of YAML that has the same values as JSON.

Documents are read from the parser's events, so that a refused value is never built: no tags but `!!str`, no second
document, no key twice, no key that is not text, no nesting beyond `MAX_DEPTH`, no more than `MAX_ALIASES` aliases, and
never more than `MAX_WEIGHT` with all aliases written out.

Unquoted words are null, true, false and plain numbers as in JSON, and text otherwise: `yes`, `on`, `0644`, `1e5`,
`2026-01-31` and `12:30` are text, as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from agent.configuration.problems import NotYaml, Place, Refused
from agent.errors import Code
from agent.frozen import frozen
from agent.key_path import KeyPath

MAX_DEPTH = 32
MAX_ALIASES = 64
MAX_WEIGHT = 2 * 1024 * 1024
"""Characters and values, aliases written out."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAGS = frozenset({"tag:yaml.org,2002:str", "!"})
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,30})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,30})\.[0-9]{1,30}")
_QUOTED_WORD = r"'[^<'][^']{2,}'"


@frozen
class _Built:
    value: Any
    weight: int


def parse_yaml(text: str) -> tuple[Any, dict[KeyPath, Place]]:
    """The value that a text stands for, and where each of its parts is; raises `Refused`."""
    reader = _Reader(yaml.parse(text, Loader=_LOADER))
    try:
        return reader.read(), reader.places
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else None
        raise NotYaml.at(place, _without_values(error)) from None
    except yaml.YAMLError:
        raise Refused.at(None, "a character that YAML does not allow") from None


def _without_values(error: yaml.MarkedYAMLError) -> str:
    """The parser's message without words of the document, which may be a password."""
    parts = [part for part in (error.context, error.problem) if part]
    return re.sub(_QUOTED_WORD, "'…'", ": ".join(parts)) or "not YAML"


def _place(event: Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _refused(event: Event, message: str, code: Code = Code.USERDATA_SYNTAX) -> Refused:
    return Refused.at(_place(event), message, code)


class _Reader:
    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.places: dict[KeyPath, Place] = {}
        self.anchors: dict[str, _Built] = {}
        self.aliases = 0

    def read(self) -> Any:
        """The one document; None for a text without any."""
        next(self.events)
        if isinstance(next(self.events), StreamEndEvent):
            return None
        built = self.node(next(self.events), ())
        next(self.events)
        after = next(self.events)
        if isinstance(after, DocumentStartEvent):
            raise _refused(after, "a second document begins; there is only one")
        return built.value

    def node(self, event: Any, path: KeyPath) -> _Built:
        if len(path) > MAX_DEPTH:
            raise _refused(event, f"nested deeper than {MAX_DEPTH}")
        self.places.setdefault(path, _place(event))
        match event:
            case AliasEvent():
                built = self.alias(event)
            case ScalarEvent():
                built = _scalar(event)
            case SequenceStartEvent():
                built = self.sequence(event, path)
            case MappingStartEvent():
                built = self.mapping(event, path)
            case _:
                raise TypeError(event)
        if built.weight > MAX_WEIGHT:
            raise _refused(event, "too large with all aliases written out", Code.USERDATA_TOO_LARGE)
        if event.anchor and not isinstance(event, AliasEvent):
            self.anchors[event.anchor] = built
        return built

    def alias(self, event: AliasEvent) -> _Built:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise _refused(event, f"more than {MAX_ALIASES} aliases")
        if event.anchor not in self.anchors:
            raise _refused(event, "an alias (*) names no anchor (&) before it; put quotes around a text with a *")
        return self.anchors[event.anchor]

    def sequence(self, start: SequenceStartEvent, path: KeyPath) -> _Built:
        _refuse_tag(start)
        items: list[_Built] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return _around([item.value for item in items], items)

    def mapping(self, start: MappingStartEvent, path: KeyPath) -> _Built:
        _refuse_tag(start)
        members: dict[str, _Built] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = _key(event)
            if key in members:
                raise _refused(event, "the same key a second time")
            self.places[*path, key] = _place(event)
            members[key] = self.node(next(self.events), (*path, key))
        built = _around({key: member.value for key, member in members.items()}, list(members.values()))
        return _Built(built.value, built.weight + sum(map(len, members)))


def _around(value: Any, parts: list[_Built]) -> _Built:
    return _Built(value, 1 + sum(part.weight for part in parts))


def _key(event: Any) -> str:
    if isinstance(event, MappingStartEvent):
        raise _refused(event, "a key that is no text; put quotes around a value that starts with {{")
    key = _scalar(event).value if isinstance(event, ScalarEvent) else None
    if not isinstance(key, str):
        raise _refused(event, "a key that is no text; put quotes around it")
    return key


def _scalar(event: ScalarEvent) -> _Built:
    text = event.value
    plain = not event.style and event.tag is None
    if event.tag not in _TEXT_TAGS:
        _refuse_tag(event)
    return _Built(_plain(text) if plain else text, 1 + len(text))


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _refuse_tag(event: NodeEvent) -> None:
    if event.tag is not None:  # type: ignore[attr-defined]
        raise _refused(event, "a tag (!); put quotes around a text with a !, and write binary content as base64")
