"""A port mapping as the API returns it."""

import pytest
from refusals import failure_of

from agent.errors import Code
from fleet.platform.port_mapping import PortMapping, port_mapping_of


def test_a_port_mapping_without_a_host_name_is_reached_by_its_address():
    value = {"ipAddress": "192.0.2.1", "port": 4000, "expiredTime": 5}
    assert port_mapping_of(value) == PortMapping("192.0.2.1", 4000, "192.0.2.1", 5)
    assert port_mapping_of({**value, "hostname": "h.example", "expiredTime": "x"}).expires_ms == 0


@pytest.mark.parametrize("value", [None, {}, {"ipAddress": "192.0.2.1"}, {"ipAddress": 1, "port": 2}])
def test_any_other_value_is_not_understood(value):
    assert failure_of(lambda: port_mapping_of(value)).code is Code.PLATFORM_NOT_UNDERSTOOD
