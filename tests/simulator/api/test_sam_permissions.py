"""What a SAM user may do is what its documents allow, and nothing else."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.api.permissions import Circumstances, is_allowed

HERE = Circumstances({"sim_id": "8942310000000000001"}, "desk", "192.0.2.7", 1_795_000_000_000)


def allow(api, condition=None):
    return {"effect": "allow", "api": api, **({"condition": condition} if condition else {})}


def deny(api, condition=None):
    return {**allow(api, condition), "effect": "deny"}


def may(*statements, names=("Sim:getSim",)):
    return is_allowed([json.dumps({"statements": statements})], names, HERE)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], False),
        ([allow("Sim:getSim")], True),
        ([allow(["Group:*", "Sim:getSim"])], True),
        ([allow("Sim:*")], True),
        ([allow("*")], True),
        ([allow("*:get*")], True),
        ([allow("Sim:get")], False),
        ([allow("sim:getSim")], False),
        ([allow("Sim:*"), deny("Sim:getSim")], False),
        ([deny("*"), allow("Sim:getSim")], False),
        ([allow("*"), deny("Sim:suspendSim")], True),
    ],
)
def test_only_what_is_allowed_is_allowed_and_a_denial_wins(statements, expected):
    assert may(*statements) is expected


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("pathVariable('sim_id') == '8942310000000000001'", True),
        ("pathVariable('sim_id') == '8942310000000000002'", False),
        ("pathVariable('sim_id') != '8942310000000000002'", True),
        ("samUserName == 'desk'", True),
        ("samUserName == 'hook'", False),
        ("ipAddress('192.0.2.0/24')", True),
        ("ipAddress('198.51.100.0/24')", False),
        ("currentDate >= date(2026, 4, 1)", True),
        ("currentDate < date(2026, 4, 1)", False),
        ("samUserName == 'desk' and ipAddress('192.0.2.7')", True),
        ("samUserName == 'desk' and currentDate < date(2020, 1, 1)", False),
    ],
)
def test_a_condition_is_looked_at(condition, holds):
    assert may(allow("*", condition)) is holds
    assert may(allow("*"), deny("*", condition)) is not holds


@pytest.mark.parametrize(
    "condition", ["moon == 'full'", "currentDate >= date(2026, 13, 1)", "ipAddress('x')", 7, ["a"]]
)
def test_a_condition_that_is_not_understood_denies(condition):
    assert not may(allow("*", condition))
    assert not may(allow("*"), deny("Sim:getSim", condition))


def test_the_day_is_utcs():
    assert datetime.fromtimestamp(HERE.now_ms / 1000, UTC).date().isoformat() == "2026-11-18"
    assert may(allow("*", "currentDate == date(2026, 11, 18)"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_no_document_brings_more_than_a_refusal(document):
    assert not is_allowed([json.dumps(document), json.dumps({"statements": document})], ["Sim:getSim"], HERE)


def test_the_second_name_of_a_call_counts_too(desk):
    reader = desk.user("tagger", allow("Sim:putTags"))
    tags = [{"tagName": "a", "tagValue": "b"}]
    assert desk.ask("PUT", f"/sims/{desk.sims[0].sim_id}/tags", tags, headers=reader)[0] == 200
    assert desk.ask("PUT", f"/subscribers/{desk.sims[0].imsi}/tags", tags, headers=reader)[0] == 403


def test_own_role_and_default_permissions_add_up(desk):
    user = desk.user("desk", allow("Sim:getSim"))
    desk.account.users["desk"].roles.append("grouper")
    desk.account.roles["grouper"] = json.dumps({"statements": [allow("Group:*")]})
    desk.account.default_permissions = json.dumps(
        {"statements": [deny("Group:deleteGroup"), allow("Order:listOrders")]}
    )
    sim = desk.sims[0]
    asked = [("GET", f"/sims/{sim.sim_id}"), ("GET", "/groups"), ("GET", "/orders"), ("GET", "/sims")]
    assert [desk.ask(*one, headers=user)[0] for one in asked] == [200, 200, 200, 403]
    assert desk.ask("DELETE", f"/groups/{desk.sim().group_id}", headers=user)[0] == 403


def test_who_may_nothing_may_still_leave(desk):
    user = desk.user("nobody")
    assert desk.ask("GET", "/sims", headers=user)[1]["message"] == "permission denied for Sim:listSims"
    assert desk.ask("POST", "/auth/logout", headers=user)[0] == 204


def test_a_user_that_is_gone_is_out(desk):
    user = desk.user("desk", allow("*"))
    assert desk.ask("GET", "/sims", headers=user)[0] == 200
    desk.do("DELETE", "/operators/OP0000000000/users/desk", None, 204)
    assert desk.ask("GET", "/sims", headers=user)[0] == 401


@pytest.mark.parametrize(
    "permission", ["", "x", "[]", "{}", '{"statements": [1]}', '{"statements": [{"effect": "may"}]}']
)
def test_a_document_without_statements_is_refused(desk, permission):
    desk.user("desk")
    desk.do("PUT", "/operators/OP0000000000/users/desk/permission", {"permission": permission}, 400)
