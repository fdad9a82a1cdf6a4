"""Pure. What the platform knows of a SIM, its session, its group, and of a request that came in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from simulator.numbers import iccid_of

CONNECTABLE = frozenset({"ready", "testing", "active", "standby"})
"""Statuses in which the network accepts a SIM (users.soracom.io, SIM status)."""
STATUSES = CONNECTABLE | {"inactive", "suspended", "terminated"}
EPOCH_MS = 1_735_200_000_000
"""When the invented SIMs were made; milliseconds since 1970."""


class Refusal(Exception):
    """The platform refuses a request: HTTP status, and code and message of the API's error body."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(f"{status} {code}: {message}")


@dataclass(frozen=True, slots=True)
class Session:
    """A connection of a SIM to the network."""

    session_id: str
    address: str
    imei: str | None
    """The real IMEI of the device with the SIM; the switch `session_imei` decides what the carrier reports of it."""
    created_ms: int


@dataclass(frozen=True, slots=True)
class Sim:
    """A SIM at one moment. What is left empty follows from the IMSI."""

    imsi: str
    iccid: str = ""
    sim_id: str = ""
    imei: str | None = None
    """IMEI of the device that the SIM sits in; None for one that has none (a virtual SIM)."""
    tags: Mapping[str, str] = field(default_factory=dict)
    group_id: str | None = None
    status: str = "active"
    speed_class: str = "s1.4xfast"
    subscription: str = "plan01s"
    module_type: str | None = "trio"
    imei_lock: str | None = None
    """Fifteen digits, perhaps followed by `|ANONYMOUS`."""
    termination_enabled: bool = False
    expiry_ms: int | None = None
    expiry_action: str | None = None
    modified_ms: int = EPOCH_MS
    switched_on: bool = True
    """Whether the device is on, so that the SIM connects by itself."""
    session: Session | None = None
    previous_session: Session | None = None
    local_info_imei: str = "356938039999991"
    """The IMEI that the SIM applet reported last: usually old, here that of another device."""
    local_info_ms: int = EPOCH_MS

    def __post_init__(self) -> None:
        if not self.imsi.isdecimal() or not self.imsi.isascii():
            raise ValueError(f"an IMSI is digits, not {self.imsi!r}")
        if self.status not in STATUSES:
            raise ValueError(f"a SIM's status is one of {', '.join(sorted(STATUSES))}, not {self.status!r}")
        iccid = self.iccid or iccid_of(self.imsi)
        object.__setattr__(self, "iccid", iccid)
        object.__setattr__(self, "sim_id", self.sim_id or iccid)
        object.__setattr__(self, "tags", MappingProxyType({"name": "", **self.tags}))

    @property
    def may_connect(self) -> bool:
        """Whether the network accepts a SIM of this status; the IMEI lock is checked when a session is set up."""
        return self.status in CONNECTABLE


@dataclass(frozen=True, slots=True)
class Group:
    """A group at one moment: the metadata settings and the userdata of SORACOM Air."""

    group_id: str
    name: str = ""
    enabled: bool = True
    readonly: bool = False
    allow_origin: str | None = None
    minimize_response_body: bool = False
    userdata: str | None = None
    other_air: Mapping[str, Any] = field(default_factory=dict)
    """Settings of SORACOM Air beside metadata and userdata: custom DNS, VPG, and so on."""
    other_configuration: Mapping[str, Any] = field(default_factory=dict)
    """Settings of other services of the group; they count towards the same limit."""
    other_tags: Mapping[str, str] = field(default_factory=dict)
    """The group's tags but for its name."""

    def configuration(self) -> dict[str, Any]:
        """The whole configuration, as `GET /groups/{id}` shows it."""
        metadata: dict[str, Any] = {"enabled": self.enabled, "readonly": self.readonly}
        if self.allow_origin is not None:
            metadata["allowOrigin"] = self.allow_origin
        if self.minimize_response_body:
            metadata["minimizeResponseBody"] = True
        air = {**self.other_air, "metadata": metadata} | ({} if self.userdata is None else {"userdata": self.userdata})
        return {"SoracomAir": air, **self.other_configuration}

    def size_bytes(self) -> int:
        """The size that counts towards the limit of a group: its configuration as JSON in UTF-8."""
        return len(json.dumps(self.configuration(), ensure_ascii=False, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request that was received, and its result."""

    at_ms: int
    imsi: str
    method: str
    path: str
    status: int | None
    """None where a fault left it without a status line."""
    bytes_in: int
    bytes_out: int
    body: bytes = b""
    fault: str = ""
