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
        ("simId\nabc\n", "line 2: simId 'abc' is not a number"),
        ("simId,imei\n1,490154203237519\n", "check digit is wrong"),
        ("simId\n1\n1\n", "lines 2 and 3: both have the simId 1"),
        ("simId,name\n1,a,b\n", "line 2: more values"),
        ("simId,kitting_state\n1,done\n", "kitting_state is reserved"),
        ('simId,name\n1,"a\n', "line"),
        ("simId,imei\n1,490154203237518\n2,490154203237518\n", "lines 2 and 3: both have the imei"),
        ("simId,name\n8.94231E+18,a\n", "line 2: simId 8.94231E+18: a spreadsheet has rounded"),
        ("simId\n8942310000000000000\n8942310000000010000\n", "line 2: the SIM ids end in zeros"),
        ("imsi\n1010000000001\n", "13 digits instead of 15: a spreadsheet has removed zeros"),
        ("simId,imei\n1,49015420323751\n", "14 digits instead of 15"),
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
    assert "line 2, sims.csv: line 2: simId" in caught.value.detail


def test_a_list_in_another_encoding_is_refused():
    (problem,) = read_sim_list("simId,site\n1,caf\xe9\n".encode("latin-1")).problems
    assert "UTF-8" in problem


JAPANESE = "SIM ID,名前,設置場所,IMEI\r\n8942310000000000001,ゲート１,東京,490154203237518\r\n"


@pytest.mark.parametrize(
    "content",
    [
        JAPANESE.encode("cp932"),
        JAPANESE.encode("utf-16"),
        JAPANESE.replace(",", "\t").encode("utf-8-sig"),
        JAPANESE.replace(",", ";").encode(),
        JAPANESE.replace("8942310000000000001", "８９４２３１００００００００００００１").encode(),
        JAPANESE.replace("8942310000000000001", '"=""8942310000000000001"""').encode(),
        JAPANESE.replace("490154203237518", " 490154 203237518 ").encode(),
    ],
    ids=["cp932", "utf-16", "tab", "semicolon", "full width", "formula", "spaces"],
)
def test_the_file_of_a_japanese_spreadsheet_is_read(content):
    tags = {"name": "ゲート１", "設置場所": "東京"}
    assert read_sim_list(content) == SimList((WantedSim("8942310000000000001", "", tags, Imei(IMEI)),), ())


def test_a_list_that_a_spreadsheet_wrote_is_read():
    content = b"\xef\xbb\xbf" + b"IMSI,Name\r\n001010000000001,gw-1\r\n,\r\n"
    assert read_sim_list(content) == SimList((WantedSim("", "001010000000001", {"Name": "gw-1"}),), ())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_content_is_a_list_with_or_without_problems(content):
    found = read_sim_list(content)
    assert found.sims or found.problems
