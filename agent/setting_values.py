"""Values. The value of a single setting, from the settings file; raises `ValueError` with a message for people.

Each function takes the TOML value of one key and returns the value that the program works with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agent.document_keys import DOCUMENT_KEYS, SAFE_KEYS
from agent.frozen import frozen

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


_BYTES = {"B": 1, "kB": 1000, "MB": 1000_000, "GB": 1000_000_000}
_BUDGET_PERIODS = {"day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30)}


@frozen
class Budget:
    """So many bytes in so much time."""

    bytes: int
    period: timedelta


def parse_budget(text: object) -> Budget | None:
    """`"1 MB/month"`, `"40 kB/day"`; empty for none; raises `ValueError` otherwise."""
    if text == "":
        return None
    words = text.replace("/", " ").split() if isinstance(text, str) else []
    match words:
        case [number, unit, period] if (
            period in _BUDGET_PERIODS and unit in _BYTES and number.isdecimal() and int(number)
        ):
            return Budget(int(number) * _BYTES[unit], _BUDGET_PERIODS[period])
        case _:
            raise ValueError(f'takes a budget such as "1 MB/month" or "40 kB/day", not {repr(text)[:60]}')


def duration_s(text: object) -> float:
    """Seconds in `"500ms"`, `"10s"`, `"15m"`, `"2h"`, `"1d"`; raises `ValueError` otherwise."""
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(ms|s|m|h|d)", text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f'takes a duration such as "10s" or "15m", not {setting_text(text)}')
    return float(match[1]) * _UNITS_S[match[2]]


def positive_duration_s(text: object) -> float:
    """Seconds of a duration above zero."""
    seconds = duration_s(text)
    if seconds <= 0:
        raise ValueError(f"takes a duration above zero, not {setting_text(text)}")
    return seconds


def as_text(value: object) -> str:
    """A text without control characters."""
    if not isinstance(value, str):
        raise ValueError(f"takes a text, not {setting_text(value)}")  # noqa: TRY004 (one kind of error for one kind of fault)
    if not value.isprintable():
        raise ValueError("takes a text without control characters")
    return value


def as_url(value: object) -> str:
    """The address of a service over plain HTTP, without a slash at its end."""
    text = as_text(value)
    try:
        parts = urlsplit(text)
        usable = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f'takes an address such as "http://metadata.soracom.io", not {setting_text(value)}')
    return text.rstrip("/")


def as_absolute(value: object) -> Path:
    """An absolute path without `..`."""
    path = Path(as_text(value))
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError(f"takes an absolute path without .., not {setting_text(value)}")
    return path


def as_port(value: object) -> str:
    """`auto`, or the path of a serial port."""
    text = as_text(value)
    if text != "auto" and not text.startswith("/"):
        raise ValueError(f'takes "auto" or the path of a serial port, not {setting_text(value)}')
    return text


def as_flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"takes true or false, not {setting_text(value)}")  # noqa: TRY004 (one kind of error)
    return value


def as_uarts(value: object) -> tuple[str, ...]:
    """Paths of serial ports."""
    ports = as_texts(value)
    for port in ports:
        if not port.startswith("/"):
            raise ValueError(f'takes paths of serial ports such as "/dev/ttyAMA0", not {setting_text(port)}')
    return ports


def as_baudrate(value: object) -> int:
    """Bits per second that a serial port can have."""
    if isinstance(value, bool) or not isinstance(value, int) or not 300 <= value <= 4_000_000:  # noqa: PLR2004
        raise ValueError(f"takes a number from 300 to 4000000, not {setting_text(value)}")
    return value


def as_texts(value: object) -> tuple[str, ...]:
    """A list of texts without control characters."""
    if not isinstance(value, list):
        raise ValueError(f"takes a list of texts, not {setting_text(value)}")  # noqa: TRY004
    return tuple(as_text(item) for item in value)


def as_document_keys(value: object) -> tuple[str, ...]:
    """Keys of the userdata document; the word `safe` stands for the keys that give nobody root."""
    if value == "safe":
        return SAFE_KEYS
    keys = as_texts(value)
    for key in keys:
        if key not in DOCUMENT_KEYS:
            raise ValueError(f"does not know {setting_text(key)}{nearest_setting(key, DOCUMENT_KEYS)}")
    return keys


def as_path_prefixes(value: object) -> tuple[str, ...]:
    """Absolute paths below which a document may write."""
    prefixes = as_texts(value)
    for prefix in prefixes:
        if not prefix.startswith("/") or ".." in prefix.split("/"):
            raise ValueError(f"takes absolute paths without .., not {setting_text(prefix)}")
    return prefixes


def as_hosts(value: object) -> tuple[str, ...]:
    """Names of hosts."""
    hosts = as_texts(value)
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9.-]+(:[0-9]{1,5})?", host):
            raise ValueError(f'takes names of hosts such as "harvest-files.soracom.io", not {setting_text(host)}')
    return hosts


def one_of(choices: type[Enum]) -> Callable[[object], Any]:
    """A function that reads one value of a closed choice."""

    def read(value: object) -> Any:
        words = tuple(str(choice.value) for choice in choices)
        if value not in words:
            hint = nearest_setting(value, words) if isinstance(value, str) else ""
            raise ValueError(f"takes {' or '.join(map(repr, words))}, not {setting_text(value)}{hint}")
        return choices(value)

    return read


def setting_text(value: object) -> str:
    """A value as a message quotes it: at most sixty characters."""
    return repr(value)[:60]


def nearest_setting(word: str, words: tuple[str, ...]) -> str:
    """A hint that names the nearest known word; empty where none is near."""
    import difflib

    close = difflib.get_close_matches(word, words, 1)
    return f"; did you mean {close[0]!r}?" if close else f"; it knows {', '.join(words)}"
