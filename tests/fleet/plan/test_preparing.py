"""The changes between a plan and the platform: at most one write for each, and none twice."""

from dataclasses import replace

import pytest
from kitting_plans import PLAN, WITHOUT_TAGS, plan_for
from simulated_operator import BENCH, SimulatedOperator

from agent.errors import Code, Failure
from fleet.plan.changes import ChangeSim, DeleteHandler, TakeOver, UseGroup
from fleet.plan.comparison import compare
from fleet.plan.preparing import make_changes
from fleet.platform.batch_jobs import MOST_TASKS
from fleet.platform.calls import event_handler_calls
from simulator import faults
from simulator.api.account import Order


def prepare(operator, plan):
    comparison = compare(operator.api, plan)
    return make_changes(operator.api, comparison, lambda *_: None)


def test_afterwards_everything_is_as_in_the_plan(operator):
    assert prepare(operator, plan_for(operator)) == 0
    names = {group.name: group for group in operator.platform.groups}
    bench, field = names["alpha-bench"], names["alpha-field"]
    assert (bench.userdata, bench.enabled, bench.readonly) == ("hostname: '{{ tags.name }}'\n", True, False)
    assert (field.readonly, field.other_air["useCustomDns"]) == (True, True)
    for place, sim in enumerate(operator.platform.sims):
        assert (sim.group_id, sim.speed_class) == (bench.group_id, "s1.fast")
        assert {"name": f"gw-{place}", "site": "tokyo", "project": "alpha"}.items() <= sim.tags.items()
    assert [one["targetGroupId"] for one in operator.account.handlers.values()] == [
        field.group_id,
        field.group_id,
        bench.group_id,
    ]


def test_an_unchanged_plan_causes_no_write(operator):
    plan = plan_for(operator)
    prepare(operator, plan)
    operator.account.calls.clear()
    comparison = compare(operator.api, plan)
    assert (comparison.writes, comparison.changes) == (0, ())
    assert {call.method for call in operator.account.calls} == {"GET"}


def test_only_what_differs_is_written(operator):
    prepare(operator, plan_for(operator))
    operator.platform.set_tag(operator.platform.sims[1].imsi, "site", "elsewhere")
    operator.account.calls.clear()
    prepare(operator, plan_for(operator))
    assert operator.asked("PUT") == ["Sim:putSimTags"]
    assert operator.asked("POST") == []


def test_changed_userdata_is_one_write_for_each_group(operator):
    prepare(operator, plan_for(operator))
    operator.account.calls.clear()
    prepare(operator, plan_for(operator, **{"userdata.yaml": b"hostname: 'gw-{{ tags.site }}'\n"}))
    assert operator.asked("PUT") == ["Group:putConfigurationParameters"] * 2


def test_of_two_desks_that_prepare_at_once_one_group_and_one_handler_survive(operator):
    plan, noted = plan_for(operator), []
    first, second = compare(operator.api, plan), compare(operator.api, plan)
    assert make_changes(operator.api, first, lambda *_: None) == 0
    assert make_changes(operator.api, second, lambda change, _: noted.append(change)) == 0
    names = [group.name for group in operator.platform.groups]
    assert (names.count("alpha-bench"), names.count("alpha-field")) == (1, 1)
    handlers = [one["name"] for one in operator.account.handlers.values()]
    assert len(handlers) == len(set(handlers)) == 3
    assert [type(one) for one in noted[:2]] == [UseGroup, UseGroup]
    assert len([one for one in noted if isinstance(one, DeleteHandler)]) == 3
    assert compare(operator.api, plan).writes == 0


def test_a_plan_that_was_renamed_keeps_its_handlers(operator):
    prepare(operator, plan_for(operator))
    before = set(operator.account.handlers)
    renamed = compare(operator.api, plan_for(operator, PLAN.replace("name: spring", "name: summer")))
    assert renamed.handlers == ()
    assert "kitting: spring: after: slow down above 10 MB a day" in {one.other for one in renamed.kept_handlers}
    prepare(operator, plan_for(operator, PLAN.replace("name: spring", "name: summer\nrenamed_from: spring")))
    assert set(operator.account.handlers) == before
    assert {one["name"].split(": ")[1] for one in operator.account.handlers.values()} == {"summer"}


def test_a_handler_of_another_plan_that_does_something_else_is_no_reason_to_leave_one_out(operator):
    prepare(operator, plan_for(operator))
    text = PLAN.replace("name: spring", "name: summer").replace("above 100 MB", "above 200 MB")
    (change,) = compare(operator.api, plan_for(operator, text)).handlers
    assert (change.handler.name, change.handler_id) == ("kitting: summer: after: suspend above 200 MB", None)


def test_the_sims_of_an_order_get_names_by_a_pattern_and_keep_them(operator):
    operator.account.orders["OR1"] = Order("OR1", sim_ids=list(operator.sim_ids))
    text = PLAN.replace("csv: sims.csv", "order: OR1, names: 'gw-{n:03}'")
    assert prepare(operator, plan_for(operator, text)) == 0
    assert [sim.tags["name"] for sim in operator.platform.sims] == ["gw-001", "gw-002", "gw-003"]
    assert compare(operator.api, plan_for(operator, text)).writes == 0


def test_an_order_that_is_being_packed_is_shown_and_not_taken_over(operator):
    operator.account.orders["OR1"] = Order("OR1", "kitting", sim_ids=list(operator.sim_ids))
    text = PLAN.replace("csv: sims.csv", "order: OR1")
    comparison = compare(operator.api, plan_for(operator, text, **WITHOUT_TAGS))
    assert (comparison.packing, comparison.takeover) == (TakeOver("OR1", 3), None)
    make_changes(operator.api, comparison, lambda *_: None)
    assert not operator.account.orders["OR1"].registered
    operator.account.orders["OR1"].status = "cancelled"
    with pytest.raises(Failure, match="order was cancelled"):
        compare(operator.api, plan_for(operator, text, **WITHOUT_TAGS))


def test_a_handler_that_the_plan_no_longer_names_is_deleted_and_another_is_created(operator):
    prepare(operator, plan_for(operator))
    operator.account.calls.clear()
    prepare(operator, plan_for(operator, PLAN.replace("above 100 MB", "above 200 MB")))
    assert operator.asked("POST") == ["EventHandler:createEventHandler"]
    assert operator.asked("DELETE") == ["EventHandler:deleteEventHandler"]


def test_handlers_and_tags_of_others_are_left_alone(operator):
    body = {"name": "mine", "status": "active", "targetGroupId": BENCH, **plan_for(operator).handlers[0].body}
    event_handler_calls.create_handler(operator.api, body)
    operator.platform.set_tag(operator.platform.sims[0].imsi, "owner", "somebody")
    prepare(operator, plan_for(operator))
    assert "mine" in [one["name"] for one in operator.account.handlers.values()]
    assert operator.platform.sims[0].tags["owner"] == "somebody"


def test_a_shipped_sim_stays_shipped(operator):
    prepare(operator, plan_for(operator))
    field = next(group for group in operator.platform.groups if group.name == "alpha-field")
    operator.platform.set_group(operator.platform.sims[0].imsi, field.group_id)
    assert compare(operator.api, plan_for(operator)).writes == 0


def test_an_order_is_set_up_before_it_is_registered_and_its_sims_need_no_write(operator):
    operator.account.orders["OR1"] = Order("OR1", sim_ids=list(operator.sim_ids))
    text = PLAN.replace("csv: sims.csv", "order: OR1, subscription: plan01s")
    noted = []
    comparison = compare(operator.api, plan_for(operator, text, **WITHOUT_TAGS))
    assert make_changes(operator.api, comparison, lambda change, _: noted.append(change)) == 0
    assert TakeOver("OR1", 3) in noted
    assert not [
        one for one in operator.asked() if one in {"Sim:putSimTags", "Sim:setSimGroup", "Sim:updateSimSpeedClass"}
    ]
    assert {sim.tags["project"] for sim in operator.platform.sims} == {"alpha"}
    assert operator.account.orders["OR1"].registered
    assert compare(operator.api, plan_for(operator, text, **WITHOUT_TAGS)).writes == 0


def test_the_sims_of_an_order_are_not_changed_where_the_userdata_is_not_valid_for_them(operator):
    operator.account.orders["OR1"] = Order("OR1", sim_ids=list(operator.sim_ids))
    comparison = replace(
        compare(operator.api, plan_for(operator, PLAN.replace("csv: sims.csv", "order: OR1"))), unfit=()
    )
    with pytest.raises(Failure) as caught:
        make_changes(operator.api, comparison, lambda *_: None)
    assert caught.value.code is Code.PLAN_INVALID
    assert operator.asked("PUT") == []


def test_changes_are_noted_even_where_the_batch_job_cannot_be_started(operator):
    operator.server.faults.add(faults.ServerError(403), path="/v1/batch_groups")
    noted = []
    with pytest.raises(Failure):
        make_changes(
            operator.api,
            compare(operator.api, plan_for(operator)),
            lambda change, _: noted.append(change),
            batch_from=1,
        )
    assert len([change for change in noted if isinstance(change, ChangeSim)]) == len(operator.sim_ids)


def test_a_sim_that_fails_stops_no_other_and_the_next_run_changes_it(operator):
    broken = operator.sim_ids[1]
    operator.server.faults.add(faults.ServerError(500), path=f"/v1/sims/{broken}/tags", times=4)
    assert prepare(operator, plan_for(operator)) == 1
    operator.account.calls.clear()
    assert prepare(operator, plan_for(operator)) == 0
    assert operator.asked("PUT") == ["Sim:putSimTags"]


MANY = 1_000_000
"""So that each SIM is a request of its own, which can be killed in between."""


class Killed(Exception):
    """The process ends here."""


def test_hundreds_of_sims_killed_at_random_and_run_again_converge_with_no_write_twice(chance):
    """A kill leaves up to eight requests under way; six pages of SIMs and five kills meet every kind of place."""
    sims, kills = 600, 5
    with SimulatedOperator(sims=sims, group_id=BENCH) as operator:
        plan = plan_for(operator, PLAN.replace(", speed_class: s1.fast", "").replace("alpha-bench", "bench"))
        for _ in range(kills):
            left = iter(range(chance.randrange(5, sims // kills - 20)))

            def note(*_, left=left):
                if next(left, None) is None:
                    raise Killed

            with pytest.raises(Killed):
                make_changes(operator.api, compare(operator.api, plan), note, batch_from=MANY)
        assert make_changes(operator.api, compare(operator.api, plan), lambda *_: None, batch_from=MANY) == 0
        writes = [call for call in operator.account.calls if call.method != "GET" and call.operation != "Auth:auth"]
        tagged = [call.path for call in writes if call.operation == "Sim:putSimTags"]
        assert len(tagged) == len(set(tagged)) == sims
        assert len(writes) == sims + 2 + 3, "two groups, three handlers"
        operator.account.calls.clear()
        assert compare(operator.api, plan).writes == 0
        assert len(operator.asked()) == sims // 100 + 2, "pages of SIMs, the groups, the handlers"


def test_more_sims_than_a_job_takes_are_a_few_requests_where_the_platform_does_the_work():
    with SimulatedOperator(sims=MOST_TASKS + 50) as operator:
        operator.account.tasks_per_request = MOST_TASKS
        rows = "\n".join(("simId", *operator.sim_ids)).encode()
        text = PLAN.replace(", tags: {project: alpha}, speed_class: s1.fast", "").replace("tags.name", "tags.x")
        userdata = {"sims.csv": rows, "userdata.yaml": b"timezone: Asia/Tokyo\n"}
        plan = plan_for(operator, text, **userdata)
        assert make_changes(operator.api, compare(operator.api, plan), lambda *_: None, pause=lambda _: None) == 0
        assert compare(operator.api, plan).writes == 0
        writes = [call for call in operator.account.calls if call.method != "GET" and call.operation != "Auth:auth"]
        assert len(writes) == 2 + 3 + 1 + 2, "two groups, three handlers, two jobs and their folder"


@pytest.fixture
def many():
    with SimulatedOperator(sims=30) as started:
        yield started


def test_a_large_plan_is_made_by_jobs_and_needs_no_further_write(many):
    plan = plan_for(many)
    noted = []
    assert make_changes(many.api, compare(many.api, plan), lambda _, failure: noted.append(failure), batch_from=10) == 0
    assert len(noted) == 2 + 3 + 30 + 30
    assert "Sim:setSimGroup" not in many.asked()
    assert compare(many.api, plan).writes == 0


def test_a_sim_whose_tags_failed_is_not_moved_and_the_next_run_moves_it(many):
    plan = plan_for(many)
    comparison = compare(many.api, plan)
    broken = replace(comparison.sims[3], sim_id="8942310000000009999")
    comparison = replace(comparison, sims=(*comparison.sims[:3], broken, *comparison.sims[4:]))
    failed = []
    assert (
        make_changes(
            many.api, comparison, lambda change, failure: failed.append(change) if failure else None, batch_from=10
        )
        == 1
    )
    assert [change.sim_id for change in failed] == [broken.sim_id]
    assert many.platform.sims[3].group_id is None
    assert make_changes(many.api, compare(many.api, plan), lambda *_: None) == 0
    assert compare(many.api, plan).writes == 0
