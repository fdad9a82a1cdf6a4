"""Pure. The printed label of a box, 62 mm by 29 mm: what stands on it, and the same in a QR code.

The code is ISO/IEC 18004 as SVG; its text is compact JSON with the members of `Label`, an empty one left out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from agent.frozen import frozen
from fleet.bench.stage import Row
from fleet.board.view import SERIAL_TAG, shown

_NAME, _ID, _SERIAL, _CONFIGURATION, _TIME = 28, 22, 24, 24, 25


@frozen
class Label:
    """What stands on it, each in one line that fits; empty where it is not known."""

    name: str
    sim: str
    imei: str
    serial: str
    config: str
    at: str
    """When the device said that it has its configuration, else when the label was asked for; RFC 3339."""


def label_of(row: Row, now: datetime) -> Label:
    """The label of a box; `now` is UTC."""
    return Label(
        name=shown(row.sim.name, _NAME),
        sim=shown(row.sim.sim_id, _ID),
        imei=row.imei,
        serial=shown(row.sim.tags.get(SERIAL_TAG, ""), _SERIAL),
        config=shown(row.claim.configuration, _CONFIGURATION),
        at=shown(row.claim.at, _TIME) or now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def scanned(label: Label) -> str:
    """What a scanner reads: compact JSON without the name, which is for people."""
    members = {"sim": label.sim, "imei": label.imei, "serial": label.serial, "config": label.config, "at": label.at}
    return json.dumps({name: text for name, text in members.items() if text}, ensure_ascii=False, separators=(",", ":"))


def qr_svg(text: str) -> str:
    """An `<svg>` element of that text, without style and without size: the page gives both."""
    import segno

    code = segno.make_qr(text, error="m", encoding="utf-8")
    return code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None, unit=None)
