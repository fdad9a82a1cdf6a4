"""Pure. Time-based one-time passwords (RFC 6238: HMAC-SHA-1, six digits, thirty seconds)."""

from __future__ import annotations

import base64
import hashlib
import hmac

DIGITS = 6
STEP_MS = 30_000


def code_of(secret: str, now_ms: int) -> str:
    """The code of a second factor with this secret (base 32) at a moment."""
    step = (now_ms // STEP_MS).to_bytes(8)
    digest = hmac.digest(base64.b32decode(secret), step, hashlib.sha1)
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4]) & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def secret_of(chance: bytes) -> str:
    """A secret that stands for these bytes."""
    return base64.b32encode(chance).decode().rstrip("=")


def opens(factor: str, code: object, now_ms: int) -> bool:
    """Whether a code is what the factor shows, now or a step ago; a factor may also be a code that never changes."""
    if len(factor) == DIGITS and factor.isdecimal():
        return code == factor
    return code in {code_of(factor, now_ms), code_of(factor, now_ms - STEP_MS)}
