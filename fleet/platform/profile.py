"""Edge. Profiles of the SORACOM API, read from soracom-cli's files and variables.

    ~/.soracom/NAME.json    or in SORACOM_PROFILE_DIR; refused where other users may read it, as soracom-cli does
    SORACOM_AUTH_KEY_ID, SORACOM_AUTH_KEY    used before any profile that was not named by an option
    SORACOM_PROFILE, SORACOM_ENDPOINT        used unless --profile or --endpoint is given

The endpoint is the first of: --endpoint, SORACOM_ENDPOINT, --coverage-type, the profile's endpoint, the profile's
coverage type.
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

from agent.errors import Code, Failure, failure_from
from fleet.platform.credentials import AccessOptions, AuthKey, Credentials, Password, Profile, SwitchedUser

ENDPOINTS = {"jp": "https://api.soracom.io/v1", "g": "https://g.api.soracom.io/v1"}
SANDBOXES = {"jp": "https://api-sandbox.soracom.io/v1", "g": "https://g.api-sandbox.soracom.io/v1"}
MAX_BYTES = 64 * 1024
COMMAND_WITHIN_S = 60.0
_DEFAULT_TIMEOUT_S = 86400


def profile_of(options: AccessOptions, environment: Mapping[str, str], home: Path) -> Profile:
    """The profile to use; raises `profile.*`."""
    name = options.profile or environment.get("SORACOM_PROFILE") or "default"
    directory = Path(environment.get("SORACOM_PROFILE_DIR") or home / ".soracom")
    key_id, secret = environment.get("SORACOM_AUTH_KEY_ID"), environment.get("SORACOM_AUTH_KEY")
    if key_id and secret and not options.profile:
        members: Mapping[str, Any] = {"authKeyId": key_id, "authKey": secret}
    else:
        members = read_profile(directory, name)
    endpoint = options.endpoint or environment.get("SORACOM_ENDPOINT") or _endpoint(members, options.coverage)
    timeout = members.get("tokenTimeoutSeconds")
    return Profile(
        checked_endpoint(endpoint),
        _credentials(members, directory, options.mfa, (name,)),
        timeout if isinstance(timeout, int) and timeout > 0 else _DEFAULT_TIMEOUT_S,
    )


def read_profile(directory: Path, name: str) -> Mapping[str, Any]:
    """The members of a profile's file; raises `profile.missing` and `profile.wrong`."""
    path = directory / f"{name}.json"
    if "/" in name or "\0" in name or name.startswith("."):
        raise Failure(Code.PROFILE_MISSING, f"{name!r} cannot be the name of a profile")
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        raise failure_from(error, Code.PROFILE_MISSING, path) from None
    if stat.S_IMODE(mode) & 0o077:
        raise Failure(
            Code.PROFILE_WRONG, "other users may read it", where=str(path), advice=f"Run this command: chmod 600 {path}"
        )
    return _members(content, str(path))


def write_profile(directory: Path, name: str, members: Mapping[str, Any]) -> Path:
    """Writes a new profile that only its owner may read; raises `file.unwritable`, also where the file exists."""
    path = directory / f"{name}.json"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "x", opener=_for_owner) as file:
            json.dump(members, file, indent=2)
            file.write("\n")
    except OSError as error:
        raise failure_from(error, Code.FILE_UNWRITABLE, path) from None
    return path


def checked_endpoint(endpoint: str) -> str:
    """The endpoint with the API's version and without a slash at its end; raises `profile.wrong`."""
    try:
        parts = urlsplit(endpoint)
        usable = parts.port != 0 and bool(parts.hostname and parts.hostname.encode("idna"))
    except ValueError:
        usable = False
    if not usable or parts.scheme not in {"http", "https"} or parts.query or parts.username:
        raise Failure(Code.PROFILE_WRONG, f"{endpoint!r} is not an address such as https://api.soracom.io/v1")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise Failure(Code.PROFILE_WRONG, f"{endpoint}: keys are sent without TLS to this machine only")
    path = parts.path.rstrip("/") or "/v1"
    return f"{parts.scheme}://{parts.netloc}{path}"


def _endpoint(members: Mapping[str, Any], coverage: str | None) -> str:
    if coverage is None and isinstance(members.get("endpoint"), str) and members["endpoint"]:
        return str(members["endpoint"])
    endpoints = SANDBOXES if members.get("sandbox") else ENDPOINTS
    chosen = coverage or members.get("coverageType") or "jp"
    if chosen not in endpoints:
        raise Failure(Code.PROFILE_WRONG, f"unknown coverage type {chosen!r}; known: {', '.join(endpoints)}")
    return endpoints[chosen]


def _credentials(members: Mapping[str, Any], directory: Path, mfa: str, seen: tuple[str, ...]) -> Credentials:
    """The credentials in a profile, in soracom-cli's order: a command, another profile, a key, a password."""
    text = {name: value for name, value in members.items() if isinstance(value, str) and value}
    if command := text.get("profileCommand"):
        return _credentials(_from_command(command), directory, mfa, seen)
    if source := text.get("sourceProfile"):
        if source in seen:
            raise Failure(Code.PROFILE_WRONG, f"the profiles {', '.join(seen)} refer to each other in a circle")
        first = _credentials(read_profile(directory, source), directory, mfa, (*seen, source))
        return SwitchedUser(first, text.get("operatorId", ""), text.get("username", ""))
    if "authKeyId" in text and "authKey" in text:
        return AuthKey(text["authKeyId"], text["authKey"])
    code = mfa or text.get("mfaOTPCode", "")
    if "email" in text and "password" in text:
        return Password(text["password"], email=text["email"], mfa=code)
    if {"operatorId", "username", "password"} <= set(text):
        return Password(text["password"], operator_id=text["operatorId"], user=text["username"], mfa=code)
    detail = f"the profile {seen[-1]} has neither a key nor a password"
    raise Failure(Code.PROFILE_WRONG, detail, where=str(directory))


def _from_command(command: str) -> Mapping[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 (the user's own profile names the command, as for soracom-cli)
            shlex.split(command), stdout=subprocess.PIPE, timeout=COMMAND_WITHIN_S, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Failure(Code.PROFILE_WRONG, f"profileCommand: {error}") from None
    return _members(done.stdout, "profileCommand")


def _members(content: bytes, where: str) -> Mapping[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or len(content) > MAX_BYTES:
        raise Failure(Code.PROFILE_WRONG, f"expected a JSON object of at most {MAX_BYTES} bytes", where=where)
    return value


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
