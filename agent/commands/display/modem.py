"""Pure. Every port of the gateway's modems: `modem`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent.commands.display.failure import Values
from agent.commands.display.identity import equipment_line, equipment_lines, equipment_values
from agent.identity import NotRead

if TYPE_CHECKING:
    from agent.modem.survey import Survey


def modem_lines(found: Survey) -> Iterator[str]:
    """`modem` for people: the modems of ModemManager, the ports that were asked, and the modem that is used."""
    for modem in found.managed:
        ports = ", ".join(modem.ports) or "none"
        yield f"ModemManager  has {equipment_line(modem.equipment)}; its ports: {ports}"
    for port, equipment in found.asked:
        yield f"asked         {port.path}: {equipment_line(equipment)}"
    yield from equipment_lines(found.equipment)
    if isinstance(found.equipment.imei, NotRead):
        yield f"what to do    {found.equipment.imei.code.advice}"


def modem_values(found: Survey) -> Values:
    """All of `modem --json`."""
    return {
        "equipment": equipment_values(found.equipment),
        "modemmanager": [
            {"device": modem.device, "ports": list(modem.ports), "equipment": equipment_values(modem.equipment)}
            for modem in found.managed
        ],
        "asked": [
            {"port": port.path, "device": port.device, "equipment": equipment_values(equipment)}
            for port, equipment in found.asked
        ],
    }
