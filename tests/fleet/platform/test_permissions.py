"""What each role needs, proved by a platform that enforces it: enough, and no line of it too much."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from simulated_operator import BENCH, FIELD, SimulatedOperator
from test_plan import FILES, PLAN

from agent.errors import Code, Failure
from fleet.bench.hook import Outcome, deal_with
from fleet.bench.locking import lock, unlock
from fleet.bench.shipping import ship
from fleet.bench.stage import Expectations
from fleet.bench.watching import look as watch
from fleet.cli import main
from fleet.commands.console import schemas
from fleet.plan.plan import Files, plan_of
from fleet.plan.preparing import look, make
from fleet.platform.batch_jobs import carry_out, group_task
from fleet.platform.calls import event_handler_calls, remote_access_calls, sim_calls, traffic_calls
from fleet.platform.permissions import (
    ALSO,
    ROLES,
    Allowed,
    Statement,
    is_allowed,
    least_document,
    missing,
    statements_of,
)
from simulator.api.account import Order, User
from simulator.api.network import new_gateway

ORDER = "name: p\nsims: {order: OR1}\ngroups: {before: {name: bench}, after: {name: field}}\n"
LISTED = "name: p\nsims: {csv: sims.csv}\ngroups: {before: {name: bench}, after: {name: field}}\n"


def prepare(operator, api):
    """An order of many, then three of a list that somebody changed since, then a handler that was dropped."""
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


def new_batch_group(operator):
    return operator.api.post("/batch_groups", {"batchGroupName": "of another user"}).body["batchGroupId"]


def done(api, text, files):
    if make(api, look(api, plan_of(text, files, schemas())), lambda *_: None):
        raise Failure(Code.PLATFORM_FORBIDDEN, "a SIM could not be changed")


def watching(operator, api):
    watch(api, plan_of(ORDER, Files({}), schemas()))
    watch(api, plan_of(ORDER.replace("order: OR1", "tag: {name: a, value: b}"), Files({}), schemas()))
    traffic_calls.busiest_day_megabytes(api, operator.sim_ids[0], datetime.now(UTC))
    event_handler_calls.all_handlers(api)


def locking(operator, api):
    watching_only(api)
    sim = operator.kitted()
    lock(api, sim.sim_id, Expectations())
    unlock(api, sim.sim_id)


def watching_only(api):
    watch(api, plan_of(ORDER, Files({}), schemas()))
    watch(api, plan_of(ORDER.replace("order: OR1", "tag: {name: a, value: b}"), Files({}), schemas()))


def shipping(_, api):
    watching_only(api)
    rows = watch(api, plan_of(ORDER, Files({}), schemas())).rows
    if ship(api, rows, FIELD, lambda *_: None, reason="because"):
        raise Failure(Code.PLATFORM_FORBIDDEN, "a SIM could not be shipped")


def stopping(operator, api):
    list(sim_calls.all_sims(api))
    sim = operator.kitted()
    sim_calls.suspend(api, sim_calls.one_sim(api, sim.sim_id).sim_id)
    sim_calls.deactivate(api, sim.sim_id)
    sim_calls.activate(api, sim.sim_id)
    sim_calls.set_speed_class(api, sim.sim_id, "s1.slow")
    sim_calls.put_tags(api, sim.sim_id, {"desk_speed_before": "s1.fast"})
    sim_calls.delete_tag(api, sim.sim_id, "desk_speed_before")
    sim_calls.send_sms(api, sim.sim_id, "kitting wake")


def accessing(operator, api):
    list(sim_calls.all_sims(api))
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
    told = deal_with(
        api, plan_of(ORDER.replace("order: OR1", "tag: {name: a, value: b}"), Files({}), schemas()), sim.sim_id
    )
    if told.outcome is not Outcome.LOCKED:
        raise Failure(Code.PLATFORM_FORBIDDEN, told.why)
    sim_calls.unset_imei_lock(api, sim.sim_id)


WORK = {
    "prepare": prepare,
    "watch": watching,
    "lock": locking,
    "ship": shipping,
    "stop": stopping,
    "access": accessing,
    "hook": hooking,
}


def works(role, document):
    """Whether a user who may do just that can do the role's work."""
    with SimulatedOperator(sims=25 if role == "prepare" else 3, group_id=BENCH) as operator:
        operator.account.orders["OR1"] = Order("OR1", sim_ids=list(operator.sim_ids))
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
def test_and_no_line_of_it_can_be_taken_away(role, operation):
    gone = {operation, ALSO.get(operation)}
    apis = [api for api in least_document(role)["statements"][0]["api"] if api not in gone]
    assert not works(role, {"statements": [{"effect": "allow", "api": apis}]})


def test_what_a_user_lacks_is_named(monkeypatch, capsys):
    with SimulatedOperator() as operator:
        operator.environment(monkeypatch)
        assert main(["permissions", "lock", "--check"]) == 0, "the root user may do everything"
        document = least_document("watch")
        document["statements"][0]["api"] += ["User:getUserPermission", "Role:listUserRoles", "Role:getRole"]
        operator.account.roles["extra"] = json.dumps(least_document("hook"))
        operator.account.users["somebody"] = User("somebody", permission=json.dumps(document), roles=["extra"])
        operator.environment(monkeypatch, "somebody")
        capsys.readouterr()
        assert main(["permissions", "lock", "--check"]) == os.EX_NOPERM
        assert capsys.readouterr().out == "Sim:deleteSimTag: no\n"
        assert main(["permissions", "hook", "--check", "--json"]) == 0


def test_the_document_is_printed_as_the_console_takes_it(capsys):
    assert main(["permissions", "hook"]) == 0
    assert json.loads(capsys.readouterr().out) == least_document("hook")


APIS = st.sampled_from(["Sim:getSim", "Sim:*", "*", "Group:*", "Sim:setSimGroup"])
STATEMENTS = st.builds(Statement, st.booleans(), st.lists(APIS, min_size=1).map(tuple), st.sampled_from(["", "x"]))
RANK = {Allowed.NO: 0, Allowed.DEPENDS: 1, Allowed.YES: 2}


@given(st.lists(STATEMENTS), STATEMENTS, APIS.filter(lambda api: "*" not in api))
def test_a_denial_never_allows_more_a_permission_never_less_and_order_is_nothing(statements, one, operation):
    before, after = is_allowed(statements, operation), is_allowed([*statements, one], operation)
    assert RANK[after] >= RANK[before] if one.allows else RANK[after] <= RANK[before]
    assert is_allowed([one, *reversed(statements)], operation) is after


def test_what_nobody_allowed_is_denied_and_a_condition_is_not_guessed():
    assert is_allowed((), "Sim:getSim") is Allowed.NO
    assert is_allowed([Statement(True, ("*",)), Statement(False, ("Sim:getSim",))], "Sim:getSim") is Allowed.NO
    assert is_allowed([Statement(True, ("Sim:*",), "ipAddress('192.0.2.0/24')")], "Sim:getSim") is Allowed.DEPENDS
    assert set(missing("hook", [Statement(True, ("Sim:*",))])) == {"Group:listGroups"}


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", '{"statements": {}}', '{"statements": [1]}', '{"statements": [{"effect": "maybe", "api": "*"}]}'],
)
def test_what_is_no_document_is_refused(text):
    with pytest.raises(Failure):
        statements_of(text)


def test_every_operation_stands_in_the_published_document():
    place = os.environ.get("SORACOM_OPENAPI")
    if not place:
        pytest.skip("SORACOM_OPENAPI does not name the published document")
    document = yaml.load(Path(place).read_text(), Loader=yaml.CSafeLoader)
    calls_of = [one for path in document["paths"].values() for one in path.values() if isinstance(one, dict)]
    names = {f"{tag}:{one['operationId']}" for one in calls_of for tag in one.get("tags", ()) if "operationId" in one}
    assert {operation for role in ROLES.values() for operation in role} <= names
