"""Pure. The serial of a document that is to be signed: a number that only grows, so that no old document comes back."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.configuration.signed_text import split

_CLOUD_CONFIG = b"#cloud-config"


def with_serial(text: bytes, now: datetime) -> bytes:
    """The text without an earlier signature, with a serial, and with a line break at its end.

    A serial that its author wrote stays; otherwise it is the time, `YYYYMMDDhhmmss` in UTC, on a line of its own at the
    top, where YAML and JSON documents both may have a comment.
    """
    plain = split(text)
    body = plain.text if plain.text.endswith(b"\n") else plain.text + b"\n"
    if plain.serial is not None:
        return body
    line = f"# kitting-serial: {now.astimezone(UTC):%Y%m%d%H%M%S}\n".encode()
    first, _, rest = body.partition(b"\n")
    if first.rstrip() == _CLOUD_CONFIG:
        return first + b"\n" + line + rest
    return line + body
