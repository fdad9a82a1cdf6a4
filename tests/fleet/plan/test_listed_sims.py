"""Which SIM each row of a plan's list names."""

from dataclasses import replace

import pytest
from kitting_plans import plan

from agent.errors import Code, Failure
from agent.identity import Imsi
from fleet.plan.listed_sims import rows_of_sims
from fleet.plan.plan import ByList, WantedSim
from fleet.platform.sim import Sim, Status

HOME, ABROAD, ICCID = "001010000000001", "901280000000001", "8942310000000000901"
ROAMING = Sim(
    "8942310000000000001", Imsi(ABROAD), Status.ACTIVE, numbers=frozenset({"8942310000000000001", HOME, ABROAD, ICCID})
)
OTHER = Sim("8942310000000000002", None, Status.READY, numbers=frozenset({"8942310000000000002", "001010000000002"}))


def rows(*listed):
    return rows_of_sims(replace(plan(), source=ByList(listed)), (ROAMING, OTHER))


@pytest.mark.parametrize(
    "row",
    [WantedSim(ROAMING.sim_id), WantedSim("", HOME), WantedSim("", ABROAD), WantedSim(ICCID), WantedSim(ICCID, HOME)],
)
def test_a_sim_is_known_by_each_of_its_numbers_while_it_roams(row):
    assert rows(row) == {ROAMING.sim_id: row}


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ([WantedSim(ROAMING.sim_id, line=2), WantedSim("", HOME, line=3)], "lines 2 and 3 name one SIM"),
        ([WantedSim("", HOME, line=4), WantedSim("", ABROAD, line=2)], "lines 2 and 4 name one SIM"),
        ([WantedSim(ROAMING.sim_id, "001010000000002", line=2)], "line 2 names two SIMs: 001010000000002"),
        ([WantedSim(ROAMING.sim_id, "001010000000009", line=5)], "line 5 names two SIMs: 001010000000009"),
    ],
)
def test_rows_that_contradict_each_other_are_refused_with_their_lines(listed, problem):
    with pytest.raises(Failure) as caught:
        rows(*listed)
    assert caught.value.code is Code.PLAN_INVALID
    assert problem in caught.value.detail
