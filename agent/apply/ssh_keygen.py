"""Edge: asks ssh-keygen whether a signature holds.

`ssh-keygen -Y verify` (OpenSSH 8.2 and later, on every Debian gateway) checks a signature against a file of those who
may sign (`allowed_signers`, ssh-keygen(1)). Nothing of a signature is parsed here.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from agent.configuration.signed_text import NAMESPACE, SignedText
from agent.errors import Code, Failure

LIMIT_S = 20.0
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


def is_wanted(allowed_signers: Path) -> bool:
    """Whether this device takes only signed documents: whatever is at that path says so, even if it is unreadable."""
    return os.path.lexists(allowed_signers)


def require(signed: SignedText, allowed_signers: Path) -> str:
    """Who signed it; raises `userdata.unsigned` or `userdata.bad_signature`."""
    if signed.signature is None:
        raise Failure(Code.USERDATA_UNSIGNED, "no signature stands at its end")
    with tempfile.TemporaryDirectory(prefix="kitting-signature-") as place:
        signature = Path(place, "signature")
        signature.write_bytes(signed.signature)
        for signer in _principals(signature, allowed_signers):
            if _verifies(signer, signature, signed.text, allowed_signers):
                return signer
    raise Failure(Code.USERDATA_BAD_SIGNATURE, f"no signer in {allowed_signers} made it for this text")


def _principals(signature: Path, allowed_signers: Path) -> list[str]:
    """Whose keys the signature could be of."""
    found = _asked("find-principals", "-s", str(signature), "-f", str(allowed_signers))
    return found.stdout.decode("utf-8", "replace").splitlines() if found.returncode == 0 else []


def _verifies(signer: str, signature: Path, text: bytes, allowed_signers: Path) -> bool:
    words = ("verify", "-n", NAMESPACE, "-I", signer, "-s", str(signature), "-f", str(allowed_signers))
    return _asked(*words, given=text).returncode == 0


def _asked(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 (no shell, and the words are ours)
            ["ssh-keygen", "-Y", *words],  # noqa: S607 (the path is in the environment above)
            input=given,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
            env=_ENVIRONMENT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(Code.USERDATA_BAD_SIGNATURE, f"ssh-keygen cannot be asked: {error}") from None
