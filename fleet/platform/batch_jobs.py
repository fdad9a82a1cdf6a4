"""Story. The same change of many SIMs as one batch job of the platform, instead of one request for each SIM.

The published document sets the limits: a job has at most 10,000 tasks, all of one API operation, and an operator has
one unfinished job for an operation. A job continues when the desk stops, so the next `kitting prepare` waits for it.
Tags are not set by a job: their request body is a list, and the published form of a task takes an object.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, unique
from http import HTTPStatus
from itertools import chain, repeat
from typing import Any

from agent.errors import Code, Failure
from fleet.platform.api import Api, path_of
from fleet.platform.failures import PlatformFailure
from fleet.platform.json_shapes import list_of, object_of

MOST_TASKS = 2_000
"""Fewer than the platform's 10,000, because the largest request body that it takes is not published."""
WITHIN_S = 3600.0
"""How long the desk waits for a job to end."""
GROUP_NAME = "kitting"
"""Name of the batch group that holds the jobs of the desk."""
_PAUSES_S = (1.0, 2.0, 5.0, 10.0)
Pause = Callable[[float], None]


@unique
class JobStatus(Enum):
    """How far a job is (published document, `BatchJobResponse`)."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    ABORTED = "aborted"
    OTHER = ""
    """A status that this version does not know."""

    @property
    def is_final(self) -> bool:
        """Whether the job does nothing more."""
        return self in {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.ABORTED}


@dataclass(frozen=True, slots=True)
class JobTask:
    """One request of a job."""

    sim_id: str
    method: str
    path: str
    """Without the API's base, such as `/sims/…/set_group`."""
    body: object

    @property
    def request(self) -> Mapping[str, Any]:
        """The task in the form that the API takes."""
        return {"request": {"method": self.method, "path": f"/v1{self.path}", "body": self.body}}


@dataclass(frozen=True, slots=True)
class TaskFailure:
    """A task that was not carried out."""

    sim_id: str | None
    """None where the platform names a task that the desk did not send."""
    failure: Failure


def group_task(sim_id: str, group_id: str) -> JobTask:
    """Sim:setSimGroup. Moves one SIM into a group."""
    return JobTask(sim_id, "POST", path_of("sims", sim_id, "set_group"), {"groupId": group_id})


def carry_out(api: Api, name: str, tasks: Sequence[JobTask], pause: Pause = time.sleep) -> tuple[TaskFailure, ...]:
    """Carries out all tasks and returns those that failed; raises `platform.*` where a job cannot be started.

    Batch:listBatchGroups, createBatchGroup, createBatchJob, listBatchJobs, getBatchJob, listTasksOfBatchJob.
    """
    group = path_of("batch_groups", _group_id(api))
    failed: list[TaskFailure] = []
    for begin in range(0, len(tasks), MOST_TASKS):
        part = tasks[begin : begin + MOST_TASKS]
        job = f"{group}{path_of('jobs', _start(api, group, name, part, pause))}"
        status = _wait_for_end(api, job, pause)
        failed += _failures(api, job, part, status)
    return tuple(failed)


def _group_id(api: Api) -> str:
    """The id of the desk's batch group, which is created where it is missing."""
    for group in _batch_groups(api):
        if group.get("batchGroupName") == GROUP_NAME:
            return str(group.get("batchGroupId"))
    created = api.post("/batch_groups", {"batchGroupName": GROUP_NAME}, repeatable=False).body
    return str(object_of(created, "a batch group").get("batchGroupId"))


def _batch_groups(api: Api) -> Iterator[Mapping[str, Any]]:
    for page in api.pages("/batch_groups"):
        yield from (object_of(group, "a batch group") for group in list_of(page, "batch groups"))


def _start(api: Api, group: str, name: str, tasks: Sequence[JobTask], pause: Pause) -> str:
    """Starts a job and returns its id; waits while another unfinished job is in the way.

    The platform refuses a second job of one operation with 400, and other wrong requests with 400 too. The list of jobs
    tells the two apart. A job may end between the refusal and the list, so one refusal without an unfinished job is
    answered with one more attempt.
    """
    body = {"jobName": name, "abortOnFailure": False, "tasks": [dict(task.request) for task in tasks]}
    deadline = time.monotonic() + WITHIN_S
    pauses_s = _pauses_s()
    last_attempt = False
    while True:
        try:
            created = api.post(f"{group}/jobs", body, repeatable=False).body
        except PlatformFailure as failure:
            if failure.status != HTTPStatus.BAD_REQUEST or last_attempt or time.monotonic() > deadline:
                raise
        else:
            return str(object_of(created, "a batch job").get("jobId"))
        last_attempt = not _has_unfinished_job(api)
        if not last_attempt:
            pause(next(pauses_s))


def _has_unfinished_job(api: Api) -> bool:
    """Whether any batch group of the operator has an unfinished job; the platform does not tell of which operation."""
    for group in _batch_groups(api):
        for page in api.pages(path_of("batch_groups", str(group.get("batchGroupId")), "jobs")):
            if not all(_status_of(job).is_final for job in list_of(page, "batch jobs")):
                return True
    return False


def _wait_for_end(api: Api, job: str, pause: Pause) -> JobStatus:
    deadline = time.monotonic() + WITHIN_S
    pauses_s = _pauses_s()
    while time.monotonic() < deadline:
        status = _status_of(api.get(job).body)
        if status.is_final:
            return status
        pause(next(pauses_s))
    raise Failure(Code.PREPARE_INCOMPLETE, f"the batch job did not end within {WITHIN_S:.0f} s", where=job)


def _failures(api: Api, job: str, tasks: Sequence[JobTask], status: JobStatus) -> Iterator[TaskFailure]:
    """The tasks that failed; of a job that was not completed also the tasks that it did not reach."""
    by_path = {f"/v1{task.path}": task.sim_id for task in tasks}
    query = {"status": "error"} if status is JobStatus.COMPLETED else {}
    for page in api.pages(f"{job}/tasks", query):
        for listed in list_of(page, "tasks"):
            task = object_of(listed, "a task")
            if task.get("status") != "success":
                request = object_of(task.get("request"), "a task's request")
                sim_id = by_path.get(str(request.get("path")))
                yield TaskFailure(sim_id, _task_failure(task, job, sim_id, status))


def _task_failure(task: Mapping[str, Any], job: str, sim_id: str | None, status: JobStatus) -> Failure:
    response = task.get("response")
    detail = str(response)[:300] if response else f"the batch job ended with status {status.value}"
    return Failure(
        Code.PLATFORM_REFUSED, detail, where=f"SIM {sim_id}" if sim_id else f"{job}, task {task.get('taskId')}"
    )


def _status_of(job: object) -> JobStatus:
    status = object_of(job, "a batch job").get("status")
    return next((known for known in JobStatus if known.value == status), JobStatus.OTHER)


def _pauses_s() -> Iterator[float]:
    return chain(_PAUSES_S, repeat(_PAUSES_S[-1]))
