"""The output of mmcli, read strictly."""

import json

import pytest
from example_counts import scaled
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_by_mmcli import CARD, CELLULAR, GENERIC, IMEI, OTHER, SIM_PATH, message

from agent.errors import Code, Failure
from agent.identity import Imsi, NotRead, Read, SimState
from agent.modem.mmcli import MAX_BYTES, card_in, imei_unless_imsi, modem_in, modem_paths


@pytest.mark.parametrize(
    "number", ["490154203237519", "4901542032375101", "49015420323751", "000000000000000", "A1000009"]
)
def test_an_identifier_that_cannot_be_verified_is_none(number):
    imei = message({"equipment-identifier": number}, {"imei": "--"}).imei
    assert isinstance(imei, NotRead)
    assert imei.code is Code.MODEM_UNVERIFIED


def test_two_identifiers_that_differ_are_none():
    assert "two different" in message({}, {"imei": OTHER}).imei.why


def test_the_imsi_is_no_imei():
    assert isinstance(imei_unless_imsi(message().imei, Read(Imsi(IMEI))), NotRead)
    assert isinstance(imei_unless_imsi(message().imei, Read(Imsi(OTHER))), Read)


@pytest.mark.parametrize(
    ("generic", "state"),
    [
        ({"unlock-required": "none"}, SimState.READY),
        ({"state-failed-reason": "sim-missing"}, SimState.ABSENT),
        ({"state-failed-reason": "esim-without-profiles"}, SimState.ABSENT),
        ({"unlock-required": "sim-pin"}, SimState.PIN),
        ({"unlock-required": "sim-puk"}, SimState.PUK),
        ({"unlock-required": "ph-net-pin"}, SimState.LOCKED),
        ({"state": "failed", "state-failed-reason": "sim-missing"}, SimState.ABSENT),
        ({"state": "failed", "state-failed-reason": "sim-error"}, SimState.FAILED),
    ],
)
def test_the_state_of_the_sim_has_the_same_words(generic, state):
    assert message(generic).radio.sim == Read(state)


@pytest.mark.parametrize(
    "generic", [{"state": "disabled"}, {"signal-quality": "67"}, {"signal-quality": {"value": "670"}}]
)
def test_a_signal_that_is_not_current_is_none(generic):
    assert isinstance(message(generic).radio.signal, NotRead)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"\xff", b"7", b"[" * 100_000, b" " * (MAX_BYTES + 1)], ids=lambda text: str(text[:3])
)
def test_what_is_no_object_is_refused(text):
    for reading in (modem_paths, modem_in, card_in):
        with pytest.raises(Failure, match="mmcli printed"):
            reading(text)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["--", IMEI, SIM_PATH, "ttyUSB2 (at)"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*GENERIC, *CELLULAR, *CARD]), inner),
    max_leaves=20,
)


@settings(max_examples=scaled(300))
@given(JSON, JSON, JSON)
def test_any_json_is_a_modem_or_none(generic, cellular, properties):
    managed = modem_in(json.dumps({"modem": {"generic": generic, "3gpp": cellular}}).encode())
    assert isinstance(managed.equipment.imei, NotRead) or managed.equipment.imei.value.digits == IMEI
    card_in(json.dumps({"sim": {"properties": properties}}).encode())
    modem_paths(json.dumps({"modem-list": generic}).encode())
