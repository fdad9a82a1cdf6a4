"""Whether the userdata of a plan is valid for each of its SIMs."""

from kitting_plans import FILES, PLAN, plan

from agent.configuration.schema_file import userdata_schema
from fleet.plan.plan import WantedSim
from fleet.plan.plan_document import Files
from fleet.plan.userdata_fit import unfit_sims
from fleet.platform.sim import Sim, Status

SIM = Sim("8942310000000000001", None, Status.READY)


def unfit(userdata, wanted, sim=SIM):
    found = plan(PLAN, Files({**FILES.contents, "userdata.yaml": userdata}))
    return list(unfit_sims(found, [(wanted, sim)], userdata_schema()))


def test_userdata_that_is_filled_in_for_a_sim_may_be_valid():
    assert unfit(b"hostname: '{{ tags.name }}'\n", WantedSim("1", tags={"name": "gw-1"})) == []


def test_a_sim_without_the_tag_is_named_with_both_groups():
    found = unfit(b"hostname: '{{ tags.room }}'\n", WantedSim("1", tags={"name": "gw-1"}))
    assert [one.group for one in found] == ["alpha-bench", "alpha-field"]
    assert str(found[0]).startswith("alpha-bench, SIM gw-1 (8942310000000000001): userdata.")
    assert "tags.room" in found[0].failure.detail


def test_a_value_that_makes_the_document_invalid_is_found():
    assert unfit(b"hostname: '{{ tags.name }}'\n", WantedSim("1", tags={"name": "no host name"}))


def test_numbers_of_a_modem_that_was_never_online_are_examples():
    assert unfit(b"hostname: 'gw-{{ equipment.imei }}'\n", WantedSim("1")) == []
