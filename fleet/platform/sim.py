"""Pure. One SIM as the SORACOM API returns it: its status, its session, its IMEI lock, its group and its tags.

The shapes are those of the published API document (`Sim`, `Subscriber`). Real responses leave members out: a missing
member is unknown, and a member of another type is refused. The platform's member names are used in this module only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, unique
from types import MappingProxyType
from typing import Any

from agent.identity import Imei, Imsi, device_part
from fleet.platform.json_shapes import list_of, not_understood, object_of

ANONYMOUS = "|ANONYMOUS"
"""End of a lock's IMEI that also accepts a session in which the network reports no IMEI (API: SetImeiLockRequest)."""
_NO_TAGS: Mapping[str, str] = MappingProxyType({})


@unique
class Status(Enum):
    """Status of a SIM (SORACOM: subscriber status); real accounts also have `testing`, which no document lists."""

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
    """A status that this version does not know."""

    @property
    def may_connect(self) -> bool:
        """Whether the network accepts a session of the SIM."""
        return self not in {Status.INACTIVE, Status.SUSPENDED, Status.TERMINATED}


@dataclass(frozen=True, slots=True)
class Session:
    """The connection of a SIM, as the network sees it."""

    online: bool = False
    imei: str | None = None
    """The device that the network reports, 14 to 16 digits; None where it reports none (null or fifteen zeros)."""
    imsi: Imsi | None = None
    changed_at: datetime | None = None
    """When the session last changed, UTC; for a session that has ended, about the time of its end."""
    address: str | None = None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """The IMEI lock: the only device in which the network accepts the SIM."""

    imei: str
    """As the platform stores it, which need not be a valid IMEI."""
    anonymous: bool = False
    """Whether a session in which the network reports no IMEI is accepted as well."""


@dataclass(frozen=True, slots=True)
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
    numbers: frozenset[str] = frozenset()
    """Every number of the SIM: SIM id, and of all its profiles ICCID, IMSIs and MSISDNs."""
    was_online: bool = False
    """Whether the SIM has a session or has had one."""

    @property
    def every_number(self) -> frozenset[str]:
        """The numbers by which the SIM may be named; the IMSI of its session among them."""
        return self.numbers | {self.sim_id} | ({self.imsi.digits} if self.imsi else frozenset())

    @property
    def label(self) -> str:
        """The name of the SIM; its SIM id where it has no name."""
        return self.name or self.sim_id

    @property
    def name(self) -> str:
        """The tag `name`; empty where the SIM has none."""
        return self.tags.get("name", "")


def sims_of_page(page: object) -> tuple[Sim, ...]:
    """The SIMs of one page of a list; raises `platform.not_understood`."""
    return tuple(map(sim_of, list_of(page, "SIMs")))


def sim_of(value: object) -> Sim:
    """A SIM from its JSON value, alone or in a list; raises `platform.not_understood`."""
    members = object_of(value, "a SIM")
    status = _text(members, "status")
    session = _object(members, "sessionStatus")
    sim_id = _text(members, "simId") or _text(members, "iccid")
    if not sim_id:
        raise not_understood("a SIM with its simId")
    return Sim(
        sim_id=sim_id,
        imsi=_imsi(members, session),
        status=next((known for known in Status if known.value == status), Status.OTHER),
        group_id=_text(members, "groupId"),
        speed_class=_text(members, "speedClass"),
        tags=_tags(members),
        lock=_lock(_object(members, "imeiLock")),
        session=_session(session),
        numbers=frozenset({sim_id, *_numbers(members)}),
        was_online=session.get("online") is True or bool(session.get("imei") or _object(members, "previousSession")),
    )


def imei_or_none(value: object) -> Imei | None:
    """An IMEI with a right check digit; None for any other value."""
    try:
        return Imei(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _session(members: Mapping[str, Any]) -> Session:
    return Session(
        online=members.get("online") is True,
        imei=_reported_imei(members.get("imei")),
        imsi=_imsi_or_none(members.get("imsi")),
        changed_at=_time(members.get("lastUpdatedAt")),
        address=_text(members, "ueIpAddress"),
        session_id=_text(members, "sessionId"),
    )


def _lock(members: Mapping[str, Any]) -> Lock | None:
    imei = _text(members, "imei")
    return Lock(imei.removesuffix(ANONYMOUS), anonymous=imei.endswith(ANONYMOUS)) if imei else None


def _imsi(sim: Mapping[str, Any], session: Mapping[str, Any]) -> Imsi | None:
    """The IMSI of the session, else of the SIM, else of the active profile: a SIM may have several profiles."""
    profiles = _object(sim, "profiles")
    active = _object(profiles, str(sim.get("activeProfileId"))) or next(iter(_objects(profiles.values())), {})
    values = (session.get("imsi"), sim.get("imsi"), active.get("primaryImsi"))
    return next((imsi for imsi in map(_imsi_or_none, values) if imsi), None)


def _numbers(members: Mapping[str, Any]) -> Iterable[str]:
    """The numbers of a SIM: at its top as a subscriber has them, and in its profiles, of which an eSIM has several."""
    profiles = list(_objects(_object(members, "profiles").values()))
    subscribers = [one for profile in profiles for one in _objects(_object(profile, "subscribers").values())]
    for parent in (members, *profiles, *subscribers):
        values = (parent.get(name) for name in ("simId", "iccid", "serialNumber", "imsi", "primaryImsi", "msisdn"))
        yield from (value for value in values if isinstance(value, str) and value)


def _reported_imei(value: object) -> str | None:
    """The number as the carrier reports it: with the check digit, a zero in its place, or two version digits."""
    return value if isinstance(value, str) and device_part(value) else None


def _imsi_or_none(value: object) -> Imsi | None:
    try:
        return Imsi(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _tags(sim: Mapping[str, Any]) -> Mapping[str, str]:
    members = _object(sim, "tags")
    return MappingProxyType({name: text for name, text in members.items() if isinstance(text, str)})


def _time(value: object) -> datetime | None:
    """A time from milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) and value > 0 else None
    except (OverflowError, OSError, ValueError):
        return None


def _object(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object that is a member of `parent`; empty where it is missing or null."""
    value = parent.get(name)
    return {} if value is None else object_of(value, f"{name} as an object")


def _objects(values: Iterable[object]) -> Iterable[dict[str, Any]]:
    return (value for value in values if isinstance(value, dict))


def _text(parent: Mapping[str, Any], name: str) -> str | None:
    """The text that is a member of `parent`; None where it is missing, null or empty."""
    value = parent.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise not_understood(f"{name} as a text")
    return value
