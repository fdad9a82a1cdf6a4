"""What a gateway sends and receives, counted: requests, connections, bytes at the IP layer. No time is looked at."""

import shutil
import time

import pytest

from benchmarks import quiet
from benchmarks.link import FLOOR, one_trip, script
from benchmarks.quiet import a_day, carried
from benchmarks.subject import Subject


def test_a_first_pass_takes_three_requests_on_three_connections(cell):
    trip = one_trip(cell, Subject.of(cell.platform, cell.gateway), cell.gateway.command("provision"))
    assert (trip.requests, trip.connections) == (3, 3), "two side by side, and one that is the proof of the service"


def test_the_floor_and_the_script_are_those_of_the_table(cell, tmp_path):
    if not shutil.which("curl"):
        pytest.skip("there is no curl")
    subject = Subject.of(cell.platform, cell.gateway)
    floor, people = one_trip(cell, subject, FLOOR), one_trip(cell, subject, script(cell, str(tmp_path)))
    assert (floor.requests, floor.connections) == (3, 1)
    assert (people.requests, people.connections) == (3, 3)


def test_a_quiet_poll_is_one_question_on_one_connection_and_small(cell):
    day = a_day(cell)
    small = [poll for poll in day if poll.asked in {"subscriber.lastModifiedTime", "userdata"}]
    assert len(small) == len(day) - 1, "one whole pass a day"
    assert {poll.connections for poll in day} == {1}
    # Beside other work the kernel sends more bare acknowledgements: the smallest poll of a kind is the one to look at.
    assert min(poll.size for poll in small if poll.asked != "userdata") <= 900
    userdata = len(cell.platform.group_of(cell.gateway.sim.imsi).userdata)
    assert min(poll.size for poll in small if poll.asked == "userdata") <= 900 + userdata


def test_the_interface_counts_every_packet_that_the_link_saw(cell):
    begun = time.monotonic()
    found = carried(cell, quiet.FLOOR)
    assert found.size == sum(packet.size for packet in cell.packets(begun))
