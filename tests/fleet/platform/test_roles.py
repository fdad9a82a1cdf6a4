"""What each role needs, proven by a platform that enforces permissions: the whole document, and every line of it."""

import json
from datetime import UTC, datetime

import pytest
from kitting_plans import FILES, PLAN, plan, small_plan
from simulated_operator import BENCH, FIELD, SimulatedOperator

from agent.errors import Code, Failure
from fleet.bench.finding_rules import Expectations
from fleet.bench.locking import lock_sim, unlock_sim
from fleet.bench.plan_status import status_of_plan
from fleet.bench.returning import return_sim
from fleet.bench.shipping import ship_sims
from fleet.hook.locking_by_hint import LockOutcome, lock_by_hint
from fleet.plan.comparison import compare
from fleet.plan.plan_document import Files
from fleet.plan.preparing import make_changes
from fleet.platform.batch_jobs import carry_out, group_task
from fleet.platform.calls import event_handler_calls, group_calls, remote_access_calls, sim_calls, traffic_calls
from fleet.platform.permissions import ALSO, ROLES, least_document
from simulator.api.account import Order, User
from simulator.api.network import new_gateway

TAGGED = "name: p\nsims: {tag: {name: a, value: b}}\ngroups: {before: {name: bench}, after: {name: field}}\n"

ORDER = "name: p\nsims: {order: OR1}\ngroups: {before: {name: bench}, after: {name: field}}\n"


def prepare(operator, api):
    """An order of many SIMs; then three SIMs of a list that were changed meanwhile, and a handler fewer."""
    first = Files({**FILES.contents, "userdata.yaml": b"timezone: Asia/Tokyo\n"})
    done(api, PLAN.replace("csv: sims.csv", "order: OR1, subscription: plan01s"), first)
    for sim in operator.platform.sims[:3]:
        operator.platform.change_sim(sim.imsi, group_id=None, speed_class="s1.slow")
    for handler in operator.account.handlers.values():
        handler["actionConfigList"] = []
    rows = "".join(f"{sim.sim_id},a{n}\n" for n, sim in enumerate(operator.platform.sims[:3]))
    changed = {"sims.csv": f"simId,name\n{rows}".encode(), "userdata.yaml": b"hostname: gw\n"}
    done(api, PLAN.replace("  - say: suspend above 100 MB\n", ""), Files({**FILES.contents, **changed}))
    moving = [group_task(sim.sim_id, BENCH) for sim in operator.platform.sims]
    operator.account.tasks_per_request = 8
    operator.api.post(f"/batch_groups/{new_batch_group(operator)}/jobs", {"tasks": [task.request for task in moving]})
    carry_out(api, "job", moving, pause=lambda _: None)
    group_calls.delete_group(api, operator.api.post("/groups", {"tags": {"name": "of another desk"}}).body["groupId"])


def new_batch_group(operator):
    return operator.api.post("/batch_groups", {"batchGroupName": "of another user"}).body["batchGroupId"]


def done(api, text, files):
    if make_changes(api, compare(api, plan(text, files)), lambda *_: None):
        raise Failure(Code.PLATFORM_FORBIDDEN, "a SIM could not be changed")


def watching(operator, api):
    status_of_plan(api, small_plan(ORDER))
    status_of_plan(api, small_plan(TAGGED))
    traffic_calls.busiest_day_megabytes(api, operator.sim_ids[0], datetime.now(UTC))
    event_handler_calls.all_handlers(api)


def locking(operator, api):
    watching_only(api)
    sim = operator.kitted()
    lock_sim(api, sim.sim_id, Expectations())
    unlock_sim(api, sim.sim_id)


def watching_only(api):
    status_of_plan(api, small_plan(ORDER))
    status_of_plan(api, small_plan(TAGGED))


def shipping(_, api):
    watching_only(api)
    rows = status_of_plan(api, small_plan(ORDER)).rows
    if ship_sims(api, rows, FIELD, lambda *_: None, reason="because"):
        raise Failure(Code.PLATFORM_FORBIDDEN, "a SIM could not be shipped")


def stopping(operator, api):
    list(sim_calls.all_sims(api))
    sim_calls.search(api, operator.platform.sims[0].imsi)
    sim = operator.kitted()
    sim_calls.suspend(api, sim_calls.one_sim(api, sim.sim_id).sim_id)
    sim_calls.deactivate(api, sim.sim_id)
    sim_calls.activate(api, sim.sim_id)
    sim_calls.set_to_standby(api, sim.sim_id)
    sim_calls.set_speed_class(api, sim.sim_id, "s1.slow")
    sim_calls.put_tags(api, sim.sim_id, {"desk_speed_before": "s1.fast"})
    sim_calls.delete_tag(api, sim.sim_id, "desk_speed_before")
    sim_calls.send_sms(api, sim.sim_id, "kitting wake")


def accessing(operator, api):
    list(sim_calls.all_sims(api))
    sim_calls.search(api, operator.platform.sims[0].imsi)
    sim = operator.kitted()
    remote_access_calls.close_port(
        api, remote_access_calls.open_port(api, sim_calls.one_sim(api, sim.sim_id).sim_id, 22, 60, [])
    )
    gate = new_gateway(operator.account)["vpgId"]
    remote_access_calls.is_gate_open(api, gate)
    remote_access_calls.open_gate(api, gate)
    remote_access_calls.close_gate(api, gate)


def hooking(operator, api):
    sim = operator.kitted()
    result = lock_by_hint(api, small_plan(ORDER), sim.sim_id)
    if result.outcome is not LockOutcome.LOCKED:
        raise Failure(Code.PLATFORM_FORBIDDEN, result.reason)
    sim_calls.unset_imei_lock(api, sim.sim_id)


def returning(operator, api):
    watching_only(api)
    sim_calls.search(api, operator.platform.sims[0].imsi)
    sim = operator.kitted()
    lock_sim(operator.api, sim.sim_id, Expectations())
    operator.platform.set_group(sim.imsi, FIELD)
    return_sim(api, sim_calls.one_sim(api, sim.sim_id).sim_id, BENCH)


WORK = {
    "prepare": prepare,
    "watch": watching,
    "lock": locking,
    "ship": shipping,
    "return": returning,
    "stop": stopping,
    "access": accessing,
    "hook": hooking,
}


def works(role, document):
    """Whether a user with this permission document can do the work of the role."""
    with SimulatedOperator(sims=25 if role == "prepare" else 3, group_id=BENCH) as operator:
        operator.account.orders["OR1"] = Order("OR1", sim_ids=list(operator.sim_ids), registered=role != "prepare")
        operator.account.users["somebody"] = User("somebody", permission=json.dumps(document))
        try:
            WORK[role](operator, operator.client("somebody"))
        except Failure as failure:
            if failure.code is not Code.PLATFORM_FORBIDDEN:
                raise
            return False
        return True


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_document_of_a_role_is_enough(role):
    assert works(role, least_document(role))


@pytest.mark.parametrize(("role", "operation"), [(role, operation) for role in ROLES for operation in ROLES[role]])
def test_no_line_of_the_document_can_be_removed(role, operation):
    gone = {operation, ALSO.get(operation)}
    apis = [api for api in least_document(role)["statements"][0]["api"] if api not in gone]
    assert not works(role, {"statements": [{"effect": "allow", "api": apis}]})
