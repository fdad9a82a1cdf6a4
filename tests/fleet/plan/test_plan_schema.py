"""The schema of plans."""

import pytest
from kitting_plans import PLAN

from agent.configuration.document import parse
from agent.configuration.problems import Fault
from fleet.plan.plan_file import schemas
from fleet.plan.plan_schema import schema_faults

VALID = parse(PLAN).content


def faults(**instead):
    return list(schema_faults({**VALID, **instead}, schemas().plan))


def test_every_key_of_the_schema_has_a_title():
    def titles(rules):
        for inner in rules.get("properties", {}).values():
            assert "title" in inner or "$ref" in inner
            titles(inner)

    titles(schemas().plan)


def test_a_plan_that_fits_has_no_faults():
    assert faults() == []


def test_a_missing_key_is_a_fault_of_the_object_around_it():
    assert faults(groups={"before": {}}) == [Fault(("groups", "before"), "lacks name")]


def test_an_unknown_key_is_named_with_the_known_ones():
    (fault,) = faults(expect={"megabytes": 1})
    assert fault == Fault(("expect", "megabytes"), "unknown key; known here: megabytes_a_day, seen_within_hours")


@pytest.mark.parametrize(
    ("instead", "fault"),
    [
        ({"name": "a: b"}, Fault(("name",), "takes the name of the order, as the desk shows it")),
        (
            {"expect": {"megabytes_a_day": 0}},
            Fault(("expect", "megabytes_a_day"), "takes the most megabytes that a SIM carries in a day"),
        ),
    ],
)
def test_a_wrong_value_is_a_fault_with_the_title_of_its_key(instead, fault):
    assert faults(**instead) == [fault]
