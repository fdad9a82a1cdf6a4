"""The doctor's findings about name, route, clock and disk; those about modems are beside the modems' tests."""

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from test_routes import HEADER, METADATA, row

from agent.errors import Code, Failure
from agent.identity import Equipment
from agent.settings import ApplySettings, MetadataSettings, PathSettings, Settings
from agent.upkeep import doctor
from agent.upkeep.findings import Finding, Level

SEVEN_YEARS_LATER = datetime(2033, 1, 1, tzinfo=UTC)


def system(place, *rows, **uevents):
    """/proc and /sys of a machine with these routes and these interfaces."""
    (place / "proc/net").mkdir(parents=True)
    (place / "proc/net/route").write_text(HEADER + "".join(rows))
    for interface, uevent in uevents.items():
        (place / "sys/class/net" / interface).mkdir(parents=True)
        (place / "sys/class/net" / interface / "uevent").write_text(uevent)
    return place


@pytest.mark.parametrize(
    ("interface", "uevent", "level", "what"),
    [
        ("wwan0", "DEVTYPE=wwan\n", Level.OK, "100.127.100.127 goes out by wwan0, a cellular link"),
        ("wlan0", "DEVTYPE=wlan\n", Level.FAULT, "100.127.100.127 goes out by wlan0, a Wi-Fi link"),
        ("eth0", "", Level.FAULT, "100.127.100.127 goes out by eth0, a Ethernet link"),
    ],
)
def test_a_packet_that_leaves_by_another_link_than_the_sims_is_a_fault(tmp_path, interface, uevent, level, what):
    place = system(tmp_path, row(interface, "0.0.0.0", 0), **{interface: uevent})
    found = doctor._route("", METADATA, place)
    assert (found.level, found.what) == (level, what)
    assert bool(found.advice) is (level is Level.FAULT)


def test_an_interface_without_a_type_in_sysfs_is_judged_by_its_name(tmp_path):
    assert doctor._route("", METADATA, system(tmp_path, row("ppp0", "0.0.0.0", 0))).level is Level.OK


def test_the_interface_of_the_settings_is_taken_where_it_exists(tmp_path):
    place = system(tmp_path, row("eth0", "0.0.0.0", 0), wwan0="DEVTYPE=wwan\n", eth0="")
    bound = Finding("route", Level.OK, "bound to wwan0 ([metadata] interface), a cellular link")
    assert doctor._route("wwan0", METADATA, place) == bound
    assert doctor._route("wwan7", METADATA, place).level is Level.FAULT


def test_no_route_at_all_is_a_fault_with_advice(tmp_path):
    found = doctor._route("", METADATA, system(tmp_path))
    assert (found.level, found.what) == (Level.FAULT, "no route to 100.127.100.127")
    assert "100.127.0.0/16" in found.advice


def test_a_routing_table_that_cannot_be_read_is_not_judged(tmp_path):
    found = doctor._route("", METADATA, tmp_path)
    assert (found.level, found.what) == (
        Level.SKIPPED,
        "/proc/net/route cannot be read: No such file or directory",
    )


def test_a_simulator_on_this_machine_needs_no_route(tmp_path):
    found = doctor._route("", IPv4Address("127.0.0.1"), system(tmp_path))
    assert (found.level, found.what) == (Level.OK, "127.0.0.1 is this machine itself (a simulator)")


def test_a_name_that_does_not_resolve_ends_the_look_at_the_network(tmp_path):
    settings = Settings(
        metadata=MetadataSettings(url="http://no-such-name.invalid", timeout=0.1, patience=0.1),
        apply=ApplySettings(root=tmp_path),
        paths=PathSettings(state=tmp_path, apply=tmp_path),
    )
    unread = Equipment.unread(Failure(Code.MODEM_SILENT, "there is no port"), None)
    found = {finding.name: finding for finding in doctor.examine(settings, lambda: unread, tmp_path)}
    assert (found["name"].level, found["name"].what) == (Level.FAULT, "no-such-name.invalid does not resolve")
    assert found["route"].level is Level.SKIPPED
    assert found["metadata service"].level is Level.FAULT
    assert found["modem"] == Finding("modem", Level.WARNING, "modem.silent: there is no port", Code.MODEM_SILENT.advice)
    assert found["userdata"].level is found["report"].level is found["binding"].level is Level.SKIPPED


@pytest.mark.parametrize(
    ("clock", "service", "level"),
    [
        (SEVEN_YEARS_LATER, SEVEN_YEARS_LATER, Level.OK),
        (SEVEN_YEARS_LATER, None, Level.OK),
        (datetime(2000, 1, 1, tzinfo=UTC), SEVEN_YEARS_LATER, Level.WARNING),
        (datetime(2000, 1, 1, tzinfo=UTC), None, Level.WARNING),
    ],
)
def test_a_clock_that_cannot_be_right_is_a_warning(clock, service, level):
    assert doctor._clock(clock, service).level is level


def test_a_disk_with_too_little_room_is_a_fault(tmp_path, monkeypatch):
    assert doctor._disk("disk", tmp_path / "not/yet/there").level is Level.OK
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 2**80)
    found = doctor._disk("disk", tmp_path)
    assert (found.level, found.advice) == (Level.FAULT, "Free some space.")


def test_what_a_user_may_not_write_is_a_fault_with_the_places(tmp_path):
    settings = Settings(apply=ApplySettings(root=tmp_path), paths=PathSettings(state=tmp_path, apply=tmp_path))
    assert doctor._permissions(settings).level is Level.OK
    in_no_directory = Path("/dev/null/state")
    found = doctor._permissions(replace(settings, paths=replace(settings.paths, state=in_no_directory)))
    assert (found.level, found.what) == (Level.FAULT, "this user may not write to /dev/null/state")
