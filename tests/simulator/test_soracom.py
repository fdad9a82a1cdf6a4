import json

import pytest
from sim_lines import FIRST, SECOND

from simulator import numbers
from simulator.soracom import Group, Platform, Refusal, Sim, Switches

DEVICE, OTHER = "490154203237518", "356938035643809"


def imei_told(platform):
    return platform.subscriber(FIRST)["sessionStatus"]["imei"]


@pytest.mark.parametrize("n", [1, 2, 77, 999_999])
def test_invented_numbers_have_right_check_digits(n):
    imsi, imei = numbers.imsi(n), numbers.imei(n)
    assert (len(imsi), len(imei), len(numbers.iccid_of(imsi))) == (15, 15, 19)
    assert numbers.check_digit(imei[:-1]) == imei[-1]


def test_the_check_digit_is_the_known_one():
    assert numbers.check_digit("49015420323751") == "8"
    assert numbers.check_digit("35693803564380") == "9"


@pytest.mark.parametrize("n", [0, -1, 1_000_000])
def test_there_is_no_number_outside_the_range(n):
    with pytest.raises(ValueError, match="1 to 999999"):
        numbers.imsi(n)


@pytest.mark.parametrize("imsi", ["", "abc", "00101 1", "００１"])
def test_an_imsi_is_digits(imsi):
    with pytest.raises(ValueError, match="an IMSI is digits"):
        Sim(imsi)


def test_a_status_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="not 'happy'"):
        Sim(FIRST, status="happy")


@pytest.mark.parametrize("ask", [Platform.sim, Platform.subscriber, Platform.connect, Platform.unset_imei_lock])
def test_an_unknown_sim_is_refused(platform, ask):
    with pytest.raises(Refusal, match="no SIM 001019"):
        ask(platform, "001019")


def test_what_is_there_already_is_not_added_again(platform):
    with pytest.raises(Refusal, match="a SIM"):
        platform.add_sim(Sim(FIRST))
    with pytest.raises(Refusal, match="a group"):
        platform.add_group(Group("bench"))


def test_a_sim_cannot_be_in_a_group_that_is_not_there(platform):
    with pytest.raises(Refusal, match="no group elsewhere"):
        platform.set_group(FIRST, "elsewhere")


@pytest.mark.parametrize(("length", "fits"), [(8100, True), (8200, False)])
def test_a_group_holds_eight_kilobytes_in_all(platform, length, fits):
    before = platform.group("bench")
    if fits:
        platform.set_userdata("bench", "x" * length)
        assert len(platform.group("bench").userdata) == length
    else:
        with pytest.raises(Refusal, match="the limit is 8192"):
            platform.set_userdata("bench", "x" * length)
        assert platform.group("bench") == before


def test_bytes_count_and_other_services_count_too():
    group = Group("g", other_configuration={"SoracomBeam": {"destination": "x" * 5000}})
    platform = Platform((), [group])
    with pytest.raises(Refusal):
        platform.set_userdata("g", "日" * 1100)


def test_text_counts_as_it_is_and_not_as_it_is_escaped(platform):
    platform.set_userdata("bench", "日" * 2000)
    assert platform.group("bench").userdata == "日" * 2000


def test_a_value_that_was_read_does_not_change_afterwards(platform):
    before = platform.sim(FIRST)
    platform.set_tag(FIRST, "site", "osaka")
    assert (before.tags["site"], platform.sim(FIRST).tags["site"]) == ("東京", "osaka")
    assert platform.sim(FIRST).modified_ms > before.modified_ms


@pytest.mark.parametrize(("position", "status"), [("active", "active"), ("testing", "testing")])
def test_a_ready_sim_changes_its_status_with_its_first_connection(position, status):
    sim = Sim(FIRST, status="ready", switched_on=False)
    platform = Platform([sim], switches=Switches(first_connection=position))
    assert (platform.sim(FIRST).status, platform.sim(FIRST).session) == ("ready", None)
    platform.connect(FIRST)
    assert platform.sim(FIRST).status == status


@pytest.mark.parametrize("status", ["inactive", "suspended"])
def test_a_sim_that_is_not_let_in_loses_its_session(platform, status):
    platform.set_status(FIRST, status)
    assert platform.sim(FIRST).session is None
    assert not platform.connect(FIRST)
    assert platform.subscriber(FIRST)["sessionStatus"]["online"] is False
    platform.set_status(FIRST, "active")
    assert platform.connect(FIRST)


def test_a_lock_leaves_the_session_and_keeps_the_next_one_out(platform):
    platform.set_imei_lock(FIRST, OTHER)
    assert platform.sim(FIRST).session is not None
    assert not platform.connect(FIRST)
    assert platform.move_to_device(FIRST, OTHER)


def test_a_sim_that_comes_with_a_lock_was_locked_while_it_was_online():
    platform = Platform([Sim(FIRST, imei=DEVICE, imei_lock=OTHER)])
    assert platform.sim(FIRST).session is not None


@pytest.mark.parametrize("position", ["as_modem", "imeisv16", "spare0"])
def test_a_lock_accepts_the_device_in_each_form_of_its_imei(platform, position):
    platform.switches = Switches(session_imei=position)
    platform.set_imei_lock(FIRST, DEVICE)
    assert platform.connect(FIRST)


@pytest.mark.parametrize("position", ["zeros", "null"])
def test_a_carrier_without_imei_locks_a_sim_out_unless_anonymous_is_allowed(platform, position):
    platform.switches = Switches(session_imei=position)
    platform.set_imei_lock(FIRST, DEVICE)
    assert not platform.connect(FIRST)
    platform.set_imei_lock(FIRST, f"{DEVICE}|ANONYMOUS")
    assert platform.connect(FIRST)


def test_a_sim_in_another_device_has_that_devices_imei(platform):
    platform.move_to_device(FIRST, OTHER)
    assert imei_told(platform) == OTHER
    assert platform.subscriber(FIRST)["previousSession"]["imei"] == DEVICE
    platform.move_to_device(FIRST, None)
    assert imei_told(platform) is None


def test_time_is_the_same_in_every_test_and_goes_on():
    first, second = (Platform([Sim(FIRST), Sim(SECOND)]) for _ in range(2))
    assert first.dump() == second.dump()
    assert first.now_ms() < first.now_ms()


def test_everything_can_be_dumped(platform):
    dumped = json.loads(platform.dump())
    assert [sim["imsi"] for sim in dumped["sims"]] == [FIRST, SECOND]
    assert dumped["groups"][0]["configuration"]["SoracomAir"]["userdata"] == "hostname: gw\n"
    assert dumped["switches"]["read_only_status"] == 403
    assert dumped["requests"] == []


def test_the_log_can_be_forgotten(client, platform):
    client().ask("PUT", "/v1/subscriber/tags", b"\xff")
    assert json.loads(platform.dump())["requests"][0]["body"] == "\\xff"
    platform.forget_requests()
    assert platform.requests == ()


@pytest.mark.parametrize(
    "positions", [{"read_only_status": 500}, {"userdata_unset": 404}, {"field_newline": 1}, {"group_limit_bytes": True}]
)
def test_a_switch_has_no_other_positions(positions):
    with pytest.raises(ValueError, match=next(iter(positions))):
        Switches(**positions)


def test_switches_are_turned_by_words():
    turned = Switches().changed({"read_only_status": "405", "field_newline": "true", "group_limit_bytes": "99"})
    assert turned == Switches(read_only_status=405, field_newline=True, group_limit_bytes=99)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"readonly": "x"}, "no switch readonly; there are read_only_status"),
        ({"read_only_status": "500"}, "read_only_status is 403 or 405 or 400, not '500'"),
        ({"field_newline": "True"}, "field_newline is true or false"),
        ({"group_limit_bytes": "-1"}, "group_limit_bytes is a number"),
        ({"group_limit_bytes": ""}, "group_limit_bytes is a number"),
    ],
)
def test_a_wrong_word_for_a_switch_is_named(texts, message):
    with pytest.raises(ValueError, match=message):
        Switches().changed(texts)
