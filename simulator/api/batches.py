"""Pure. Batch jobs: up to ten thousand calls of one kind, carried out one after the other while time passes.

Here time passes with requests: while any request to the API is answered, `account.tasks_per_request` tasks are done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from simulator.api.account import Account, Batch, User
from simulator.api.asked import Asked, Operation, nothing, text
from simulator.api.routes import find
from simulator.http_messages import Request, Response
from simulator.subscribers import Refusal

MOST_TASKS = 10_000
CarryOut = Callable[[User, Request], Response]
"""Carries out a request with a user's rights; raises a `Refusal` where it is not possible or not allowed."""
KINDS = frozenset(
    {
        *("Sim:activateSim", "Sim:deactivateSim", "Sim:suspendSim", "Sim:setSimToStandby"),
        *("Sim:setSimGroup", "Sim:unsetSimGroup", "Sim:putSimTags"),
    }
)
"""The calls that a job may be made of."""


def list_groups(asked: Asked) -> Response:
    """A page of the groups of jobs."""
    ids, headers = asked.page(list(asked.account.batch_groups))
    return replace(Response.json(200, [asked.account.batch_groups[one] for one in ids]), headers=headers)


def create_group(asked: Asked) -> Response:
    """A new group."""
    account, name, now = asked.account, text(asked.members(), "batchGroupName"), asked.account.platform.now_ms()
    group_id = account.new_id("")
    group = {"batchGroupId": group_id, "batchGroupName": name, "createdTime": now, "updatedTime": now}
    account.batch_groups[group_id] = group
    return Response.json(200, group)


def get_group(asked: Asked) -> Response:
    """Returns a group of jobs."""
    return Response.json(200, _group(asked))


def delete_group(asked: Asked) -> Response:
    """The group is gone, with its jobs."""
    group_id = _group(asked)["batchGroupId"]
    del asked.account.batch_groups[group_id]
    for job in [one for one in asked.account.batches.values() if one.group_id == group_id]:
        del asked.account.batches[job.job_id]
    return nothing()


def list_jobs(asked: Asked) -> Response:
    """A page of the jobs of a group."""
    group_id = _group(asked)["batchGroupId"]
    jobs = {one.job_id: one for one in asked.account.batches.values() if one.group_id == group_id}
    ids, headers = asked.page(list(jobs))
    return replace(Response.json(200, [_job_object(jobs[one]) for one in ids]), headers=headers)


def create_job(asked: Asked) -> Response:
    """A new job, unless one of its kind runs."""
    account, members = asked.account, asked.members()
    tasks = members.get("tasks")
    if not isinstance(tasks, list) or not 1 <= len(tasks) <= MOST_TASKS:
        raise Refusal(400, "BAT0001", f"a job has 1 to {MOST_TASKS} tasks")
    kinds = {_kind(task) for task in tasks}
    if len(kinds) != 1 or not kinds <= KINDS:
        raise Refusal(400, "BAT0002", "a job is of one kind of call, and only of some")
    (kind,) = kinds
    if any(one.shown["status"] in {"pending", "running"} and _kind(one.tasks[0]) == kind for one in _all(account)):
        raise Refusal(400, "BAT0003", "a job of this kind is running")
    now = account.platform.now_ms()
    shown = {"jobName": members.get("jobName", ""), "abortOnFailure": bool(members.get("abortOnFailure"))}
    job = Batch(
        _group(asked)["batchGroupId"],
        account.new_id(""),
        asked.user,
        [{"taskId": number, "request": one["request"], "status": "pending"} for number, one in enumerate(tasks)],
        {**shown, "status": "pending", "createdTime": now, "updatedTime": now},
    )
    account.batches[job.job_id] = job
    return Response.json(200, _job_object(job))


def get_job(asked: Asked) -> Response:
    """One job, with its progress."""
    return Response.json(200, _job_object(_job(asked)))


def list_tasks(asked: Asked) -> Response:
    """A page of a job's tasks, or of those with a status."""
    wanted = asked.query.get("status")
    tasks = {str(one["taskId"]): one for one in _job(asked).tasks if wanted in {None, one["status"]}}
    ids, headers = asked.page(list(tasks))
    return replace(Response.json(200, [tasks[one] for one in ids]), headers=headers)


def go_on(account: Account, carry_out: CarryOut) -> None:
    """Some tasks of every job that runs."""
    for job in _all(account):
        if job.shown["status"] in {"pending", "running"}:
            begin, job.done = job.done, min(len(job.tasks), job.done + account.tasks_per_request)
            for task in job.tasks[begin : job.done]:
                if job.shown["status"] != "failed":
                    _do(carry_out, job, task)
            _look(account, job)


def _do(carry_out: CarryOut, job: Batch, task: dict[str, Any]) -> None:
    shown = task["request"]
    answer = _answer(
        carry_out, job.user, Request(shown["method"], shown["path"], {}, json.dumps(shown.get("body", "")).encode())
    )
    task["status"] = "success" if answer.status < HTTPStatus.BAD_REQUEST else "error"
    task["response"] = {"statusCode": answer.status, "body": json.loads(answer.body) if answer.body else {}}
    task["finishedTime"] = job.shown["updatedTime"]
    if task["status"] == "error" and job.shown["abortOnFailure"]:
        job.shown["status"] = "failed"


def _answer(carry_out: CarryOut, user: User, request: Request) -> Response:
    try:
        return carry_out(user, request)
    except Refusal as refusal:
        return Response.json(refusal.status, {"code": refusal.code, "message": refusal.message})


def _look(account: Account, job: Batch) -> None:
    if job.shown["status"] != "failed":
        job.shown["status"] = "completed" if job.done == len(job.tasks) else "running"
    if job.shown["status"] in {"completed", "failed"}:
        job.shown["finishedTime"] = account.platform.now_ms()


def _kind(task: object) -> str:
    match task:
        case {"request": {"method": str(method), "path": str(path)}}:
            found = find(method, path.removeprefix("/v1"))
            return found[0].operation if found else ""
        case _:
            raise Refusal(400, "BAT0002", "a task is an object with a request of method and path")


def _all(account: Account) -> list[Batch]:
    return list(account.batches.values())


def _group(asked: Asked) -> dict[str, Any]:
    found = asked.account.batch_groups.get(asked.variable("batch_group_id"))
    if found is None:
        raise Refusal(404, "BAT0404", "no such group of batch jobs")
    return found


def _job(asked: Asked) -> Batch:
    found = asked.account.batches.get(asked.variable("job_id"))
    if found is None or found.group_id != asked.variable("batch_group_id"):
        raise Refusal(404, "BAT0404", "no such batch job")
    return found


def _job_object(job: Batch) -> dict[str, Any]:
    counted = dict.fromkeys(("pending", "success", "error"), 0)
    for task in job.tasks:
        counted[task["status"]] += 1
    return {"jobId": job.job_id, "batchGroupId": job.group_id, **job.shown, "summary": counted}


OPERATIONS: Mapping[str, Operation] = {
    "Batch:listBatchGroups": list_groups,
    "Batch:createBatchGroup": create_group,
    "Batch:getBatchGroup": get_group,
    "Batch:deleteBatchGroup": delete_group,
    "Batch:listBatchJobs": list_jobs,
    "Batch:createBatchJob": create_job,
    "Batch:getBatchJob": get_job,
    "Batch:listTasksOfBatchJob": list_tasks,
}
