"""Pure. Faults as text: `slow-body bytes_per_s=5` is `SlowBody(bytes_per_s=5.0)`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def name_of(kind: type[object]) -> str:
    """The word for a kind of fault: `SlowBody` is `slow-body`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower()


def pairs(words: Sequence[str]) -> dict[str, str]:
    """`["a=1", "b=x=y"]` is `{"a": "1", "b": "x=y"}`; raises `ValueError` for a word without `=`."""
    for word in words:
        if "=" not in word[1:]:
            raise ValueError(f"{word!r} is not NAME=VALUE")
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def from_words(kinds: Sequence[type[T]], name: str, values: Mapping[str, str]) -> T:
    """The fault of that name with these values; raises `ValueError` with the known names and values."""
    known = {name_of(kind): kind for kind in kinds}
    if name not in known:
        raise ValueError(f"there is no {name!r}; there are {', '.join(known)}")
    hints = get_type_hints(known[name])
    for key in values:
        if key not in hints:
            raise ValueError(f"{name} has no {key!r}; it has {', '.join(hints) or 'nothing to set'}")
    return known[name](**{key: _value(key, hints[key], text) for key, text in values.items()})


def described(kinds: Sequence[type[T]]) -> list[str]:
    """A line for each kind of fault: name, values with their defaults, and description."""
    lines = []
    for kind in kinds:
        values: list[Any] = list(fields(kind))  # type: ignore[arg-type] # (all of them are dataclasses)
        shown = "".join(f" {value.name}={_shown(value.default)}" for value in values)
        lines.append(f"{name_of(kind)}{shown}: {(kind.__doc__ or '').splitlines()[0]}")
    return lines


def _shown(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else "" if default is None else str(default)


def _value(key: str, hint: Any, text: str) -> object:
    if get_origin(hint) is Literal:
        if text in get_args(hint):
            return text
        raise ValueError(f"{key} is one of {', '.join(get_args(hint))}, not {text!r}")
    if hint is bool:
        if text in {"true", "false"}:
            return text == "true"
        raise ValueError(f"{key} is true or false, not {text!r}")
    if hint is str:
        return text
    return _number(key, hint, text)


def _number(key: str, hint: Any, text: str) -> object:
    whole = hint is not float
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        raise ValueError(f"{key} is a number, not {text!r}") from None
    if not -1 <= number < 10**9:
        raise ValueError(f"{key} is at most a thousand million, not {text}")
    return number
