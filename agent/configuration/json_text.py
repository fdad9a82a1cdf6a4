"""Pure. JSON (RFC 8259), with the place of every key and item."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NoReturn

from agent.configuration.problems import Place, Refused
from agent.key_path import KeyPath, quoted

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def parse_json(text: str) -> tuple[Any, dict[KeyPath, Place]]:
    """The value that a text stands for, and where each of its parts is; raises `Refused`."""
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Refused.at(Place(error.lineno, error.colno), f"not JSON: {error.msg}") from None
    except ValueError as error:
        raise Refused.at(None, f"not JSON: {error}") from None
    except RecursionError:
        raise Refused.at(None, "nested too deeply") from None
    return value, dict(_places(text))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {quoted(twice)} a second time")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _places(text: str) -> Iterator[tuple[KeyPath, Place]]:
    """Walks over a text that is known to be JSON. `path` ends in a key, in a position, or in None before a key."""
    line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
    path: list[str | int | None] = []
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "]}":
            path.pop()
        elif mark == ",":
            last = path[-1]
            path[-1] = last + 1 if isinstance(last, int) else None
        elif mark != ":":
            if path and path[-1] is None:
                path[-1] = json.loads(mark)
                yield _known(path), _place(line_starts, token.start())
                continue
            if not path or isinstance(path[-1], int):
                yield _known(path), _place(line_starts, token.start())
            if mark in "[{":
                path.append(0 if mark == "[" else None)


def _known(path: list[str | int | None]) -> KeyPath:
    return tuple(step for step in path if step is not None)


def _place(line_starts: list[int], position: int) -> Place:
    line = bisect_right(line_starts, position)
    return Place(line, position - line_starts[line - 1] + 1)
