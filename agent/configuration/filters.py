"""Pure. The filters of `{{ }}`: each changes a value, or writes it in the quoting of what reads it.

sh       a word of a POSIX shell
json     a JSON text, with its quotes (RFC 8259)
systemd  a word of a unit file: quotes, `%` and `$` are taken literally (systemd.syntax(7), systemd.service(5))
ini      a value between double quotes
text     one line as it is, for people, or for a program that reads it as one value
url      what may stand between two `/` of a URL (RFC 3986, 2.3)
slug     a name of a-z, 0-9 and `-`; letters of other scripts are written as in a domain name (RFC 3492)
lower    small letters
int      a whole number
bool     true or false
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from enum import Enum, unique


@unique
class Filter(Enum):
    """A filter by the name that a document gives it."""

    SH = "sh"
    JSON = "json"
    SYSTEMD = "systemd"
    INI = "ini"
    TEXT = "text"
    URL = "url"
    SLUG = "slug"
    LOWER = "lower"
    INT = "int"
    BOOL = "bool"

    @property
    def quotes(self) -> bool:
        """Whether the result is safe for the reader that the filter is named after."""
        return self in {Filter.SH, Filter.JSON, Filter.SYSTEMD, Filter.INI, Filter.URL}


NAMES = tuple(each.value for each in Filter)
_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "1": "true"} | dict.fromkeys(
    ("false", "no", "off", "0"), "false"
)
_LARGEST_NUMBER = r"[+-]?[0-9]{1,15}"


def filtered(value: str, names: tuple[Filter, ...]) -> str:
    """The value after the filters, in their order; raises `ValueError` with what the value is not."""
    for name in names:
        value = _FILTERS[name](value)
    return value


def _sh(value: str) -> str:
    return "'" + value.replace("'", "'\"'\"'") + "'"


def _json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _systemd(value: str) -> str:
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        value = value.replace(plain, written)
    return f'"{value}"'


def _ini(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _url(value: str) -> str:
    plain = re.compile(r"[A-Za-z0-9._~-]")
    return "".join(
        letter if plain.fullmatch(letter) else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in value
    )


def _slug(value: str) -> str:
    import unicodedata

    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", value).casefold())
    name = "-".join(words)
    if not name:
        raise ValueError("has no letter and no digit")
    return name if name.isascii() else "xn--" + name.encode("punycode").decode()


def _int(value: str) -> str:
    if not re.fullmatch(_LARGEST_NUMBER, value.strip()):
        raise ValueError("is no whole number of at most 15 digits")
    return str(int(value))


def _bool(value: str) -> str:
    if value.strip().lower() not in _BOOLEANS:
        raise ValueError("is neither true nor false")
    return _BOOLEANS[value.strip().lower()]


_FILTERS: Mapping[Filter, Callable[[str], str]] = {
    Filter.SH: _sh,
    Filter.JSON: _json,
    Filter.SYSTEMD: _systemd,
    Filter.INI: _ini,
    Filter.TEXT: str,
    Filter.URL: _url,
    Filter.SLUG: _slug,
    Filter.LOWER: str.lower,
    Filter.INT: _int,
    Filter.BOOL: _bool,
}
