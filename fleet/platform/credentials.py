"""Values. With which key or password the desk signs in to the SORACOM API, and at which endpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuthKey:
    """An authentication key of the root user or of a SAM user; the form that programs should use."""

    key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Password:
    """A password of the root user (with the e-mail address) or of a SAM user (with operator id and user name)."""

    password: str
    email: str = ""
    operator_id: str = ""
    user: str = ""
    mfa: str = ""
    """The one-time code, where the user has a second factor."""


@dataclass(frozen=True, slots=True)
class SwitchedUser:
    """A SAM user that another user switches to (API: `switchUser`)."""

    source: Credentials
    operator_id: str
    user: str


Credentials = AuthKey | Password | SwitchedUser


@dataclass(frozen=True, slots=True)
class Profile:
    """Credentials and the endpoint that they are used at."""

    endpoint: str
    """Base of every path, such as `https://api.soracom.io/v1`."""
    credentials: Credentials
    token_timeout_s: int = 86400


@dataclass(frozen=True, slots=True)
class AccessOptions:
    """The options of the command line that choose a profile; each is None where it was not given."""

    profile: str | None = None
    coverage: str | None = None
    """`jp` or `g`."""
    endpoint: str | None = None
    mfa: str = ""
