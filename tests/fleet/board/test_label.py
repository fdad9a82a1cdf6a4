"""The texts of a label, and the text of its QR code."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from board_rows import LOCKED, NOW, READY, named, row
from example_counts import scaled
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.board.label import Label, code_text, label_of, qr_svg

TEXTS = st.text(st.characters(), max_size=300)


def test_a_label_has_sim_device_configuration_and_time():
    label = label_of(row(named(LOCKED, "gw-1", desk_serial="KG-9")), NOW)
    assert label == Label(
        name="gw-1",
        sim="8942310000000000001",
        imei="490154203237518",
        serial="KG-9",
        config="c-7",
        at="2026-11-23T11:59Z",
    )
    assert code_text(label) == (
        '{"sim":"8942310000000000001","imei":"490154203237518","serial":"KG-9","config":"c-7","at":"2026-11-23T11:59Z"}'
    )


def test_empty_members_are_left_out_of_the_code():
    label = label_of(row(READY), NOW)
    assert json.loads(code_text(label)) == {"sim": "8942310000000000001", "at": "2026-11-23T12:00:00Z"}


@settings(max_examples=scaled(25))
@given(name=TEXTS, serial=TEXTS, config=TEXTS, at=TEXTS, sim_id=TEXTS)
def test_any_tag_fits_onto_the_label_and_into_the_code(name, serial, config, at, sim_id):
    tags = {"kitting_config": config, "kitting_at": at}
    label = label_of(row(replace(named(LOCKED, name, desk_serial=serial, **tags), sim_id=sim_id)), NOW)
    assert max(map(len, (label.name, label.sim, label.serial, label.config, label.at))) <= 28
    image = ET.fromstring(qr_svg(code_text(label)))
    assert int(image.attrib["viewBox"].split()[2]) <= 101
    assert "style" not in ET.tostring(image, encoding="unicode")
