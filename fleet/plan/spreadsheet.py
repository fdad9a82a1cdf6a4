"""Pure. The text of a CSV file as a spreadsheet in Japan saves it: its encoding, its delimiter, and its cells."""

from __future__ import annotations

import re
import unicodedata

ROUNDED = "a spreadsheet has rounded this number; format the column as text, and paste the numbers again"
_DELIMITERS = ",\t;"
_SCIENTIFIC = re.compile(r"\d[.,]?\d*[eE]\+?\d+")
_GROUPED = re.compile(r"\+?\d[\d\s\-\u2010-\u2015\u2212]*\d")
"""Digits with spaces or dashes between them, also the dashes of other keyboards."""
_EXACT_DIGITS = 15
"""So many digits of a number a spreadsheet keeps; those behind become zeros."""


def decoded(content: bytes) -> str:
    """The text in UTF-8, UTF-16 or the encoding of a Japanese spreadsheet (CP932); raises `ValueError` for others."""
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("is neither UTF-8 nor Shift_JIS (CP932); save it as CSV UTF-8")


def delimiter_of(line: str) -> str:
    """The delimiter that stands first in a line: comma, TAB or semicolon."""
    return min((mark for mark in _DELIMITERS if mark in line), key=line.index, default=",")


def cleaned(cell: str) -> str:
    """A cell in one form: digits of full width are digits, and a spreadsheet's apostrophe or formula is no text."""
    text = unicodedata.normalize("NFKC", cell).strip()
    return text.removeprefix("=").strip('"').removeprefix("'").strip()


def column_name(header: str) -> str:
    """The name of a column in one form: in lower case, without spaces, dashes and underscores."""
    return re.sub(r"[\s_\-]", "", cleaned(header)).lower()


def identifier(text: str) -> str:
    """A number by its digits only; any other text as it is, with letters and digits of one width."""
    text = unicodedata.normalize("NFKC", text).strip()
    return re.sub(r"\D", "", text) if _GROUPED.fullmatch(text) else text


def is_rounded(text: str) -> bool:
    """Whether a number has the scientific form that a spreadsheet gives to long numbers."""
    return _SCIENTIFIC.fullmatch(text) is not None


def ends_in_zeros(digits: str) -> bool:
    """Whether a long number ends as one that a spreadsheet has rounded; by chance, one SIM id in ten thousand does."""
    return len(digits) > _EXACT_DIGITS and not digits[_EXACT_DIGITS:].strip("0")
