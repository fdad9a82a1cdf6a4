"""Pure. Userdata with a signature at its end.

    hostname: gw-1
    # kitting-serial: 20261123090000
    #---- kitting signature
    #-----BEGIN SSH SIGNATURE-----
    #U1NIU0lH…
    #-----END SSH SIGNATURE-----

What is signed is every byte above the marker line, as it was received, before anything is unpacked. The signature is
what `ssh-keygen -Y sign -n kitting` writes (PROTOCOL.sshsig), each line behind a `#`, so that the whole is still YAML.
The serial is a number that only grows: a device does not go back to an older document that was signed once.
"""

from __future__ import annotations

import re

from agent.frozen import frozen

MARKER = b"#---- kitting signature"
NAMESPACE = "kitting"
MAX_SIGNATURE_BYTES = 16 * 1024

_SERIAL = rb"(?m)^#[ \t]*kitting-serial:[ \t]*([0-9]{1,18})[ \t]*\r?$"
_SCRUB = rb"(?m)^#[ \t]*kitting-order:[ \t]*scrub[ \t]*\r?$"
_ARMOUR = rb"-----BEGIN SSH SIGNATURE-----\n(?:[A-Za-z0-9+/=]{1,100}\n){1,300}-----END SSH SIGNATURE-----\n?"
"""Not compiled here: every pass loads this module, and few documents are signed."""


@frozen
class SignedText:
    """A text, and the signature that stood below it."""

    text: bytes
    """The bytes that were signed: the userdata without its signature."""
    signature: bytes | None
    """The signature in ssh-keygen's own form; None where it is missing or malformed."""

    @property
    def serial(self) -> int | None:
        """The document's serial; None where it has none. Where it has several, the last counts."""
        found = re.findall(_SERIAL, self.text)
        return int(found[-1]) if found else None

    @property
    def allows_scrub(self) -> bool:
        """Whether the text has the line `# kitting-order: scrub`."""
        return re.search(_SCRUB, self.text) is not None


def split(userdata: bytes) -> SignedText:
    """Text and signature; a text without a marker line has no signature."""
    text, marker, below = _parted(userdata)
    if not marker:
        return SignedText(userdata, None)
    return SignedText(text, _unquoted(below))


def joined(text: bytes, signature: bytes) -> bytes:
    """The userdata of a text and its signature; `text` ends with a line break, or gets one before it is signed."""
    quoted = b"".join(b"#" + line + b"\n" for line in signature.splitlines())
    return text + MARKER + b"\n" + quoted


def _parted(userdata: bytes) -> tuple[bytes, bytes, bytes]:
    """At the last marker that begins a line."""
    if userdata.startswith(MARKER):
        return b"", MARKER, userdata.removeprefix(MARKER)
    text, marker, below = userdata.rpartition(b"\n" + MARKER)
    return (text + b"\n", marker, below) if marker else (userdata, b"", b"")


def _unquoted(below: bytes) -> bytes | None:
    lines = below.replace(b"\r\n", b"\n").strip().split(b"\n")
    if len(below) > MAX_SIGNATURE_BYTES or not all(line.startswith(b"#") for line in lines):
        return None
    signature = b"".join(line.removeprefix(b"#").strip() + b"\n" for line in lines)
    return signature if re.fullmatch(_ARMOUR, signature) else None
