"""Edge: has ssh-keygen sign; the key may be a file, or a public key whose private half an agent or token has."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from agent.configuration.signed_text import NAMESPACE, joined
from agent.errors import Code, Failure

LIMIT_S = 120.0
"""A token wants to be touched."""


def signed(text: bytes, key: Path) -> bytes:
    """The userdata with its signature below; raises `sign.failed` where ssh-keygen does not sign."""
    words = ["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", os.fspath(key)]
    try:
        done = subprocess.run(words, input=text, capture_output=True, timeout=LIMIT_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(Code.SIGN_FAILED, f"ssh-keygen: {error}", where=str(key)) from None
    if done.returncode != 0 or not done.stdout:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise Failure(Code.SIGN_FAILED, said or f"ssh-keygen ends with {done.returncode}", where=str(key))
    return joined(text, done.stdout)
