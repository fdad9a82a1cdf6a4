"""The names of a plan's event handlers, and the ids of its groups."""

import pytest
from kitting_plans import PLAN, plan

from fleet.plan.plan import GroupIds, GroupRole, handler_name, handler_title


def test_a_handler_is_found_again_by_its_name():
    name = handler_name("spring", GroupRole.AFTER, "suspend above 100 MB")
    assert name == "kitting: spring: after: suspend above 100 MB"
    assert handler_title(plan(), GroupRole.AFTER, name) == "suspend above 100 MB"


def test_a_title_with_a_colon_stays_whole():
    name = handler_name("spring", GroupRole.BEFORE, "own: rule")
    assert handler_title(plan(), GroupRole.BEFORE, name) == "own: rule"


@pytest.mark.parametrize("name", ["mine", "kitting: autumn: after: x", "kitting: spring: before: x", ""])
def test_handlers_of_other_plans_and_groups_have_no_title(name):
    assert handler_title(plan(), GroupRole.AFTER, name) is None


def test_a_plan_has_one_group_or_two():
    assert [role for role, _ in plan().groups] == [GroupRole.BEFORE, GroupRole.AFTER]
    lines = [line for line in PLAN.splitlines() if "  after:" not in line]
    only_before = "\n".join(lines).partition("handlers:")[0]
    assert [role for role, _ in plan(only_before).groups] == [GroupRole.BEFORE]


def test_group_ids_are_found_by_role():
    ids = GroupIds(before="b")
    assert (ids.of(GroupRole.BEFORE), ids.of(GroupRole.AFTER)) == ("b", None)
