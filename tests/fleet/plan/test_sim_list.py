"""The CSV file of a plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitting_plans import CSV, IMEI, PLAN

from agent.errors import Code, Failure
from agent.identity import Imei
from fleet.plan.plan import WantedSim
from fleet.plan.plan_document import Files, plan_of
from fleet.plan.plan_file import schemas
from fleet.plan.sim_list import SimList, read_sim_list


def test_each_row_is_a_sim_with_its_tags_and_its_device():
    first, second = read_sim_list(CSV.encode()).sims
    assert first == WantedSim("8942310000000000001", "", {"name": "gw-1", "site": "東京"}, Imei(IMEI))
    assert (second.tags, second.imei) == ({"name": "gw-2", "site": "osaka"}, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has no SIMs"),
        ("simId,name\n", "has no SIMs"),
        ("name\ngw-1\n", "line 2: neither simId nor imsi is a number"),
        ("simId\nabc\n", "line 2: neither simId"),
        ("simId,imei\n1,490154203237519\n", "check digit is wrong"),
        ("simId\n1\n1\n", "line 3: this SIM is in the list already"),
        ("simId,name\n1,a,b\n", "line 2: more values"),
        ("simId,kitting_state\n1,done\n", "kitting_state is reserved"),
        ('simId,name\n1,"a\n', "line"),
        ("simId,\n1,a\n", "every column needs a name"),
        ("simId,name,Name\n1,a,b\n", "no two names"),
    ],
)
def test_a_problem_is_named_by_its_line(text, problem):
    assert problem in "; ".join(read_sim_list(text.encode()).problems)


def test_a_problem_of_the_list_is_a_fault_of_the_plan():
    with pytest.raises(Failure) as caught:
        plan_of(PLAN, Files({"sims.csv": b"simId\nabc\n"}), schemas())
    assert caught.value.code is Code.PLAN_INVALID
    assert "line 2, sims.csv: line 2: neither simId" in caught.value.detail


def test_a_list_in_another_encoding_is_refused():
    (problem,) = read_sim_list("simId,site\n1,東京\n".encode("shift-jis")).problems
    assert "UTF-8" in problem


def test_a_list_that_a_spreadsheet_wrote_is_read():
    content = b"\xef\xbb\xbf" + b"IMSI,Name\r\n001010000000001,gw-1\r\n,\r\n"
    assert read_sim_list(content) == SimList((WantedSim("", "001010000000001", {"Name": "gw-1"}),), ())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_content_is_a_list_with_or_without_problems(content):
    found = read_sim_list(content)
    assert found.sims or found.problems
