"""Many changes as one job of the platform."""

from dataclasses import replace

import pytest
from simulated_operator import BENCH, FIELD, SimulatedOperator
from test_preparing import plan_for

from agent.errors import Code, Failure
from fleet.plan.preparing import look, make
from fleet.platform.batch_jobs import GROUP_NAME, carry_out, group_task
from fleet.platform.failures import PlatformFailure
from simulator import faults


@pytest.fixture
def operator():
    with SimulatedOperator(sims=30) as operator:
        yield operator


def go(operator, tasks):
    """Does a job; while the desk waits, something else asks, and the simulated platform goes on."""
    return carry_out(operator.api, "job", tasks, pause=lambda _: operator.api.get("/groups"))


def test_all_are_moved_by_one_job(operator):
    assert go(operator, [group_task(sim_id, BENCH) for sim_id in operator.sim_ids]) == ()
    assert {sim.group_id for sim in operator.platform.sims} == {BENCH}
    assert "Sim:setSimGroup" not in operator.asked()
    assert operator.asked("POST") == ["Batch:createBatchGroup", "Batch:createBatchJob"]


def test_the_next_job_lies_beside_the_last(operator):
    for group in (BENCH, FIELD):
        go(operator, [group_task(sim_id, group) for sim_id in operator.sim_ids])
    assert {sim.group_id for sim in operator.platform.sims} == {FIELD}
    assert [one["batchGroupName"] for one in operator.account.batch_groups.values()] == [GROUP_NAME]


def test_what_fails_is_told_by_its_sim_and_the_others_are_done(operator):
    tasks = [group_task(sim_id, BENCH) for sim_id in (*operator.sim_ids, "8942310000000009999")]
    (failed,) = go(operator, tasks)
    assert failed.sim_id == "8942310000000009999"
    assert {sim.group_id for sim in operator.platform.sims} == {BENCH}


def test_a_job_that_still_runs_is_waited_for(operator):
    operator.account.tasks_per_request = 3
    first = [group_task(sim_id, BENCH) for sim_id in operator.sim_ids]
    operator.api.post("/batch_groups", {"batchGroupName": GROUP_NAME})
    (group,) = operator.account.batch_groups
    operator.api.post(f"/batch_groups/{group}/jobs", {"tasks": [task.request for task in first]})
    go(operator, [group_task(sim_id, FIELD) for sim_id in operator.sim_ids])
    assert {sim.group_id for sim in operator.platform.sims} == {FIELD}
    assert [job.told["status"] for job in operator.account.batches.values()] == ["completed", "completed"]


def running_job(operator, batch_group, tasks_per_request=3):
    """A job that somebody started, and that the platform is still carrying out."""
    operator.account.tasks_per_request = tasks_per_request
    group_id = operator.api.post("/batch_groups", {"batchGroupName": batch_group}).body["batchGroupId"]
    tasks = [group_task(sim_id, BENCH).request for sim_id in operator.sim_ids]
    operator.api.post(f"/batch_groups/{group_id}/jobs", {"tasks": tasks})


@pytest.mark.parametrize("batch_group", [GROUP_NAME, "of another user"])
def test_a_refusal_is_explained_by_the_list_of_jobs_and_not_by_its_wording(operator, batch_group):
    running_job(operator, batch_group)
    operator.server.faults.add(
        faults.ServerError(400, form="json"), path="/v1/batch_groups/*/jobs", method="POST", times=1
    )
    assert go(operator, [group_task(sim_id, FIELD) for sim_id in operator.sim_ids]) == ()
    assert {sim.group_id for sim in operator.platform.sims} == {FIELD}


def test_a_refusal_with_no_job_in_the_way_is_repeated_once_and_then_raised(operator):
    operator.server.faults.add(faults.ServerError(400, form="json"), path="/v1/batch_groups/*/jobs", method="POST")
    with pytest.raises(PlatformFailure) as caught:
        go(operator, [group_task(operator.sim_ids[0], BENCH)])
    assert (caught.value.code, caught.value.status) == (Code.PLATFORM_REFUSED, 400)
    assert operator.asked("POST") == ["Batch:createBatchGroup"]
    assert operator.asked().count("Batch:listBatchJobs") == 1


def test_a_job_that_ends_between_the_refusal_and_the_look_is_no_obstacle(operator):
    operator.server.faults.add(
        faults.ServerError(400, form="json"), path="/v1/batch_groups/*/jobs", method="POST", times=1
    )
    assert go(operator, [group_task(sim_id, BENCH) for sim_id in operator.sim_ids]) == ()


def test_a_failed_task_that_the_desk_did_not_send_is_of_no_sim_and_is_counted(operator):
    tasks = [group_task(sim_id, BENCH) for sim_id in operator.sim_ids]

    def rename(_):
        operator.api.get("/groups")
        for job in operator.account.batches.values():
            for task in job.tasks[:2]:
                task |= {"status": "error", "request": {**task["request"], "path": "/v2/elsewhere"}}

    operator.account.tasks_per_request = 4
    failed = carry_out(operator.api, "job", tasks, pause=rename)
    assert [one.sim_id for one in failed] == [None, None]
    assert "task 0" in failed[0].failure.where


def test_a_platform_that_does_not_take_the_job_is_said(operator):
    operator.server.faults.add(faults.ServerError(403), path="/v1/batch_groups")
    with pytest.raises(Failure) as caught:
        go(operator, [group_task(operator.sim_ids[0], BENCH)])
    assert caught.value.code is Code.PLATFORM_FORBIDDEN


def test_a_large_plan_is_made_by_jobs_and_is_the_same_plan_then(operator):
    plan = plan_for(operator)
    noted = []
    assert make(operator.api, look(operator.api, plan), lambda _, failure: noted.append(failure), batch_from=10) == 0
    assert len(noted) == 2 + 3 + 30 + 30
    assert "Sim:setSimGroup" not in operator.asked()
    assert look(operator.api, plan).writes == 0


def test_a_sim_whose_tags_failed_is_not_moved_and_the_next_run_mends_it(operator):
    plan = plan_for(operator)
    looked = look(operator.api, plan)
    broken = replace(looked.sims[3], sim_id="8942310000000009999")
    looked = replace(looked, sims=(*looked.sims[:3], broken, *looked.sims[4:]))
    failed = []
    assert (
        make(operator.api, looked, lambda change, failure: failed.append(change) if failure else None, batch_from=10)
        == 1
    )
    assert [change.sim_id for change in failed] == [broken.sim_id]
    assert operator.platform.sims[3].group_id is None
    assert make(operator.api, look(operator.api, plan), lambda *_: None) == 0
    assert look(operator.api, plan).writes == 0


def test_what_an_aborted_job_left_undone_is_a_failure(operator):
    operator.account.tasks_per_request = 4
    tasks = [group_task(sim_id, BENCH) for sim_id in operator.sim_ids]

    def abort(_):
        operator.api.get("/groups")
        for job in operator.account.batches.values():
            job.told["status"] = "aborted"

    failed = carry_out(operator.api, "job", tasks, pause=abort)
    moved = {sim.sim_id for sim in operator.platform.sims if sim.group_id == BENCH}
    assert 0 < len(moved) < len(operator.sim_ids)
    assert {one.sim_id for one in failed} == set(operator.sim_ids) - moved
