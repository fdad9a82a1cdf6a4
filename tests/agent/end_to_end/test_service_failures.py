"""A pass while the metadata service fails, answers wrongly, or answers in one of its unpublished forms."""

import os
import socket

import pytest
from rig import GROUP, IMEI, IMSI, Rig

from simulator import faults as http
from simulator.soracom import Switches

LATE = http.Hang | http.SlowHeaders | http.SlowBody


SILENCE = [
    (http.ServerError(503), "metadata.unavailable", os.EX_TEMPFAIL),
    (http.ServerError(500, form="html"), "metadata.unavailable", os.EX_TEMPFAIL),
    (http.TooManyRequests(), "metadata.unavailable", os.EX_TEMPFAIL),
    (http.Hang(), "metadata.timeout", os.EX_TEMPFAIL),
    (http.SlowHeaders(), "metadata.timeout", os.EX_TEMPFAIL),
    (http.SlowBody(), "metadata.t", os.EX_TEMPFAIL),
    (http.CutAnswer(), "metadata.truncated", os.EX_TEMPFAIL),
    (http.ConnectionReset(), "metadata.unreachable", os.EX_TEMPFAIL),
    (http.LostAnswer(), "metadata.unreachable", os.EX_TEMPFAIL),
    (http.HtmlPage(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.EmptyBody(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.HugeBody(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.WrongEncoding(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.BrokenJson(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.WrongType(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.Redirect(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.CaptivePortal(), "metadata.not_soracom", os.EX_PROTOCOL),
]


def break_service(rig, fault):
    """The fault happens to every request from now on, and the device waits a second where it has to wait."""
    rig.faults.add(fault)
    rig.settings('timeout = "1s"' if isinstance(fault, LATE) else 'timeout = "5m"')


@pytest.mark.parametrize(("fault", "error", "exit_code"), SILENCE, ids=lambda value: type(value).__name__)
def test_no_answer_and_a_wrong_answer_change_nothing(rig, fault, error, exit_code):
    before = rig.tree()
    break_service(rig, fault)
    code, result = rig.provision()
    assert result["failure"]["code"].startswith(error)
    assert (code, result["state"]) == (exit_code, "new")
    assert result["equipment"]["imei"] == IMEI
    assert rig.tree() == before
    assert "kitting_state" not in rig.tags


@pytest.mark.parametrize(("fault", "error", "exit_code"), SILENCE, ids=lambda value: type(value).__name__)
def test_a_provisioned_gateway_stays_unchanged_while_the_service_fails(rig, fault, error, exit_code):
    rig.provision()
    before, tags = rig.tree(), rig.tags
    break_service(rig, fault)
    code, result = rig.provision()
    assert (code, result["state"]) == (exit_code, "provisioned")
    assert rig.status()["failure"]["code"].startswith(error)
    assert (rig.tree(), rig.tags) == (before, tags)


def test_a_closed_port_is_reported_as_unreachable(rig):
    rig.server.stop()
    code, result = rig.provision()
    assert (code, result["failure"]["code"]) == (os.EX_TEMPFAIL, "metadata.unreachable")


def test_a_name_that_does_not_resolve_is_reported(rig):
    rig.settings('url = "http://metadata.invalid"')
    code, result = rig.provision()
    assert (code, result["failure"]["code"]) == (os.EX_TEMPFAIL, "metadata.no_name")


def test_an_interface_that_does_not_exist_is_named(rig):
    rig.settings('interface = "wwan7"')
    code, result = rig.provision()
    assert (code, result["failure"]["code"]) == (os.EX_TEMPFAIL, "metadata.unreachable")
    assert "wwan7" in result["failure"]["message"]


def test_a_service_that_comes_late_is_waited_for_within_the_pass(rig):
    rig.settings('patience = "5m"')
    rig.faults.add(http.ServerError(503), times=1)
    rig.faults.add(http.CutAnswer(), times=1)
    code, result = rig.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")


def test_a_disabled_service_is_reported_and_not_asked_again(rig):
    rig.platform.change_group(GROUP, enabled=False)
    code, result = rig.provision()
    assert (code, result["failure"]["code"], result["state"]) == (os.EX_NOPERM, "metadata.disabled", "new")
    assert sorted(request.path for request in rig.platform.requests) == ["/v1/subscriber", "/v1/userdata"]


def test_a_sim_without_a_group_has_a_code_of_its_own(tmp_path):
    rig = Rig(tmp_path / "gw", Switches(no_group="served"))
    try:
        rig.platform.set_group(IMSI, None)
        code, result = rig.provision()
        assert (code, result["failure"]["code"]) == (os.EX_UNAVAILABLE, "metadata.no_group")
        assert rig.tags["kitting_error"].startswith("metadata.no_group")
    finally:
        rig.close()


@pytest.mark.parametrize("position", ["404", "empty", "204"])
def test_missing_userdata_is_recognised_in_every_form(tmp_path, position):
    rig = Rig(tmp_path / "gw", Switches(userdata_unset=position))
    try:
        rig.platform.set_userdata(GROUP, None)
        code, result = rig.provision()
        assert (code, result["failure"]["code"], result["state"]) == (
            os.EX_UNAVAILABLE,
            "userdata.missing",
            "failed",
        )
        assert rig.tags["kitting_error"].startswith("userdata.missing")
    finally:
        rig.close()


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("field_newline", True),
        ("session_imei", "zeros"),
        ("session_imei", "null"),
        ("session_imei", "imeisv16"),
        ("session_imei", "spare0"),
        ("record", "2016"),
        ("nulls", "left_out"),
        ("unknown_members", False),
        ("network_member", "vplmn"),
        ("first_connection", "testing"),
        ("date_header", False),
    ],
)
def test_unpublished_behaviour_of_the_platform_makes_no_difference(tmp_path, name, position):
    rig = Rig(tmp_path / "gw", Switches(**{name: position}))
    try:
        code, result = rig.provision()
        assert (code, result["state"]) == (os.EX_OK, "provisioned")
        assert rig.tags["kitting_state"] == "provisioned"
    finally:
        rig.close()


def test_a_foreign_program_on_the_port_of_the_service_is_not_accepted(rig):
    stray = socket.create_server(("127.0.0.1", 0))
    rig.settings(f'url = "http://127.0.0.1:{stray.getsockname()[1]}"')
    rig.settings('timeout = "1s"')
    code, result = rig.provision()
    stray.close()
    assert (code, result["state"]) == (os.EX_TEMPFAIL, "new")
