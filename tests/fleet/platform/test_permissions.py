"""SORACOM's permission documents."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Failure
from fleet.platform.permissions import ROLES, Allowed, Statement, is_allowed, missing, statements_of

APIS = st.sampled_from(["Sim:getSim", "Sim:*", "*", "Group:*", "Sim:setSimGroup"])

STATEMENTS = st.builds(Statement, st.booleans(), st.lists(APIS, min_size=1).map(tuple), st.sampled_from(["", "x"]))

RANK = {Allowed.NO: 0, Allowed.DEPENDS: 1, Allowed.YES: 2}


@given(st.lists(STATEMENTS), STATEMENTS, APIS.filter(lambda api: "*" not in api))
def test_a_denial_never_allows_more_a_permission_never_less_and_the_order_is_irrelevant(statements, one, operation):
    before, after = is_allowed(statements, operation), is_allowed([*statements, one], operation)
    assert RANK[after] >= RANK[before] if one.allows else RANK[after] <= RANK[before]
    assert is_allowed([one, *reversed(statements)], operation) is after


def test_an_operation_that_no_statement_allows_is_denied_and_a_condition_is_not_evaluated():
    assert is_allowed((), "Sim:getSim") is Allowed.NO
    assert is_allowed([Statement(True, ("*",)), Statement(False, ("Sim:getSim",))], "Sim:getSim") is Allowed.NO
    assert is_allowed([Statement(True, ("Sim:*",), "ipAddress('192.0.2.0/24')")], "Sim:getSim") is Allowed.DEPENDS
    assert set(missing("hook", [Statement(True, ("Sim:*",))])) == {"Group:listGroups", "Order:listOrderedSubscribers"}


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", '{"statements": {}}', '{"statements": [1]}', '{"statements": [{"effect": "maybe", "api": "*"}]}'],
)
def test_any_other_document_is_refused(text):
    with pytest.raises(Failure):
        statements_of(text)


def test_every_operation_is_in_the_published_document():
    place = os.environ.get("SORACOM_OPENAPI")
    if not place:
        pytest.skip("SORACOM_OPENAPI does not name the published document")
    document = yaml.load(Path(place).read_text(), Loader=yaml.CSafeLoader)
    calls_of = [one for path in document["paths"].values() for one in path.values() if isinstance(one, dict)]
    names = {f"{tag}:{one['operationId']}" for one in calls_of for tag in one.get("tags", ()) if "operationId" in one}
    assert {operation for role in ROLES.values() for operation in role} <= names
