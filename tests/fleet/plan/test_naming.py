"""SIMs without a name get one by the plan's pattern."""

from fleet.plan.naming import with_names
from fleet.plan.plan import WantedSim
from fleet.platform.sim import Sim, Status


def pair(sim_id, name="", listed=""):
    tags = {"name": name} if name else {}
    return WantedSim(sim_id, tags={"name": listed} if listed else {}), Sim(sim_id, None, Status.READY, tags=tags)


def names(pattern, *pairs):
    return [wanted.tags.get("name") for wanted, _ in with_names(pattern, pairs)]


def test_names_follow_the_order_of_the_sim_ids():
    assert names("gw-{n:03}", pair("3"), pair("1"), pair("2")) == ["gw-003", "gw-001", "gw-002"]


def test_a_sim_that_has_a_name_keeps_it_and_its_number_is_not_given_again():
    assert names("gw-{n}", pair("1"), pair("2", name="gw-1"), pair("3", listed="gw-2"), pair("4")) == [
        "gw-3",
        None,
        "gw-2",
        "gw-4",
    ]


def test_without_a_pattern_no_sim_is_named():
    assert names(None, pair("1")) == [None]
