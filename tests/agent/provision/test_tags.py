"""What is written into the SIM's tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Code, Failure
from agent.identity import Imei
from agent.provision.lifecycle import State
from agent.provision.tags import Report, changed_tags, error_value, short, tag_value, wanted_tags

DIGEST = "0123456789abcdef" * 4
REPORT = Report(
    State.PROVISIONED,
    "0.1.0",
    in_force=DIGEST,
    changed_at="2026-11-23T09:00:00Z",
    imei=Imei("490154203237518"),
    extra={"serial": "10000000abcdef"},
)
TAGS = {
    "kitting_state": "provisioned",
    "kitting_imei": "490154203237518",
    "kitting_config": "0123456789ab",
    "kitting_at": "2026-11-23T09:00:00Z",
    "kitting_agent": "0.1.0",
    "kitting_error": "",
    "kitting_obeyed": "",
    "serial": "10000000abcdef",
}


def test_a_device_that_is_done_reports_all_of_it():
    assert wanted_tags(REPORT) == TAGS


def test_an_imei_that_was_not_read_in_this_pass_is_not_named():
    assert "kitting_imei" not in wanted_tags(Report(State.FAILED, "0.1.0"))


def test_a_device_that_has_found_out_nothing_reports_nothing():
    assert wanted_tags(Report(State.NEW, "0.1.0", imei=Imei("490154203237518"))) == {}


def test_a_failure_is_reported_by_its_code_and_message():
    failure = Failure(Code.BINDING_LOCK, "the modem has IMEI 1, the SIM is locked to 2")
    tags = wanted_tags(Report(State.BLOCKED, "0.1.0", failure=failure))
    assert tags["kitting_error"] == "binding.lock: the modem has IMEI 1, the SIM is locked to 2"


def test_the_document_cannot_overwrite_the_tags_of_the_agent():
    assert (
        wanted_tags(Report(State.FAILED, "0.1.0", extra={"kitting_state": "provisioned"}))["kitting_state"] == "failed"
    )


def test_only_what_differs_is_sent():
    present = {**TAGS, "kitting_at": "2026-01-01T00:00:00Z", "name": "gateway-01", "site": "tokyo"}
    assert changed_tags(present, wanted_tags(REPORT)) == {"kitting_at": "2026-11-23T09:00:00Z"}


def test_the_same_report_twice_sends_nothing():
    assert changed_tags(wanted_tags(REPORT), wanted_tags(REPORT)) == {}


def test_a_tag_for_an_error_is_not_made_where_there_is_none():
    assert "kitting_error" not in changed_tags({}, wanted_tags(REPORT))


def test_an_error_that_is_over_is_emptied():
    assert changed_tags({**TAGS, "kitting_error": "apply.failed: x"}, wanted_tags(REPORT)) == {"kitting_error": ""}


@given(st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_afterwards_the_sim_has_what_was_wanted_and_everything_else_as_before(present, wanted):
    after = {**present, **changed_tags(present, wanted)}
    assert {name: after.get(name, "") for name in wanted} == wanted
    assert {name: after[name] for name in present if name not in wanted} == {
        name: value for name, value in present.items() if name not in wanted
    }


@given(st.text(max_size=600), st.text(max_size=600), st.sampled_from(Code))
def test_an_error_is_one_short_line_that_utf_8_can_carry(text, place, code):
    value = error_value(Failure(code, text, where=place))
    assert value.isprintable()
    assert len(value.encode()) <= 255
    assert value.startswith(f"{code.text}:")


def test_a_long_error_keeps_code_beginning_and_reason():
    command = f"systemctl enable {'very-long-name-' * 12}.service"
    output = f"exit code 1: {'warning: old syntax. ' * 20}Unit file does not exist."
    value = error_value(Failure(Code.APPLY_FAILED, output, where=command))
    assert value.startswith("apply.failed: systemctl enable very-long")
    assert "exit code 1: warning" in value
    assert value.endswith("Unit file does not exist.")


def test_an_error_in_japanese_is_readable_also_where_it_is_cut():
    short = Failure(Code.APPLY_FAILED, "ファイルがありません", where="/opt/設定")
    assert error_value(short) == "apply.failed: /opt/設定: ファイルがありません"
    value = error_value(Failure(Code.APPLY_FAILED, "警告です。" * 60 + "空きがありません", where="/opt/設定"))
    assert value.startswith("apply.failed: /opt/設定: 警告です。")
    assert value.endswith("空きがありません")
    assert "\ufffd" not in value


@given(st.text(max_size=600))
def test_a_value_is_one_line_that_utf_8_can_carry_and_not_too_long(text):
    value = tag_value(text)
    assert value.isprintable()
    assert len(value.encode()) <= 255


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        (" serial\0\n", "serial"),
        ("a\tb", "a b"),
        ("東京\r\n", "東京"),
        ("é" * 200, "é" * 127),
        ("\ud800x", "x"),
    ],
)
def test_a_value_is_cleaned_and_cut_between_characters(text, value):
    assert tag_value(text) == value


def test_a_digest_is_shown_by_its_first_twelve_digits():
    assert short(DIGEST) == "0123456789ab"
