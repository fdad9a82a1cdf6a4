"""Remote access to one device, closed however it ends."""

import pytest
from refusals import failure_of

from agent.errors import Code
from fleet.field.remote_access import gate_access, port_access
from fleet.platform.calls import sim_calls
from simulator.api.network import new_gateway


@pytest.fixture
def sim(operator):
    return sim_calls.one_sim(operator.api, operator.kitted().sim_id)


class Interrupted(Exception):
    """The command ends while access is open."""


def test_a_port_is_open_inside_the_block_and_closed_after_it(operator, sim):
    with port_access(operator.api, sim, 22, 5) as opened:
        assert [port for _, port in operator.account.port_mappings] == [opened.port]
        assert not opened.stays_open
    assert operator.account.port_mappings == {}


def test_a_port_is_closed_when_the_command_is_interrupted(operator, sim):
    with pytest.raises(Interrupted), port_access(operator.api, sim, 22, 5, ["192.0.2.0/24"]):
        raise Interrupted
    assert operator.account.port_mappings == {}


@pytest.mark.parametrize("was_open", [False, True])
def test_a_gate_is_left_as_it_was(operator, sim, was_open):
    gate = new_gateway(operator.account)
    gate["gateOpened"] = was_open
    with gate_access(operator.api, sim, 2222, 5, gate["vpgId"]) as opened:
        assert gate["gateOpened"]
        assert (opened.host, opened.port, opened.stays_open) == (sim.session.address, 2222, was_open)
    assert gate["gateOpened"] is was_open


def test_a_device_that_is_offline_has_no_address(operator):
    offline = sim_calls.one_sim(operator.api, operator.sim_ids[1])

    def enter():
        with gate_access(operator.api, offline, 22, 5, new_gateway(operator.account)["vpgId"]):
            raise AssertionError

    failure = failure_of(enter)
    assert (failure.code, failure.where) == (Code.PLATFORM_REFUSED, f"SIM {offline.sim_id}")
