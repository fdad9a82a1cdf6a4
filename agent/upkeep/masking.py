"""Pure. Text that may leave the gateway: secrets and the middle digits of identifiers are covered.

An IMSI, IMEI or ICCID keeps its first three and its last four digits, so that two devices can still be distinguished.
"""

from __future__ import annotations

import re

COVER = "•••"
_IDENTIFIER = re.compile(r"(?<![0-9a-fA-F])([0-9]{3})[0-9]{7,15}([0-9]{4})(?![0-9a-fA-F])")
_KEY_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]*-----.*?(?:-----END [A-Z0-9 ]*-----|\Z)", re.DOTALL)
_NAMED = re.compile(
    r"(?im)(\b[\w.-]*(?:passw|passphrase|psk|secret|token|credential|private|api[_-]?key|auth[_-]?key)[\w.-]*[\"']?"
    r"\s*[:=]\s*)(\S.*)$"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_IN_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s:@]+:[^/\s@]+@")


def masked(text: str) -> str:
    """The text with secrets covered, and with the middle digits of identifiers covered."""
    for pattern, instead in (
        (_KEY_BLOCK, COVER),
        (_IN_URL, rf"\1{COVER}@"),
        (_BEARER, rf"\1 {COVER}"),
        (_NAMED, rf"\1{COVER}"),
        (_IDENTIFIER, rf"\1{COVER}\2"),
    ):
        text = pattern.sub(instead, text)
    return text
