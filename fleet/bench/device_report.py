"""Pure. The report of a device in the tags of its SIM; every user with permission to write tags can forge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique

from agent.identity import Imei
from fleet.platform.sim import imei_or_none


@unique
class DeviceState(Enum):
    """The tag `kitting_state`, as far as the desk decides by it."""

    NONE = ""
    """The device has not reported."""
    PROVISIONED = "provisioned"
    BLOCKED = "blocked"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    OTHER = "other"
    """Any other text, such as `applying`."""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """A report; texts are empty where a tag is missing."""

    state: DeviceState
    state_text: str
    """The tag as it is."""
    imei: Imei | None
    """None where the tag is missing or is not an IMEI."""
    imei_text: str
    configuration: str
    at: str
    error: str
    agent: str


def report_of(tags: Mapping[str, str]) -> DeviceReport:
    """The report in the tags of a SIM."""
    state, imei = tags.get("kitting_state", ""), tags.get("kitting_imei", "")
    return DeviceReport(
        state=next((known for known in DeviceState if known.value == state), DeviceState.OTHER),
        state_text=state,
        imei=imei_or_none(imei),
        imei_text=imei,
        configuration=tags.get("kitting_config", ""),
        at=tags.get("kitting_at", ""),
        error=tags.get("kitting_error", ""),
        agent=tags.get("kitting_agent", ""),
    )
