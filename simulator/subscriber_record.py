"""Pure. A SIM as the JSON that a device gets from `GET /v1/subscriber`.

Shape and members are those of a real answer of December 2025 (published log of a plan01s SIM) and of one of 2016
(published comment in a sketch); all values are invented. Times are milliseconds since 1970.
"""

from __future__ import annotations

from typing import Any

from simulator.subscribers import EPOCH_MS, Session, Sim
from simulator.switches import Switches

OTHER_IMEI = "356938035643809"
_LTE_CELL = {"radioType": "LTE", "mcc": 440, "mnc": 10, "tac": 1, "eci": 1}
_TODAY_ONLY = frozenset(
    {
        "previousSession",
        "imeiLock",
        "simId",
        "iccid",
        "serialNumber",
        "localInfo",
        "subscription",
        "lastPortMappingCreatedTime",
        "packetCaptureSessions",
        "locationRegistrationStatus",
        "registeredTime",
        "expiryAction",
        "presetSecondary",
        "ipProhibited",
        "mtSmsProhibited",
        "moSmsProhibited",
        "ussdProhibited",
    }
)
"""Members that the record of 2016 did not have."""
_SESSION_TODAY_ONLY = frozenset({"sessionId", "cell", "placement"})


def subscriber_record(sim: Sim, switches: Switches, *, minimized: bool = False) -> dict[str, Any]:
    """The subscriber object; `minimized` is the group's minimizeResponseBody, whose effect is only known by name."""
    record = {
        "imsi": sim.imsi,
        "msisdn": f"42{sim.imsi[-13:]:0>13}",
        "ipAddress": None,
        "operatorId": "OP0000000000",
        "apn": "soracom.io",
        "type": sim.speed_class,
        "groupId": sim.group_id,
        "status": sim.status,
        "tags": dict(sim.tags),
        "sessionStatus": _session_status(sim, switches),
        "previousSession": _previous_session(sim, switches),
        "imeiLock": None if sim.imei_lock is None else {"imei": sim.imei_lock},
        "speedClass": sim.speed_class,
        "simId": sim.sim_id,
        "moduleType": sim.module_type,
        "plan": 1,
        "iccid": sim.iccid,
        "serialNumber": sim.iccid,
        "localInfo": _local_info(sim),
        "subscription": sim.subscription,
        "lastPortMappingCreatedTime": None,
        "packetCaptureSessions": None,
        "locationRegistrationStatus": {
            network: {switches.network_member: "44010", "lastModifiedTime": 0} for network in ("cs", "eps")
        },
        "terminationEnabled": sim.termination_enabled,
        **_times(sim),
        **dict.fromkeys(
            ("presetSecondary", "ipProhibited", "mtSmsProhibited", "moSmsProhibited", "ussdProhibited"), False
        ),
    }
    return _shaped(record, switches, minimized=minimized)


def reported_imei(imei: str | None, switches: Switches) -> str | None:
    """The IMEI of a device as the carrier reports it; 15 zeros and null both mean that none is reported."""
    match switches.session_imei:
        case "as_modem":
            return imei
        case "zeros":
            return "0" * 15
        case "null":
            return None
        case "other":
            return OTHER_IMEI
        case "imeisv16":
            return imei and imei[:14] + "01"
        case "spare0":
            return imei and imei[:14] + "0"


def _times(sim: Sim) -> dict[str, Any]:
    return {
        "createdAt": EPOCH_MS,
        "createdTime": EPOCH_MS,
        "lastModifiedAt": sim.modified_ms,
        "lastModifiedTime": sim.modified_ms,
        "registeredTime": None,
        "expiredAt": sim.expiry_ms,
        "expiryTime": sim.expiry_ms,
        "expiryAction": sim.expiry_action,
    }


def _session_status(sim: Sim, switches: Switches) -> dict[str, Any]:
    session = sim.session
    if session is None:
        offline = dict.fromkeys(("imei", "location", "ueIpAddress", "dnsServers"))
        return {"lastUpdatedAt": sim.modified_ms, **offline, "online": False}
    return {
        "sessionId": session.session_id,
        "lastUpdatedAt": session.created_ms,
        "imei": reported_imei(session.imei, switches),
        "location": None,
        "cell": _LTE_CELL,
        "ueIpAddress": session.address,
        "dnsServers": ["100.127.0.53", "100.127.1.53"],
        "online": True,
        "placement": {"infrastructureProvider": "aws", "region": "ap-northeast-1"},
    }


def _previous_session(sim: Sim, switches: Switches) -> dict[str, Any] | None:
    session: Session | None = sim.previous_session
    if session is None:
        return None
    return {
        "sessionId": session.session_id,
        "imei": reported_imei(session.imei, switches),
        "cell": {},
        "ueIpAddress": session.address,
        "dnsServers": [],
        "subscription": sim.subscription,
        "createdTime": session.created_ms,
        "deletedTime": sim.modified_ms,
    }


def _local_info(sim: Sim) -> dict[str, Any]:
    return {
        "location": {"eci": 1, "tac": 1, "mnc": 51, "mcc": 440, "radioType": "lte"},
        "imsi": sim.imsi,
        "imei": sim.local_info_imei,
        "iccid": sim.iccid,
        "createdTime": EPOCH_MS,
        "status": "updated",
        "lastModifiedTime": sim.local_info_ms,
    }


def _shaped(record: dict[str, Any], switches: Switches, *, minimized: bool) -> dict[str, Any]:
    if minimized or switches.record == "2016":
        record = {name: value for name, value in record.items() if name not in _TODAY_ONLY}
        session: dict[str, Any] = record["sessionStatus"]
        record["sessionStatus"] = {name: value for name, value in session.items() if name not in _SESSION_TODAY_ONLY}
    elif switches.unknown_members:
        record |= {"satelliteStatus": {"elevation": [12, None, 3.5]}, "profileSlots": [{"slot": 1, "state": None}]}
    if switches.nulls == "left_out":
        record = _without_nulls(record)
    return record


def _without_nulls(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if value is not None
    }
