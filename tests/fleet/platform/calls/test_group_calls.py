"""Groups over the API."""

from refusals import failure_of
from simulated_operator import BENCH

from agent.errors import Code
from fleet.platform.calls import group_calls


def named(operator, name):
    (group,) = (group for group in group_calls.all_groups(operator.api) if group.name == name)
    return group


def test_a_group_is_created_read_and_changed(operator):
    group = group_calls.create_group(
        operator.api, "new", {"SoracomAir": {"metadata": {"enabled": True, "readonly": False}}}
    )
    group_calls.put_configuration(
        operator.api, group.group_id, "SoracomAir", {"userdata": "hostname: gw\n", "useCustomDns": True}
    )
    found = named(operator, "new")
    assert found.group_id == group.group_id
    assert found.configuration["SoracomAir"]["userdata"] == "hostname: gw\n"
    assert found.configuration["SoracomAir"]["useCustomDns"] is True
    assert operator.platform.group(group.group_id).enabled
    group_calls.delete_parameter(operator.api, group.group_id, "SoracomAir", "useCustomDns")
    assert "useCustomDns" not in named(operator, "new").configuration["SoracomAir"]


def test_a_configuration_that_is_too_large_is_refused_with_the_platforms_message(operator):
    failure = failure_of(
        lambda: group_calls.put_configuration(operator.api, BENCH, "SoracomAir", {"userdata": "x" * 9000})
    )
    assert failure.code is Code.PLATFORM_REFUSED
    assert "limit" in failure.detail
