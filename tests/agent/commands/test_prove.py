"""`kitting-agent prove`: what a process that starts now finds out, on a simulated service."""

import json
import os

import pytest

from agent.provision.edges import ProofRequest
from agent.provision.proof_files import ANSWER, REQUEST, ByProcess
from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

IMSI, GROUP = "001010000000001", "11111111-0000-4000-8000-000000000001"


@pytest.fixture
def server():
    with MetadataServer(Platform([Sim(IMSI, group_id=GROUP)], [Group(GROUP)])) as server:
        yield server


@pytest.fixture
def gateway(server, tmp_path):
    gateway = Gateway("gw", server.platform.sims[0], tmp_path, server, timeout="5m")
    gateway.state.mkdir(parents=True, exist_ok=True)
    yield gateway
    gateway.switch_off()


def proven(gateway, tags, within_s=600.0):
    words = gateway.command("prove")
    return ByProcess(gateway.state, words, dict(os.environ)).prove(ProofRequest(tags, within_s))


def test_the_report_is_sent_by_the_new_process(gateway, server):
    assert proven(gateway, {"kitting_state": "provisioned"}).reported
    assert [request.method for request in server.platform.requests] == ["PUT"]
    assert server.platform.sims[0].tags["kitting_state"] == "provisioned"


def test_one_small_question_is_asked_where_nothing_is_to_be_reported(gateway, server):
    found = proven(gateway, {})
    assert (found.reported, found.failure) == (False, None)
    assert [request.path for request in server.platform.requests] == ["/v1/subscriber.imsi"]


def test_a_service_that_is_cut_off_is_not_reached(gateway, server):
    server.stop()
    assert proven(gateway, {"a": "1"}, 0.5).failure


def test_nothing_is_asked_without_a_request(gateway, server):
    ended = gateway.ask("prove")
    assert (ended.returncode, server.platform.requests) == (0, ())


def test_a_damaged_request_is_removed_so_that_systemd_does_not_start_the_process_for_ever(gateway):
    (gateway.state / REQUEST).write_text("{")
    ended = gateway.ask("prove")
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    assert not (gateway.state / REQUEST).exists()
    assert not (gateway.state / ANSWER).exists()


def test_the_bytes_of_a_proof_are_counted_and_it_is_no_pass(gateway):
    proven(gateway, {"a": "1"})
    record = json.loads((gateway.state / "traffic.json").read_text())
    assert record["passes"] == 0
    assert record["bytes"] > 0
