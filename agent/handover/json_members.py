"""Pure. The members of a JSON object, each checked when it is read: a wrong one raises `Failure(order.invalid)`."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen

_CODES = {code.text: code for code in Code}


@frozen
class Members:
    """The members of one object. Every method reads the member `key`, and raises where it has another form."""

    values: Mapping[str, Any]
    what: str
    """The object that this is, for messages: `order`, `outcome` or `confirmation`."""

    @classmethod
    def parse(cls, text: str, what: str, versions: tuple[int, ...]) -> Members:
        """The members of a JSON text, of one of these versions."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            raise Failure(Code.ORDER_INVALID, f"the {what} is not JSON") from None
        if not isinstance(values, dict) or values.get("version") not in versions:
            raise Failure(Code.ORDER_INVALID, f"the {what} is not an object of version {versions[-1]}")
        return cls(values, what)

    def wrong(self, key: str) -> Failure:
        """The failure of a member that is missing or wrong."""
        return Failure(Code.ORDER_INVALID, f"the {self.what} has a missing or wrong {key}")

    def any(self, key: str) -> object:
        """Any value; None also where there is no such member."""
        return self.values.get(key)

    def name(self, key: str) -> str:
        """A printable text that is not empty."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value or not value.isprintable():
            raise self.wrong(key)
        return value

    def name_or_none(self, key: str) -> str | None:
        """A printable text that is not empty, or null."""
        return None if key in self.values and self.values[key] is None else self.name(key)

    def packed(self, key: str) -> bytes:
        """Bytes in base64; none where there is no such member."""
        value = self.values.get(key, "")
        try:
            return base64.b64decode(value, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise self.wrong(key) from None

    def names(self, key: str) -> Mapping[str, Mapping[str, str]]:
        """Texts by two names; none where there is no such member."""
        value = self.values.get(key, {})
        if not isinstance(value, dict) or not all(_is_texts(member) for member in value.values()):
            raise self.wrong(key)
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.values.get(key)
        if not isinstance(value, bool):
            raise self.wrong(key)
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        """An object."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self.wrong(key)
        return value

    def rows(self, key: str) -> list[object]:
        """A list."""
        value = self.values.get(key)
        if not isinstance(value, list):
            raise self.wrong(key)
        return value

    def failure(self, key: str) -> Failure | None:
        """A failure as code, text and place, or null."""
        match self.values.get(key):
            case None:
                return None
            case [str(code), str(detail), str(where)] if code in _CODES:
                return Failure(_CODES[code], detail, where=where)
            case _:
                raise self.wrong(key)


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
