"""Pure. Bytes, as the service gives them, → text.

- Plain UTF-8, with or without a byte order mark.
- gzip (RFC 1952), or base64 of gzip: the whole configuration of a SORACOM group, userdata included, has to fit into
  8 KB, and the console takes only text, so that a larger document is packed and written as base64.
- At most 256 KiB as received and 1 MiB unpacked; more is not unpacked.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from agent.configuration.problems import Place, Refused
from agent.errors import Code

MAX_PACKED_BYTES = 256 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters except tab, newline, carriage return: no text has them, and terminals interpret them."""

_UTF_8_MARK = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_GZIP_IN_BASE64 = b"H4sI"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ANY_GZIP_HEADER = 16 + zlib.MAX_WBITS


def unpack(userdata: bytes) -> str:
    """The text of the document; raises `Refused`: `userdata.missing`, `.too_large`, `.not_text`."""
    if len(userdata) > MAX_PACKED_BYTES:
        raise _refused(f"{len(userdata)} bytes; {MAX_PACKED_BYTES} are the most", Code.USERDATA_TOO_LARGE)
    text = _decoded(_unpacked(userdata)).removeprefix("\ufeff")
    if not text.strip():
        raise _refused("the userdata is empty", Code.USERDATA_MISSING)
    if found := CONTROL.search(text):
        raise Refused.at(
            place_in(text, found.start()), f"control character U+{ord(found[0]):04X}", Code.USERDATA_NOT_TEXT
        )
    return text


def place_in(text: str, position: int) -> Place:
    """Line and column of a position in a text."""
    line_start = text.rfind("\n", 0, position) + 1
    return Place(text.count("\n", 0, position) + 1, position - line_start + 1)


def gunzip(data: bytes, max_bytes: int) -> bytes:
    """Unpacks one gzip member; raises `ValueError` where it is damaged, and `OverflowError` beyond `max_bytes`."""
    unpacker = zlib.decompressobj(_ANY_GZIP_HEADER)
    try:
        unpacked = unpacker.decompress(data, max_bytes + 1)
    except zlib.error:
        raise ValueError("the gzip data is damaged") from None
    if len(unpacked) > max_bytes:
        raise OverflowError(f"more than {max_bytes} bytes when unpacked")
    if not unpacker.eof:
        raise ValueError("the gzip data ends in the middle")
    if unpacker.unused_data:
        raise ValueError("something follows the gzip data")
    return unpacked


def unbase64(text: str | bytes) -> bytes:
    """The bytes that base64 (RFC 4648, 4) stands for, white space left out; raises `ValueError`."""
    letters = text.encode("ascii", "replace") if isinstance(text, str) else text
    try:
        return base64.b64decode(b"".join(letters.split()), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def _unpacked(userdata: bytes) -> bytes:
    try:
        if userdata.startswith(_UTF_8_MARK) and userdata[len(_UTF_8_MARK) :].lstrip().startswith(_GZIP_IN_BASE64):
            userdata = userdata[len(_UTF_8_MARK) :]
        if userdata.lstrip().startswith(_GZIP_IN_BASE64):
            userdata = unbase64(userdata)
        if userdata.startswith(_GZIP):
            userdata = gunzip(userdata, MAX_UNPACKED_BYTES)
    except ValueError as error:
        raise _refused(str(error), Code.USERDATA_NOT_TEXT) from None
    except OverflowError as error:
        raise _refused(str(error), Code.USERDATA_TOO_LARGE) from None
    return userdata


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF_16):
        raise _refused("UTF-16 instead of UTF-8", Code.USERDATA_NOT_TEXT)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused.at(
            Place(line, 1), f"not UTF-8: byte 0x{content[error.start]:02X}", Code.USERDATA_NOT_TEXT
        ) from None


def _refused(message: str, code: Code) -> Refused:
    return Refused.at(None, message, code)
