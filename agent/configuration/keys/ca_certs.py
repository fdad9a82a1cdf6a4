"""Pure. `ca_certs` → files below /usr/local/share/ca-certificates and update-ca-certificates(8)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from agent.configuration.problems import Fault
from agent.configuration.text import unbase64
from agent.effects import RunCommand, WantedEffect, WriteFile
from agent.key_path import KeyPath
from agent.reasons import DocumentKey

DIRECTORY = "/usr/local/share/ca-certificates"
PLACES = (f"{DIRECTORY}/",)
_UPDATE = RunCommand(("update-ca-certificates",), 120.0)
_PEM = re.compile(r"\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")
_SEQUENCE = 0x30
_LONG_FORM = 0x80


def render(authorities: Mapping[str, Sequence[str]]) -> Iterator[WantedEffect | Fault]:
    """Each certificate in a file that is named by its digest."""
    for position, text in enumerate(authorities.get("trusted", ())):
        here: KeyPath = ("ca_certs", "trusted", position)
        if reason := _unfit(text):
            yield Fault(here, reason)
            continue
        content = f"{text.strip()}\n".encode()
        path = f"{DIRECTORY}/kitting-{hashlib.sha256(content).hexdigest()[:16]}.crt"
        yield WantedEffect(WriteFile(path, content, 0o644, "root:root"), DocumentKey(("ca_certs",)), then=(_UPDATE,))


def _unfit(text: str) -> str:
    if "PRIVATE KEY" in text:
        return "a private key, which must never leave the desk; write the certificate here"
    found = _PEM.fullmatch(text)
    if not found:
        return "no certificate in PEM: one block from BEGIN CERTIFICATE to END CERTIFICATE"
    try:
        der = unbase64(found[1])
    except ValueError:
        return "a certificate that is not whole: not base64"
    return "" if _is_one_sequence(der) else "a certificate that is cut off"


def _is_one_sequence(der: bytes) -> bool:
    """A certificate is one SEQUENCE that fills all of it (X.690, 8.1)."""
    if len(der) < 2 or der[0] != _SEQUENCE:  # noqa: PLR2004 (a tag and a length)
        return False
    if der[1] < _LONG_FORM:
        return len(der) == 2 + der[1]
    octets = der[1] - _LONG_FORM
    return len(der) == 2 + octets + int.from_bytes(der[2 : 2 + octets], "big")
