"""The same change of many SIMs as one batch job."""

import pytest
from simulated_operator import BENCH, FIELD, SimulatedOperator

from agent.errors import Code, Failure
from fleet.platform.batch_jobs import GROUP_NAME, carry_out, group_task
from fleet.platform.failures import PlatformFailure
from simulator import faults


@pytest.fixture
def operator():
    with SimulatedOperator(sims=30) as operator:
        yield operator


def go(operator, tasks):
    """Carries out a job; each pause of the desk is a request, with which the simulated platform continues."""
    return carry_out(operator.api, "job", tasks, pause=lambda _: operator.api.get("/groups"))


def test_all_are_moved_by_one_job(operator):
    assert go(operator, [group_task(sim_id, BENCH) for sim_id in operator.sim_ids]) == ()
    assert {sim.group_id for sim in operator.platform.sims} == {BENCH}
    assert "Sim:setSimGroup" not in operator.asked()
    assert operator.asked("POST") == ["Batch:createBatchGroup", "Batch:createBatchJob"]


def test_all_jobs_are_in_one_batch_group(operator):
    for group in (BENCH, FIELD):
        go(operator, [group_task(sim_id, group) for sim_id in operator.sim_ids])
    assert {sim.group_id for sim in operator.platform.sims} == {FIELD}
    assert [one["batchGroupName"] for one in operator.account.batch_groups.values()] == [GROUP_NAME]


def test_a_failed_task_is_named_by_its_sim_and_the_others_are_carried_out(operator):
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
    assert [job.shown["status"] for job in operator.account.batches.values()] == ["completed", "completed"]


def running_job(operator, batch_group, tasks_per_request=3):
    """Starts a job that the platform carries out in small parts."""
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


def test_a_job_that_the_platform_forbids_is_a_failure(operator):
    operator.server.faults.add(faults.ServerError(403), path="/v1/batch_groups")
    with pytest.raises(Failure) as caught:
        go(operator, [group_task(operator.sim_ids[0], BENCH)])
    assert caught.value.code is Code.PLATFORM_FORBIDDEN


def test_the_tasks_that_an_aborted_job_did_not_reach_have_failed(operator):
    operator.account.tasks_per_request = 4
    tasks = [group_task(sim_id, BENCH) for sim_id in operator.sim_ids]

    def abort(_):
        operator.api.get("/groups")
        for job in operator.account.batches.values():
            job.shown["status"] = "aborted"

    failed = carry_out(operator.api, "job", tasks, pause=abort)
    moved = {sim.sim_id for sim in operator.platform.sims if sim.group_id == BENCH}
    assert 0 < len(moved) < len(operator.sim_ids)
    assert {one.sim_id for one in failed} == set(operator.sim_ids) - moved
