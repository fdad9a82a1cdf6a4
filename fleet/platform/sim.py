"""Pure. One SIM, as the SORACOM API tells it: its state, its session as the network sees it, its lock and its tags.

The shapes are those of the published API document (`Sim`, `Subscriber`), which real answers do not always keep: what is
missing is taken as not known, and what is of the wrong type is refused. The platform's spellings end here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from enum import Enum, unique
from types import MappingProxyType
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Imei, Imsi, device_part

ANONYMOUS = "|ANONYMOUS"
"""Suffix of a lock that lets a session begin although the network tells no IMEI (API: SetImeiLockRequest)."""
_NO_TAGS: Mapping[str, str] = MappingProxyType({})


@unique
class Status(Enum):
    """Of a SIM's life (SORACOM: subscriber status); `testing` is in no published list and is real all the same."""

    READY = "ready"
    TESTING = "testing"
    ACTIVE = "active"
    INACTIVE = "inactive"
    STANDBY = "standby"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    INSTOCK = "instock"
    SHIPPED = "shipped"
    OTHER = ""
    """One that this version does not know."""

    @property
    def may_connect(self) -> bool:
        """Whether the network lets the SIM begin a session."""
        return self not in {Status.INACTIVE, Status.SUSPENDED, Status.TERMINATED}


@frozen
class Session:
    """The connection as the network sees it."""

    online: bool = False
    imei: str | None = None
    """What the carrier told of the device, 14 to 16 digits; None where it tells nothing, as null or fifteen zeros."""
    imsi: Imsi | None = None
    changed_at: datetime | None = None
    """When the session was last changed, UTC; for one that is over, about when it ended."""
    address: str | None = None
    session_id: str | None = None


@frozen
class Lock:
    """The only device that the network lets this SIM into."""

    imei: str
    """As the platform has it: somebody may have set one that is no IMEI."""
    anonymous: bool = False
    """A device of which the carrier tells no IMEI may connect as well."""


@frozen
class Sim:
    """One SIM."""

    sim_id: str
    imsi: Imsi | None
    status: Status
    group_id: str | None = None
    speed_class: str | None = None
    tags: Mapping[str, str] = field(default_factory=lambda: _NO_TAGS)
    lock: Lock | None = None
    session: Session = Session()
    was_online: bool = False
    """Whether there is, or was, a session."""

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.sim_id

    @property
    def name(self) -> str:
        """The SIM's name; empty where nobody gave one."""
        return self.tags.get("name", "")


def sims_of(answer: object) -> tuple[Sim, ...]:
    """The SIMs of one page; raises `platform.not_understood`."""
    if not isinstance(answer, list):
        raise _odd("a list of SIMs")
    return tuple(map(sim_of, answer))


def sim_of(answer: object) -> Sim:
    """A SIM from what `GET /sims/{sim_id}`, a list, or a change answered; raises `platform.not_understood`."""
    if not isinstance(answer, dict):
        raise _odd("a SIM")
    status = _text(answer, "status")
    session = _members(answer, "sessionStatus")
    return Sim(
        sim_id=_text(answer, "simId") or _text(answer, "iccid") or _missing("simId"),
        imsi=_imsi(answer, session),
        status=next((one for one in Status if one.value == status), Status.OTHER),
        group_id=_text(answer, "groupId"),
        speed_class=_text(answer, "speedClass"),
        tags=_tags(answer),
        lock=_lock(_members(answer, "imeiLock")),
        session=_session(session),
        was_online=session.get("online") is True or bool(session.get("imei") or _members(answer, "previousSession")),
    )


def _session(told: Mapping[str, Any]) -> Session:
    return Session(
        online=told.get("online") is True,
        imei=_network_imei(told.get("imei")),
        imsi=_imsi_or_none(told.get("imsi")),
        changed_at=_time(told.get("lastUpdatedAt")),
        address=_text(told, "ueIpAddress"),
        session_id=_text(told, "sessionId"),
    )


def _lock(told: Mapping[str, Any]) -> Lock | None:
    imei = _text(told, "imei")
    return Lock(imei.removesuffix(ANONYMOUS), anonymous=imei.endswith(ANONYMOUS)) if imei else None


def _imsi(answer: Mapping[str, Any], session: Mapping[str, Any]) -> Imsi | None:
    """Of the present session, else of the profile in use: a SIM may have several."""
    profiles = _members(answer, "profiles")
    active = _members(profiles, str(answer.get("activeProfileId"))) or next(iter(_objects(profiles.values())), {})
    told = (session.get("imsi"), answer.get("imsi"), active.get("primaryImsi"))
    return next((imsi for imsi in map(_imsi_or_none, told) if imsi), None)


def _network_imei(told: object) -> str | None:
    """Carriers send the check digit, a zero in its place, or two digits of software version instead."""
    return told if isinstance(told, str) and device_part(told) else None


def imei_or_none(told: object) -> Imei | None:
    """An IMEI whose check digit holds, and nothing else."""
    try:
        return Imei(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _imsi_or_none(told: object) -> Imsi | None:
    try:
        return Imsi(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _tags(answer: Mapping[str, Any]) -> Mapping[str, str]:
    told = _members(answer, "tags")
    return MappingProxyType({name: text for name, text in told.items() if isinstance(text, str)})


def _time(told: object) -> datetime | None:
    """From milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(told / 1000, UTC) if isinstance(told, int) and told > 0 else None
    except (OverflowError, OSError, ValueError):
        return None


def _members(around: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = around.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _odd(f"{name} as an object")
    return found


def _objects(values: Iterable[object]) -> Iterable[dict[str, Any]]:
    return (value for value in values if isinstance(value, dict))


def _text(around: Mapping[str, Any], name: str) -> str | None:
    found = around.get(name)
    if found is None or found == "":
        return None
    if not isinstance(found, str):
        raise _odd(f"{name} as a text")
    return found


def _missing(name: str) -> str:
    raise _odd(f"a SIM with its {name}")


def _odd(expected: str) -> Failure:
    return Failure(Code.PLATFORM_NOT_UNDERSTOOD, f"expected {expected}")
