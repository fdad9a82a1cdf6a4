"""Pure. The output of `mmcli --output-json` as values (mmcli(1); ModemManager 1.14 and later).

`--` stands for an unknown value. ModemManager accepts any fifteen digits as an IMEI, and may take an unsolicited report
for the answer. So numbers are verified here again, and texts are cleaned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import (
    Equipment,
    EquipmentSource,
    Iccid,
    Imei,
    Imsi,
    NotRead,
    Radio,
    Read,
    Reading,
    Registration,
    Signal,
    SimState,
    value_of,
)
from agent.modem.answers import first_text

T = TypeVar("T")

MAX_BYTES = 256 * 1024
MOST_MODEMS = 8
MOST_MESSAGES = 200
_PATH = re.compile(r"/org/freedesktop/ModemManager1/(?:Modem|SIM|SMS)/[0-9]{1,9}")
_PORT = re.compile(r"(?P<name>[A-Za-z0-9_.!-]{1,64}) \((?P<kind>[a-z0-9, -]{1,32})\)")
_REGISTRATIONS = {
    "home": Registration.HOME,
    "home-sms-only": Registration.HOME,
    "home-csfb-not-preferred": Registration.HOME,
    "roaming": Registration.ROAMING,
    "roaming-sms-only": Registration.ROAMING,
    "roaming-csfb-not-preferred": Registration.ROAMING,
    "searching": Registration.SEARCHING,
    "denied": Registration.DENIED,
    "idle": Registration.IDLE,
}
_LOCKS = {
    "none": SimState.READY,
    "sim-pin": SimState.PIN,
    "sim-puk": SimState.PUK,
    "sim-pin2": SimState.READY,
    "sim-puk2": SimState.READY,
}
_FAILURES = {
    "sim-missing": SimState.ABSENT,
    "esim-without-profiles": SimState.ABSENT,
    "sim-error": SimState.FAILED,
}


@frozen
class ManagedModem:
    """A modem that ModemManager manages."""

    equipment: Equipment
    device: str
    """Path in sysfs of the device, which contains all ports of the modem."""
    ports: tuple[str, ...]
    """Kernel names of all ports that ModemManager lists for the modem: `ttyUSB2`, `cdc-wdm0`."""
    at_ports: tuple[str, ...]
    """Kernel names of the ports for AT commands that ModemManager does not keep open."""
    sim_path: str | None
    """D-Bus path of the SIM; None where ModemManager lists no SIM."""


@frozen
class Card:
    """The numbers of a SIM as ModemManager reports them."""

    imsi: Reading[Imsi]
    iccid: Reading[Iccid]


def modem_paths(text: bytes) -> tuple[str, ...]:
    """The paths in the output of `mmcli -L -J`; raises `modem.unverified` for any other output."""
    return tuple(path for path in _texts(_table(text).get("modem-list")) if _PATH.fullmatch(path))[:MOST_MODEMS]


def message_paths(text: bytes) -> tuple[str, ...]:
    """The paths in the output of `mmcli -m MODEM --messaging-list-sms -J`; raises `modem.unverified`."""
    table = _table(text)
    listed = table.get("modem.messaging.sms", table.get("sms-list"))
    return tuple(path for path in _texts(listed) if _PATH.fullmatch(path))[:MOST_MESSAGES]


def message_text(text: bytes) -> str:
    """The text in the output of `mmcli -s MESSAGE -J`; empty without one. Raises `modem.unverified`."""
    return _text(_inner(_inner(_table(text), "sms"), "content"), "text") or ""


def modem_in(text: bytes) -> ManagedModem:
    """The modem in the output of `mmcli -m MODEM -J`; raises `modem.unverified`."""
    modem = _inner(_table(text), "modem")
    generic, cellular = _inner(modem, "generic"), _inner(modem, "3gpp")
    ports = [match for port in _texts(generic.get("ports")) if (match := _PORT.fullmatch(port))]
    primary = _text(generic, "primary-port")
    sim_path = _text(generic, "sim")
    at_ports = tuple(port["name"] for port in ports if "at" in port["kind"].split(", ") and port["name"] != primary)
    return ManagedModem(
        _equipment(generic, cellular, f"/dev/{primary}" if primary else None),
        _text(generic, "device") or "",
        tuple(port["name"] for port in ports),
        at_ports if primary else (),
        sim_path if sim_path and _PATH.fullmatch(sim_path) else None,
    )


def card_in(text: bytes) -> Card:
    """The SIM in the output of `mmcli -i SIM -J`; raises `modem.unverified`."""
    card = _inner(_inner(_table(text), "sim"), "properties")
    return Card(_made(card, "imsi", Imsi), _made(card, "iccid", Iccid.from_modem))


def no_card(why: NotRead) -> Card:
    """A SIM of which nothing was read, for the reason `why`."""
    return Card(why, why)


def imei_unless_imsi(imei: Reading[Imei], imsi: Reading[Imsi]) -> Reading[Imei]:
    """The IMEI, or the reason why it does not count: it is the IMSI, from the answer to another command.

    This was seen where ModemManager assigned each answer to the command after its own.
    """
    number, other = value_of(imei), value_of(imsi)
    if number and other and number.digits == other.digits:
        return NotRead(Code.MODEM_UNVERIFIED, "ModemManager reports the IMSI as the IMEI")
    return imei


def _equipment(generic: Mapping[str, Any], cellular: Mapping[str, Any], port: str | None) -> Equipment:
    unread = NotRead(Code.MODEM_UNVERIFIED, "ModemManager lists no SIM for this modem")
    return Equipment(
        imei=_imei(generic, cellular),
        imsi=unread,
        iccid=unread,
        manufacturer=_shown(generic, "manufacturer"),
        model=_shown(generic, "model"),
        firmware=_shown(generic, "revision"),
        port=port,
        source=EquipmentSource.MODEM_MANAGER,
        radio=_radio(generic, cellular),
    )


def _imei(generic: Mapping[str, Any], cellular: Mapping[str, Any]) -> Reading[Imei]:
    reported = {number for number in (_text(generic, "equipment-identifier"), _text(cellular, "imei")) if number}
    if len(reported) > 1:
        return NotRead(Code.MODEM_UNVERIFIED, "ModemManager reports two different equipment identifiers")
    key, table = ("imei", cellular) if _text(cellular, "imei") else ("equipment-identifier", generic)
    return _made(table, key, Imei)


def _radio(generic: Mapping[str, Any], cellular: Mapping[str, Any]) -> Radio:
    numbers = _texts(generic.get("own-numbers"))
    operator = _shown(cellular, "operator-name")
    return Radio(
        sim=_sim_state(generic),
        registration=_looked_up(cellular, "registration-state", _REGISTRATIONS),
        operator=operator if isinstance(operator, Read) else _shown(cellular, "operator-code"),
        signal=_signal(generic),
        own_number=Read(numbers[0])
        if numbers and re.fullmatch(r"\+?[0-9]{3,20}", numbers[0])
        else _unknown("own-numbers"),
    )


def _sim_state(generic: Mapping[str, Any]) -> Reading[SimState]:
    if state := _FAILURES.get(_text(generic, "state-failed-reason") or ""):
        return Read(state)
    lock = _text(generic, "unlock-required") or ""
    if lock.startswith("ph-"):
        return Read(SimState.LOCKED)
    return _looked_up(generic, "unlock-required", _LOCKS)


def _signal(generic: Mapping[str, Any]) -> Reading[Signal]:
    """The strength in per cent; ModemManager has a value only while the modem is registered."""
    quality = generic.get("signal-quality")
    value = _text(quality, "value") if isinstance(quality, Mapping) else None
    known = _text(generic, "state") in {"registered", "connecting", "connected", "disconnecting"}
    if known and value and re.fullmatch(r"[0-9]{1,3}", value) and int(value) <= 100:  # noqa: PLR2004 (per cent)
        return Read(Signal(percent=int(value)))
    return _unknown("signal-quality")


def _looked_up(table: Mapping[str, Any], key: str, values: Mapping[str, T]) -> Reading[T]:
    """The value for the text under `key`; not read for a text that is not listed."""
    found = values.get(_text(table, key) or "")
    return Read(found) if found is not None else _unknown(key)


def _made(table: Mapping[str, Any], key: str, make: Callable[[str], T]) -> Reading[T]:
    """The value that `make` makes of the text under `key`; not read where `make` refuses the text."""
    number = _text(table, key)
    if number is None:
        return _unknown(key)
    try:
        return Read(make(number))
    except ValueError as error:
        return NotRead(Code.MODEM_UNVERIFIED, f"ModemManager's {key}: {error}")


def _shown(table: Mapping[str, Any], key: str) -> Reading[str]:
    """The text under `key`, cleaned for people."""
    text = first_text((_text(table, key) or "").splitlines())
    return Read(text) if text else _unknown(key)


def _unknown(key: str) -> NotRead:
    return NotRead(Code.MODEM_UNVERIFIED, f"ModemManager reports no {key}")


def _text(table: Mapping[str, Any], key: str) -> str | None:
    """The text under `key`; None where it is missing or unknown to ModemManager."""
    value = table.get(key)
    return value if isinstance(value, str) and value not in {"", "--"} else None


def _texts(value: object) -> Sequence[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _inner(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = table.get(key)
    return inner if isinstance(inner, dict) else {}


def _table(text: bytes) -> Mapping[str, Any]:
    """The JSON object that mmcli printed; raises `modem.unverified` for anything else."""
    if len(text) > MAX_BYTES:
        raise Failure(Code.MODEM_UNVERIFIED, f"mmcli printed more than {MAX_BYTES} bytes")
    try:
        table = json.loads(text.decode())
    except (ValueError, RecursionError):
        raise Failure(Code.MODEM_UNVERIFIED, "mmcli printed text that is not JSON") from None
    if not isinstance(table, dict):
        raise Failure(Code.MODEM_UNVERIFIED, "mmcli printed JSON that is not an object")
    return table
