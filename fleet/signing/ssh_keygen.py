"""Edge. Signs a document with ssh-keygen. The key is a file; an agent or a hardware token may hold its private part."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from agent.configuration.signed_text import NAMESPACE, joined
from agent.errors import Code, Failure

LIMIT_S = 120.0
"""A hardware token waits for a touch."""


def signed(text: bytes, key: Path) -> bytes:
    """The document with its signature; raises `sign.failed` where ssh-keygen does not sign.

    ssh-keygen keeps the terminal and the working directory of the command: it may ask for a passphrase, and the key may
    be a relative path.
    """
    words = ["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", os.fspath(key)]
    try:
        done = subprocess.run(words, input=text, capture_output=True, timeout=LIMIT_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(Code.SIGN_FAILED, f"ssh-keygen: {error}", where=str(key)) from None
    if done.returncode != 0 or not done.stdout:
        message = " ".join(done.stderr.decode(errors="replace").split())
        raise Failure(Code.SIGN_FAILED, message or f"ssh-keygen ended with {done.returncode}", where=str(key))
    return joined(text, done.stdout)
