"""Pure. Text → document: JSON where it begins with a brace, YAML otherwise, and the line of every key.

Whatever way it came, a document is a mapping of JSON values: no control character or half of a surrogate pair, at most
`MAX_DEPTH` deep and `MAX_VALUES` large, aliases written out.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from agent.configuration.problems import Fault, Place, Refused, located
from agent.configuration.text import CONTROL, place_in
from agent.errors import Code
from agent.frozen import frozen
from agent.key_path import KeyPath

MAX_DEPTH = 32
MAX_VALUES = 10_000

_JINJA = r"(?i)\s*##\s*template\s*:\s*jinja"
_JINJA_BLOCK = r"\{[%#]"
"""The expressions are compiled at their first use: few documents begin with `##`."""


@frozen
class Document:
    """A parsed document, not yet validated, with the places of its values."""

    content: Mapping[str, Any]
    places: Mapping[KeyPath, Place]


def parse(text: str) -> Document:
    """The document that a text stands for; raises `Refused`."""
    if text.startswith("#!"):
        raise Refused.at(Place(1, 1), "a script; a document has its commands under runcmd")
    if text.lstrip().startswith("##") and re.match(_JINJA, text) and (found := re.search(_JINJA_BLOCK, text)):
        message = "Jinja's {% … %} and {# … #} are not understood; {{ tags.site }} takes values of the SIM"
        raise Refused.at(place_in(text, found.start()), message)
    body = _without_header(text)
    if body.lstrip().startswith("{"):
        from agent.configuration.json_text import parse_json

        value, places = parse_json(body)
    else:
        from agent.configuration.yaml_subset import parse_yaml

        value, places = parse_yaml(text)
    if faults := tuple(unclean(value)):
        raise Refused(located(faults, places))
    return Document(value, places)


def unclean(document: object) -> Iterator[Fault]:
    """Why something is no mapping of JSON values within the limits; one fault at most."""
    if document is None:
        yield Fault((), "only comments; {} is the document of a gateway without any configuration")
    elif not isinstance(document, dict):
        yield Fault((), "no document: it has keys, such as hostname: gw-1")
    else:
        yield from _first_unclean(document)


def _first_unclean(document: dict[str, Any]) -> Iterator[Fault]:
    """Iterative, so that no depth can exhaust the stack."""
    waiting: deque[tuple[KeyPath, Any]] = deque([((), document)])
    count = 0
    while waiting:
        path, value = waiting.popleft()
        count += 1
        if reason := _too_much(path, count) or _unclean_value(path, value):
            yield reason
            return
        if isinstance(value, dict):
            waiting.extend(((*path, key), member) for key, member in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, position), item) for position, item in enumerate(value))


def _too_much(path: KeyPath, count: int) -> Fault | None:
    if len(path) > MAX_DEPTH:
        return Fault(path[:3], f"nested deeper than {MAX_DEPTH}")
    if count > MAX_VALUES:
        return Fault((), f"more than {MAX_VALUES} values", Code.USERDATA_TOO_LARGE)
    return None


def _unclean_value(path: KeyPath, value: object) -> Fault | None:
    key = path[-1] if path else ""
    if isinstance(key, str) and not _is_clean(key):
        return Fault(path, "a key with a control character")
    if isinstance(key, str) and (odd := _odd_in(key)):
        return Fault(path, f"the key has {odd}; YAML wants the plain character")
    if isinstance(value, str) and not _is_clean(value):
        return Fault(path, "a control character; binary content is written as base64")
    if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
        return Fault(path, "a key that is no text")
    if value is not None and not isinstance(value, str | bool | int | float | list | dict):
        return Fault(path, "no JSON value")
    return None


def _odd_in(key: str) -> str | None:
    """The name of a character in a key that looks like one of YAML's own; None without one."""
    if key.isascii():
        return None
    from agent.configuration.mistakes import odd_character

    return odd_character(key)


def _is_clean(text: str) -> bool:
    return not CONTROL.search(text) and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _without_header(text: str) -> str:
    """The text with leading comments made empty lines, so that `#cloud-config` may stand above JSON as well."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith("#"):
            return "\n" * number + "".join(lines[number:])
    return ""
