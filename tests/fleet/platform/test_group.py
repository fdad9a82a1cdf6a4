"""A group as the API returns it."""

import pytest
from refusals import failure_of

from agent.errors import Code
from fleet.platform.group import Group, group_of


def test_a_group_has_its_name_among_its_tags_and_its_configuration_by_namespace():
    value = {"groupId": "g", "tags": {"name": "bench", "owner": 7}, "configuration": {"SoracomAir": {"x": True}}}
    assert group_of(value) == Group("g", "bench", {"SoracomAir": {"x": True}}, {"name": "bench", "owner": "7"})


def test_members_that_are_null_or_missing_are_empty():
    assert group_of({"groupId": "g", "tags": None}) == Group("g", "", {}, {})


@pytest.mark.parametrize("value", [None, [], {}, {"groupId": 1}, {"groupId": "g", "tags": [1]}])
def test_any_other_value_is_not_understood(value):
    assert failure_of(lambda: group_of(value)).code is Code.PLATFORM_NOT_UNDERSTOOD
