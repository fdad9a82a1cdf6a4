"""What a device reports in the tags of its SIM."""

import pytest

from fleet.bench.device_report import DeviceState, report_of

IMEI = "490154203237518"


def test_a_sim_without_tags_has_no_report():
    report = report_of({})
    assert (report.state, report.imei, report.imei_text, report.error) == (DeviceState.NONE, None, "", "")


def test_a_number_that_is_no_imei_stays_as_a_text_only():
    report = report_of({"kitting_imei": "0" * 15})
    assert (report.imei, report.imei_text) == (None, "0" * 15)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("provisioned", DeviceState.PROVISIONED),
        ("rolled_back", DeviceState.ROLLED_BACK),
        ("applying", DeviceState.OTHER),
        ("other", DeviceState.OTHER),
    ],
)
def test_the_state_is_one_that_the_desk_knows_or_another(text, state):
    report = report_of({"kitting_state": text, "kitting_imei": IMEI, "kitting_config": "c"})
    assert (report.state, report.state_text, report.imei.digits, report.configuration) == (state, text, IMEI, "c")
