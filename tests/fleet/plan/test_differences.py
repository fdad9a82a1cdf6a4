"""Differences between a plan and the platform, as values."""

from dataclasses import replace

import pytest
from kitting_plans import PLAN as PLAN_TEXT
from kitting_plans import plan

from fleet.plan.changes import ChangeSim, CreateGroup, DeleteHandler, Kept, PutHandler, PutParameters
from fleet.plan.differences import group_changes, handler_body, handler_changes, kept_of, sim_change
from fleet.plan.plan import GroupIds, GroupRole, WantedSim
from fleet.platform.event_handler import EventHandler
from fleet.platform.group import Group
from fleet.platform.sim import Sim, Status

PLAN = plan()
IDS = GroupIds("b", "a")
SIM = Sim("1", None, Status.READY, group_id="b", speed_class="s1.fast", tags={"project": "alpha", "name": "gw-1"})
WANTED = WantedSim("1", tags={"name": "gw-1"})
FOUND = [
    EventHandler(f"h{place}", wanted.name, {**handler_body(wanted, IDS.of(wanted.role)), "more": 1})
    for place, wanted in enumerate(PLAN.handlers)
]


def test_a_group_that_does_not_exist_is_created():
    assert list(group_changes(PLAN.before, None)) == [CreateGroup(PLAN.before)]


def test_a_group_that_has_everything_is_left_alone():
    found = Group("b", "bench", {"SoracomAir": {**PLAN.before.configuration["SoracomAir"], "other": 1}, "X": {}}, {})
    assert list(group_changes(PLAN.before, found)) == []


def test_only_the_parameters_that_differ_are_set():
    air = {**PLAN.before.configuration["SoracomAir"], "userdata": "old"}
    (change,) = group_changes(PLAN.before, Group("b", "bench", {"SoracomAir": air}, {}))
    assert change == PutParameters("b", "bench", "SoracomAir", {"userdata": PLAN.before.userdata}, air)


def test_handlers_that_are_as_in_the_plan_are_left_alone():
    assert list(handler_changes(PLAN, IDS, [*FOUND, EventHandler("x", "of another plan", {})])) == []


def test_handlers_are_created_replaced_and_deleted():
    changed = replace(FOUND[1], body={**FOUND[1].body, "targetGroupId": "other"})
    unwanted = EventHandler("h9", "kitting: spring: after: earlier", {})
    found = list(handler_changes(PLAN, IDS, [FOUND[0], changed, unwanted]))
    assert found == [
        PutHandler(PLAN.handlers[1], "h1"),
        PutHandler(PLAN.handlers[2], None),
        DeleteHandler("h9", unwanted.name),
    ]


@pytest.mark.parametrize(
    ("sim", "change"),
    [
        (SIM, None),
        (replace(SIM, group_id="a"), None),
        (replace(SIM, group_id=None), ChangeSim("1", "gw-1", {}, GroupRole.BEFORE)),
        (replace(SIM, group_id="other"), None),
        (replace(SIM, group_id=None, tags={**SIM.tags, "desk_shipped_at": "2026"}), None),
        (replace(SIM, speed_class="s1.slow"), ChangeSim("1", "gw-1", speed_class="s1.fast")),
        (
            replace(SIM, tags={"name": "gw-1", "project": "beta", "more": "x"}),
            ChangeSim("1", "gw-1", {"project": "alpha"}),
        ),
    ],
)
def test_a_sim_is_changed_in_what_differs(sim, change):
    assert sim_change(PLAN, WANTED, sim, IDS) == change


def test_a_sim_of_another_group_is_moved_where_the_plan_says_so_but_not_where_it_was_shipped():
    takes_all = replace(PLAN, from_any_group=True)
    elsewhere = replace(SIM, group_id="other")
    assert sim_change(takes_all, WANTED, elsewhere, IDS) == ChangeSim("1", "gw-1", {}, GroupRole.BEFORE)
    shipped = replace(elsewhere, tags={**SIM.tags, "desk_shipped_at": "2026"})
    assert sim_change(takes_all, WANTED, shipped, IDS) is None
    assert list(kept_of(takes_all, shipped, IDS)) == [Kept.SHIPPED]


def test_a_parameter_inside_of_another_that_the_plan_leaves_out_stays_as_it_is():
    wanted = plan(PLAN_TEXT.replace("readonly: true, ", "")).after
    assert (wanted.readonly, wanted.configuration["SoracomAir"]["metadata"]) == (None, {"enabled": True})
    air = {**wanted.configuration["SoracomAir"], "metadata": {"enabled": False, "readonly": True, "allowOrigin": "x"}}
    (change,) = group_changes(wanted, Group("a", "field", {"SoracomAir": air}, {}))
    assert change.parameters == {"metadata": {"enabled": True, "readonly": True, "allowOrigin": "x"}}


@pytest.mark.parametrize(
    ("sim", "kept"),
    [
        (SIM, []),
        (replace(SIM, group_id="other"), [Kept.IN_OTHER_GROUP]),
        (replace(SIM, group_id=None, tags={**SIM.tags, "desk_shipped_at": "2026"}), [Kept.SHIPPED]),
        (replace(SIM, speed_class="s1.slow"), []),
        (replace(SIM, speed_class="s1.slow", tags={**SIM.tags, "desk_speed_before": "s1.fast"}), [Kept.THROTTLED]),
        (replace(SIM, speed_class="s1.minimum", group_id="a"), [Kept.SLOWED_BY_HANDLER]),
        (replace(SIM, speed_class="s1.minimum", group_id="b"), []),
    ],
    ids=[
        "as planned",
        "other group",
        "shipped",
        "differs",
        "throttled",
        "slowed by the handler",
        "a handler of the other group",
    ],
)
def test_what_is_left_alone_is_named(sim, kept):
    assert list(kept_of(PLAN, sim, IDS)) == kept
    change = sim_change(PLAN, WANTED, sim, IDS)
    assert (change is None) == bool(kept or sim == SIM)


def test_a_plan_without_a_speed_class_leaves_the_speed_class_alone():
    assert sim_change(replace(PLAN, speed_class=None), WANTED, replace(SIM, speed_class="s1.slow"), IDS) is None


def test_a_tag_of_the_list_counts_before_the_tag_of_the_plan():
    change = sim_change(PLAN, replace(WANTED, tags={"name": "gw-1", "project": "beta"}), SIM, IDS)
    assert change.tags == {"project": "beta"}
