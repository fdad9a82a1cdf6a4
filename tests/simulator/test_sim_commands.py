import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sim_lines import FIRST, SECOND

from simulator import faults, modem_faults
from simulator.commands import Break, BreakModem, Dump, Set, Tell, World, answer, carry_out, from_json, to_json
from simulator.faults import FAULTS, Faults
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.modem_faults import MODEM_FAULTS
from simulator.soracom import Platform, Refusal, Switches
from simulator.spoken import described, from_words, name_of, pairs


class Plug:
    """A modem that remembers whether it is plugged in."""

    def __init__(self):
        self.modem, self.plugged_in = Modem(load_model()), True

    def plug_in(self):
        self.plugged_in = True

    def unplug(self):
        self.plugged_in = False


@pytest.fixture
def world(platform):
    return World(platform, Faults(), {FIRST: Plug()})


@pytest.mark.parametrize("kind", [*FAULTS, *MODEM_FAULTS])
def test_every_fault_has_a_name_and_defaults(kind):
    kinds = FAULTS if kind in FAULTS else MODEM_FAULTS
    assert from_words(kinds, name_of(kind), {}) == kind()
    assert any(line.startswith(name_of(kind)) for line in described(kinds))


@pytest.mark.parametrize(
    ("kinds", "name", "values", "expected"),
    [
        (FAULTS, "slow-body", {"bytes_per_s": "5"}, faults.SlowBody(5.0)),
        (FAULTS, "cut-answer", {"after_bytes": "-1"}, faults.CutAnswer(-1)),
        (FAULTS, "server-error", {"form": "html", "carried_out": "true"}, faults.ServerError(503, "html", True)),
        (FAULTS, "redirect", {"location": "http://x/"}, faults.Redirect("http://x/")),
        (MODEM_FAULTS, "cme-error", {"number": "515", "times": "2"}, modem_faults.CmeError(515, times=2)),
    ],
)
def test_a_fault_is_shown_in_words(kinds, name, values, expected):
    assert from_words(kinds, name, values) == expected


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("", {}, "there is no ''"),
        ("earthquake", {}, "there are latency, hang"),
        ("hang", {"seconds": "1"}, "hang has no 'seconds'; it has nothing to set"),
        ("latency", {"seconds": "soon"}, "seconds is a number, not 'soon'"),
        ("latency", {"seconds": "nan"}, "at most"),
        ("latency", {"seconds": "-9"}, "at most"),
        ("huge-body", {"size_bytes": "99999999999999"}, "at most"),
        ("server-error", {"form": "poem"}, "form is one of text, html, json"),
        ("chunked", {"broken": "yes"}, "broken is true or false"),
    ],
)
def test_a_fault_that_cannot_be_is_named(name, values, message):
    with pytest.raises(ValueError, match=message):
        from_words(FAULTS, name, values)


def test_pairs_are_split_at_the_first_sign():
    assert pairs(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    with pytest.raises(ValueError, match="'=x' is not NAME=VALUE"):
        pairs(["=x"])


@pytest.mark.parametrize(
    "command",
    [
        Tell(FIRST, {"tag.a": "é"}),
        Break("hang", {}, FIRST, "/v1/*", "GET", 2),
        BreakModem(FIRST, "silent", {}),
        Set({"field_newline": "true"}),
        Dump(),
    ],
)
def test_a_command_comes_through_the_socket_as_it_was(command):
    assert from_json(to_json(command)) == command


@pytest.mark.parametrize(
    ("values", "look", "expected"),
    [
        ({"tag.site": "osaka"}, lambda sim: sim.tags["site"], "osaka"),
        ({"tag.a.b": "x"}, lambda sim: sim.tags["a.b"], "x"),
        ({"no_tag.site": ""}, lambda sim: "site" in sim.tags, False),
        ({"group": "shipped"}, lambda sim: sim.group_id, "shipped"),
        ({"group": ""}, lambda sim: sim.group_id, None),
        ({"status": "suspended"}, lambda sim: (sim.status, sim.session), ("suspended", None)),
        ({"imei_lock": "356938035643809"}, lambda sim: sim.imei_lock, "356938035643809"),
        ({"imei_lock": ""}, lambda sim: sim.imei_lock, None),
        ({"imei": "356938035643809"}, lambda sim: sim.session.imei, "356938035643809"),
        ({"online": "false"}, lambda sim: sim.session, None),
        ({"speed_class": "s1.fast"}, lambda sim: sim.speed_class, "s1.fast"),
    ],
)
def test_a_sim_is_changed_by_a_command(world, values, look, expected):
    carry_out(world, Tell(FIRST, values))
    assert look(world.platform.sim(FIRST)) == expected


@pytest.mark.parametrize(
    ("values", "look", "expected"),
    [
        ({"userdata": "x: 1"}, lambda group: group.userdata, "x: 1"),
        ({"no_userdata": ""}, lambda group: group.userdata, None),
        ({"readonly": "true", "enabled": "false"}, lambda group: (group.readonly, group.enabled), (True, False)),
        ({"allow_origin": "*"}, lambda group: group.allow_origin, "*"),
    ],
)
def test_a_group_is_changed_by_a_command(world, values, look, expected):
    carry_out(world, Tell("group:bench", values))
    assert look(world.platform.group("bench")) == expected


@pytest.mark.parametrize(
    "command",
    [
        Tell("9", {"tag.a": "x"}),
        Tell("group:elsewhere", {"readonly": "true"}),
        Tell("group:bench", {"readonly": "yes"}),
        Tell("group:bench", {"userdata": "x" * 9000}),
        Tell(FIRST, {"colour": "red"}),
        Tell(FIRST, {"tag.a": "x", "colour": "red"}),
        Tell(FIRST, {"online": "yes"}),
        Break("hang", {}, sim="9"),
        BreakModem(SECOND, "silent"),
        BreakModem(FIRST, "earthquake"),
        Set({"colour": "red"}),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(world, command):
    before = world.platform.dump()
    with pytest.raises((ValueError, Refusal)):
        carry_out(world, command)
    assert world.platform.dump() == before
    assert world.faults.pending() == ()


def test_a_sim_that_the_network_refuses_is_reported(world):
    carry_out(world, Tell(FIRST, {"imei_lock": "356938035643809"}))
    with pytest.raises(ValueError, match="the network refuses"):
        carry_out(world, Tell(FIRST, {"online": "true"}))


def test_the_service_is_broken_and_mended(world):
    carry_out(world, Break("hang", {}, FIRST, "/v1/userdata", "GET", 1))
    assert world.faults.take(FIRST, "GET", "/v1/userdata") == faults.Hang()
    carry_out(world, Break("latency", {"seconds": "2"}))
    carry_out(world, Break("mend"))
    assert world.faults.pending() == ()


def test_a_modem_is_broken_unplugged_and_mended(world):
    plug = world.modems[FIRST]
    carry_out(world, BreakModem(FIRST, "no-sim"))
    carry_out(world, BreakModem(FIRST, "sim-busy", {"times": "2"}))
    assert plug.modem.faults == (modem_faults.NoSim(), modem_faults.SimBusy(2))
    carry_out(world, BreakModem(FIRST, "unplug"))
    assert not plug.plugged_in
    carry_out(world, BreakModem(FIRST, "mend"))
    assert (plug.plugged_in, plug.modem.faults) == (True, ())


def test_switches_are_turned(world):
    carry_out(world, Set({"read_only_status": "405"}))
    assert world.platform.switches == Switches(read_only_status=405)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"command": "explode"}',
        b'{"command": ["dump"]}',
        b'{"command": "dump", "more": 1}',
        b'{"command": "tell"}',
        b'{"command": "set", "values": {"field_newline": true}}',
        b'{"command": "tell", "about": 1, "values": {}}',
        b'{"command": "break", "fault": "hang", "times": "x"}',
        b'{"command": "break", "fault": ["hang"]}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_command_is_answered_with_what_is_wrong(world, line):
    assert set(json.loads(answer(world, line))) == {"error"}


def test_a_line_is_answered_with_what_was_done(world):
    assert json.loads(answer(world, to_json(Set({"field_newline": "true"})))) == {"text": "set"}
    assert json.loads(json.loads(answer(world, to_json(Dump())))["text"])["switches"]["field_newline"] is True


@given(st.binary(max_size=100))
def test_no_line_makes_the_simulator_fail(line):
    assert answer(World(Platform(), Faults()), line).endswith(b"\n")
