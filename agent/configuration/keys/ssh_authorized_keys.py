"""Pure. `ssh_authorized_keys` → one file of public keys for each user, outside of home directories (sshd_config(5)).

A key is a line of authorized_keys (sshd(8)): options, type, base64, comment. What is in the base64 names the type
again, so that a key that was cut or mixed up is found here, and not when a login at a remote gateway fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.configuration.policy import PUBLIC_KEYS
from agent.configuration.problems import Fault
from agent.configuration.text import unbase64
from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.key_path import KeyPath
from agent.reasons import DocumentKey

SSHD_PATH = "/etc/ssh/sshd_config.d/50-kitting-agent.conf"
PLACES = (f"{PUBLIC_KEYS}/", SSHD_PATH)
SSHD_CONFIG = f"AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2 {PUBLIC_KEYS}/%u\n"
RELOAD = ServiceVerb("ssh.service", Verb.RELOAD)

TYPES = (
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
_LINE = re.compile(
    r"""(?:(?P<options>(?:[^\s"]|"(?:[^"\\]|\\.)*")+)[ \t]+)??"""
    r"(?P<type>[a-z0-9@.-]+)[ \t]+(?P<key>[A-Za-z0-9+/]{40,}={0,2})(?:[ \t].*)?"
)
_LENGTH_BYTES = 4


def render(keys: Sequence[str] | Mapping[str, Sequence[str]]) -> Iterator[WantedEffect | Fault]:
    """A list is root's."""
    by_user = keys if isinstance(keys, Mapping) else {"root": keys}
    top: KeyPath = ("ssh_authorized_keys",)
    for user, lines in sorted(by_user.items()):
        path = (*top, user) if isinstance(keys, Mapping) else top
        yield from keys_of(user, lines, path, DocumentKey(top))


def keys_of(user: str, lines: Sequence[str], path: KeyPath, because: DocumentKey) -> Iterator[WantedEffect | Fault]:
    """The keys of one user, or their faults."""
    faults = list(_faults(lines, path))
    yield from faults
    if not faults:
        content = "".join(f"{line.strip()}\n" for line in lines)
        yield WantedEffect(WriteFile(f"{PUBLIC_KEYS}/{user}", content.encode(), 0o644, "root:root"), because)


def where_keys_are(because: DocumentKey) -> WantedEffect:
    """The drop-in that names the place of the keys to sshd, once for a document."""
    config = WriteFile(SSHD_PATH, SSHD_CONFIG.encode(), 0o644, "root:root")
    return WantedEffect(config, because, then=(RELOAD,))


def _faults(lines: Sequence[str], path: KeyPath) -> Iterator[Fault]:
    for position, line in enumerate(lines):
        if reason := _unfit(line.strip()):
            yield Fault((*path, position), reason)


def _unfit(line: str) -> str:
    if "PRIVATE KEY" in line:
        return "a private key, which must never leave the desk; make a new pair, and write the public key here"
    found = _LINE.fullmatch(line)
    if not found:
        return "no public key in one line, such as ssh-ed25519 AAAA… comment"
    if found["type"] not in TYPES:
        return f"a type of key that is not taken; taken are {', '.join(TYPES)}"
    try:
        key = unbase64(found["key"])
    except ValueError:
        return "a key that is not whole: not base64"
    name = found["type"].encode()
    if key[:_LENGTH_BYTES] != len(name).to_bytes(_LENGTH_BYTES, "big") or key[_LENGTH_BYTES:][: len(name)] != name:
        return "a key that is not of the type that stands before it"
    return "" if _is_whole(key) else "a key that is cut off"


def _is_whole(key: bytes) -> bool:
    """A key is a row of members, each with its length before it (RFC 4251, 5)."""
    position = 0
    while position < len(key):
        position += _LENGTH_BYTES + int.from_bytes(key[position : position + _LENGTH_BYTES], "big")
    return position == len(key)
