"""Pure. The printed label of a device, 62 mm by 29 mm: its texts, and the same texts in a QR code.

The QR code (ISO/IEC 18004) is an SVG. Its text is compact JSON with the members of `Label` that are not empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from fleet import desk_tags
from fleet.bench.stage import Row
from fleet.board.view import clean

_NAME, _ID, _SERIAL, _CONFIGURATION, _TIME = 28, 22, 24, 24, 25


@dataclass(frozen=True, slots=True)
class Label:
    """The texts of a label, each on one line that fits; empty where it is not known."""

    name: str
    sim: str
    imei: str
    serial: str
    config: str
    at: str
    """When the device reported its configuration, else when the label was requested; RFC 3339."""


def label_of(row: Row, now: datetime) -> Label:
    """The label of one SIM and its device; `now` is UTC."""
    return Label(
        name=clean(row.sim.name, _NAME),
        sim=clean(row.sim.sim_id, _ID),
        imei=row.imei,
        serial=clean(row.sim.tags.get(desk_tags.SERIAL, ""), _SERIAL),
        config=clean(row.report.configuration, _CONFIGURATION),
        at=clean(row.report.at, _TIME) or now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def code_text(label: Label) -> str:
    """The text of the QR code: compact JSON, without the name."""
    members = {"sim": label.sim, "imei": label.imei, "serial": label.serial, "config": label.config, "at": label.at}
    return json.dumps({name: text for name, text in members.items() if text}, ensure_ascii=False, separators=(",", ":"))


def qr_svg(text: str) -> str:
    """An `<svg>` element of a text; the page sets its size and style."""
    import segno

    code = segno.make_qr(text, error="m", encoding="utf-8")
    return code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None, unit=None)
