"""Story: many changes of one kind as one job of the platform: two requests and some looks, instead of thousands.

Only some calls can be put into a job (tags are not used: their body is a list, and the published form of a task takes
an object), one job of a kind runs at a time, and a job goes on when the desk is cut off; the
next run of `kitting prepare` waits for it and sees what it did. (API: batch jobs; 10,000 tasks at most.)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen
from fleet.platform.groups_and_handlers import list_of, object_of
from fleet.platform.http import Api, path_of

MOST_TASKS = 2_000
"""Of the 10,000 that the platform takes: how large a request may be is not published."""
WITHIN_S = 3600.0
GROUP_NAME = "kitting"
_PAUSES_S = (1.0, 2.0, 5.0, 10.0)
_OVER = frozenset({"completed", "failed", "aborted"})
Pause = Callable[[float], None]


@frozen
class Task:
    """One call of a job."""

    sim_id: str
    method: str
    path: str
    """From the API's base on, such as `/sims/…/set_group`."""
    body: object

    @property
    def request(self) -> Mapping[str, Any]:
        """As the API takes it."""
        return {"request": {"method": self.method, "path": f"/v1{self.path}", "body": self.body}}


def group_task(sim_id: str, group_id: str) -> Task:
    """Sim:setSimGroup."""
    return Task(sim_id, "POST", path_of("sims", sim_id, "set_group"), {"groupId": group_id})


def carry_out(api: Api, name: str, tasks: Sequence[Task], pause: Pause = time.sleep) -> Mapping[str, Failure]:
    """Has it all done; what failed, by SIM id. Raises a `Failure` where the platform does not take the job.

    Batch:listBatchGroups, createBatchGroup, createBatchJob, getBatchJob, listTasksOfBatchJob.
    """
    group = path_of("batch_groups", _group_id(api))
    failed: dict[str, Failure] = {}
    for begin in range(0, len(tasks), MOST_TASKS):
        part = tasks[begin : begin + MOST_TASKS]
        job = f"{group}{path_of('jobs', _started(api, group, name, part, pause))}"
        status = _ended(api, job, pause)
        failed |= _failures(api, job, part, status)
    return failed


def _group_id(api: Api) -> str:
    for page in api.pages("/batch_groups"):
        for one in list_of(page, "batch groups"):
            told = object_of(one, "a batch group")
            if told.get("batchGroupName") == GROUP_NAME:
                return str(told.get("batchGroupId"))
    made = api.post("/batch_groups", {"batchGroupName": GROUP_NAME}, harmless=False).body
    return str(object_of(made, "a batch group").get("batchGroupId"))


def _started(api: Api, group: str, name: str, tasks: Sequence[Task], pause: Pause) -> str:
    """The id of the new job; where one of its kind runs, perhaps our own of before, that one has to end first."""
    body = {"jobName": name, "abortOnFailure": False, "tasks": [dict(task.request) for task in tasks]}
    until = time.monotonic() + WITHIN_S
    pauses_s = chain(_PAUSES_S, repeat(_PAUSES_S[-1]))
    while True:
        try:
            told = api.post(f"{group}/jobs", body, harmless=False).body
        except Failure as failure:
            if "running" not in failure.detail or time.monotonic() > until:
                raise
        else:
            return str(object_of(told, "a job").get("jobId"))
        pause(next(pauses_s))


def _ended(api: Api, job: str, pause: Pause) -> str:
    until = time.monotonic() + WITHIN_S
    pauses_s = chain(_PAUSES_S, repeat(_PAUSES_S[-1]))
    while time.monotonic() < until:
        status = str(object_of(api.get(job).body, "a job").get("status"))
        if status in _OVER:
            return status
        pause(next(pauses_s))
    raise Failure(Code.PREPARE_INCOMPLETE, f"the job did not end within {WITHIN_S:.0f} s", where=job)


def _failures(api: Api, job: str, tasks: Sequence[Task], status: str) -> dict[str, Failure]:
    """Of a job that came to its end what went wrong; of any other everything that was not done."""
    by_path = {f"/v1{task.path}": task.sim_id for task in tasks}
    found = {}
    for page in api.pages(f"{job}/tasks", {"status": "error"} if status == "completed" else {}):
        for one in list_of(page, "tasks"):
            told = object_of(one, "a task")
            if told.get("status") == "success":
                continue
            request = object_of(told.get("request"), "a task's request")
            said = told.get("response")
            sim_id = by_path.get(str(request.get("path")), "unknown")
            why = str(said)[:300] if said else f"the job is {status}"
            found[sim_id] = Failure(Code.PLATFORM_REFUSED, why, where=f"SIM {sim_id}")
    return found
