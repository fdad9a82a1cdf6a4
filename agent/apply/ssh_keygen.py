"""Edge. ssh-keygen, which verifies signatures.

`ssh-keygen -Y verify` (OpenSSH 8.2 and later, on every Debian gateway) checks a signature against a file of the keys
that may sign (`allowed_signers`, ssh-keygen(1)). No part of a signature is parsed here.
"""

from __future__ import annotations

from pathlib import Path

from agent.configuration.signed_text import NAMESPACE, SignedText
from agent.errors import Code, Failure, failure_from
from agent.host.programs import Ended, run

LIMIT_S = 20.0
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


def require(signed: SignedText, allowed_signers: Path) -> str:
    """The signer of a text; raises `userdata.unsigned` or `userdata.bad_signature`."""
    if signed.signature is None:
        raise Failure(Code.USERDATA_UNSIGNED, "the text has no signature at its end")
    import tempfile

    with tempfile.TemporaryDirectory(prefix="kitting-signature-") as place:
        signature = Path(place, "signature")
        signature.write_bytes(signed.signature)
        for signer in _principals(signature, allowed_signers):
            if _verifies(signer, signature, signed.text, allowed_signers):
                return signer
    raise Failure(Code.USERDATA_BAD_SIGNATURE, f"no signer in {allowed_signers} made this signature for this text")


def _principals(signature: Path, allowed_signers: Path) -> list[str]:
    """The names in `allowed_signers` whose keys can have made the signature."""
    found = _run("find-principals", "-s", str(signature), "-f", str(allowed_signers))
    return found.output.decode("utf-8", "replace").splitlines() if found.code == 0 else []


def _verifies(signer: str, signature: Path, text: bytes, allowed_signers: Path) -> bool:
    words = ("verify", "-n", NAMESPACE, "-I", signer, "-s", str(signature), "-f", str(allowed_signers))
    return _run(*words, given=text).code == 0


def _run(*words: str, given: bytes = b"") -> Ended:
    try:
        return run(["ssh-keygen", "-Y", *words], given=given, limit_s=LIMIT_S, environment=_ENVIRONMENT)
    except OSError as error:
        raise failure_from(error, Code.USERDATA_BAD_SIGNATURE, "ssh-keygen") from None
