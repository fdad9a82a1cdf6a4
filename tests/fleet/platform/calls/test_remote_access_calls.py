"""Remote access over the API."""

from refusals import failure_of

from agent.errors import Code
from fleet.platform.calls import remote_access_calls


def test_a_port_is_opened_for_an_online_sim_only_and_closed(operator):
    sim = operator.platform.sims[0]
    assert (
        failure_of(lambda: remote_access_calls.open_port(operator.api, sim.sim_id, 22, 600, [])).code
        is Code.PLATFORM_REFUSED
    )
    operator.platform.connect(sim.imsi)
    mapping = remote_access_calls.open_port(operator.api, sim.sim_id, 22, 600, ["192.0.2.0/24"])
    assert list(operator.account.port_mappings) == [(mapping.address, mapping.port)]
    remote_access_calls.close_port(operator.api, mapping)
    assert operator.account.port_mappings == {}
