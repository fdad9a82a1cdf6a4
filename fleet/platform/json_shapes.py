"""Pure. Checks that a JSON value of the platform has the shape that is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.errors import Code, Failure


def object_of(value: object, expected: str) -> Mapping[str, Any]:
    """The members of a JSON object; raises `platform.not_understood`, which says what was `expected`."""
    if not isinstance(value, dict):
        raise not_understood(expected)
    return value


def list_of(value: object, expected: str) -> list[Any]:
    """The items of a JSON list; raises `platform.not_understood`, which says of what a list was `expected`."""
    if not isinstance(value, list):
        raise not_understood(f"a list of {expected}")
    return value


def not_understood(expected: str) -> Failure:
    """The failure for a value of another shape."""
    return Failure(Code.PLATFORM_NOT_UNDERSTOOD, f"expected {expected}")
