"""Pure. The serial of a document before it is signed: a growing number, so that no device accepts an older document."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.configuration.signed_text import split

_CLOUD_CONFIG = b"#cloud-config"


def with_serial(text: bytes, now: datetime) -> bytes:
    """The document without an earlier signature, with a serial, and with a line break at its end.

    A serial that its author wrote stays. Otherwise the serial is the time, `YYYYMMDDhhmmss` in UTC, in a comment at the
    top: a YAML document may begin with a comment, and so may a JSON document that is read as YAML.
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
