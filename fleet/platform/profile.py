"""Edge: who asks the SORACOM API, and where: soracom-cli's profiles and variables, so that nobody configures twice.

    ~/.soracom/NAME.json    or in SORACOM_PROFILE_DIR; refused where others may read it, as soracom-cli does
    SORACOM_AUTH_KEY_ID, SORACOM_AUTH_KEY    count before any profile
    SORACOM_PROFILE, SORACOM_ENDPOINT        unless --profile, --endpoint say otherwise

Where it is asked: --endpoint, SORACOM_ENDPOINT, --coverage-type, the profile's endpoint, the profile's coverage.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agent.errors import Code, Failure
from agent.frozen import frozen

ENDPOINTS = {"jp": "https://api.soracom.io/v1", "g": "https://g.api.soracom.io/v1"}
SANDBOXES = {"jp": "https://api-sandbox.soracom.io/v1", "g": "https://g.api-sandbox.soracom.io/v1"}
MAX_BYTES = 64 * 1024
COMMAND_WITHIN_S = 60.0


@frozen
class AuthKey:
    """An authentication key, of the root user or of a SAM user: what programs should have."""

    key_id: str
    secret: str


@frozen
class Password:
    """The root user by e-mail address, or a SAM user by operator id and name."""

    password: str
    email: str = ""
    operator_id: str = ""
    user: str = ""
    mfa: str = ""
    """The code of this minute, where the user has a second factor."""


@frozen
class Switched:
    """A SAM user that somebody else becomes (API: `switchUser`)."""

    source: Credentials
    operator_id: str
    user: str


Credentials = AuthKey | Password | Switched


@frozen
class Profile:
    """Who asks, and where."""

    endpoint: str
    """Base of every path, such as `https://api.soracom.io/v1`."""
    credentials: Credentials
    token_timeout_s: int = 86400


@frozen
class Wanted:
    """What the command line said."""

    profile: str | None = None
    coverage: str | None = None
    endpoint: str | None = None
    mfa: str = ""


def profile_of(wanted: Wanted, environment: Mapping[str, str], home: Path) -> Profile:
    """The profile to use; raises `profile.*`."""
    name = wanted.profile or environment.get("SORACOM_PROFILE") or "default"
    directory = Path(environment.get("SORACOM_PROFILE_DIR") or home / ".soracom")
    key_id, secret = environment.get("SORACOM_AUTH_KEY_ID"), environment.get("SORACOM_AUTH_KEY")
    if key_id and secret and not wanted.profile:
        told: Mapping[str, Any] = {"authKeyId": key_id, "authKey": secret}
    else:
        told = read_profile(directory, name)
    endpoint = wanted.endpoint or environment.get("SORACOM_ENDPOINT") or _endpoint(told, wanted.coverage)
    timeout = told.get("tokenTimeoutSeconds")
    return Profile(
        checked_endpoint(endpoint),
        _credentials(told, directory, wanted.mfa, (name,)),
        timeout if isinstance(timeout, int) and timeout > 0 else 86400,
    )


def read_profile(directory: Path, name: str) -> Mapping[str, Any]:
    """The members of a profile's file; raises `profile.missing` and `profile.wrong`."""
    path = directory / f"{name}.json"
    if "/" in name or "\0" in name or name.startswith("."):
        raise Failure(Code.PROFILE_MISSING, f"{name!r} is not the name of a profile")
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        raise Failure(Code.PROFILE_MISSING, error.strerror or str(error), where=str(path)) from None
    if stat.S_IMODE(mode) & 0o077:
        raise Failure(Code.PROFILE_WRONG, f"others may read it: chmod 600 {path}", where=str(path))
    return _members(content, str(path))


def write_profile(directory: Path, name: str, members: Mapping[str, Any]) -> Path:
    """Writes a new profile that only its owner may read; raises `file.unwritable`, also where there is one already."""
    path = directory / f"{name}.json"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "x", opener=_for_owner) as file:
            json.dump(members, file, indent=2)
            file.write("\n")
    except OSError as error:
        raise Failure(Code.FILE_UNWRITABLE, error.strerror or str(error), where=str(path)) from None
    return path


def checked_endpoint(endpoint: str) -> str:
    """Without a slash at its end, and with the version; raises `profile.wrong` for what cannot be asked."""
    try:
        parts = urlsplit(endpoint)
        usable = parts.port != 0 and bool(parts.hostname and parts.hostname.encode("idna"))
    except ValueError:
        usable = False
    if not usable or parts.scheme not in {"http", "https"} or parts.query or parts.username:
        raise Failure(Code.PROFILE_WRONG, f"{endpoint!r} is not an address such as https://api.soracom.io/v1")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise Failure(Code.PROFILE_WRONG, f"{endpoint}: a key is not sent without TLS, except to this machine")
    path = parts.path.rstrip("/") or "/v1"
    return f"{parts.scheme}://{parts.netloc}{path}"


def _endpoint(told: Mapping[str, Any], coverage: str | None) -> str:
    if coverage is None and isinstance(told.get("endpoint"), str) and told["endpoint"]:
        return str(told["endpoint"])
    places = SANDBOXES if told.get("sandbox") else ENDPOINTS
    wanted = coverage or told.get("coverageType") or "jp"
    if wanted not in places:
        raise Failure(Code.PROFILE_WRONG, f"coverage type {wanted!r}: there are {', '.join(places)}")
    return places[wanted]


def _credentials(told: Mapping[str, Any], directory: Path, mfa: str, seen: tuple[str, ...]) -> Credentials:
    """In soracom-cli's order: a command, another profile, a key, an e-mail address, a SAM user."""
    text = {name: value for name, value in told.items() if isinstance(value, str) and value}
    if command := text.get("profileCommand"):
        return _credentials(_from_command(command), directory, mfa, seen)
    if source := text.get("sourceProfile"):
        if source in seen:
            raise Failure(Code.PROFILE_WRONG, f"the profiles {', '.join(seen)} name each other")
        behind = _credentials(read_profile(directory, source), directory, mfa, (*seen, source))
        return Switched(behind, text.get("operatorId", ""), text.get("username", ""))
    if "authKeyId" in text and "authKey" in text:
        return AuthKey(text["authKeyId"], text["authKey"])
    code = mfa or text.get("mfaOTPCode", "")
    if "email" in text and "password" in text:
        return Password(text["password"], email=text["email"], mfa=code)
    if {"operatorId", "username", "password"} <= set(text):
        return Password(text["password"], operator_id=text["operatorId"], user=text["username"], mfa=code)
    raise Failure(Code.PROFILE_WRONG, f"the profile {seen[-1]} says nobody: no key, no password", where=str(directory))


def _from_command(command: str) -> Mapping[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 (the person's own profile names it, as for soracom-cli)
            shlex.split(command), stdout=subprocess.PIPE, timeout=COMMAND_WITHIN_S, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Failure(Code.PROFILE_WRONG, f"profileCommand: {error}") from None
    return _members(done.stdout, "profileCommand")


def _members(content: bytes, where: str) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or len(content) > MAX_BYTES:
        raise Failure(Code.PROFILE_WRONG, "not a JSON object of reasonable size", where=where)
    return found


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
