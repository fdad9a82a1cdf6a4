"""`services` → what systemd is asked to do."""

import pytest

from agent.configuration.keys.services import render, unit_name
from agent.configuration.problems import Fault
from agent.effects import ServiceVerb, Verb, WantedEffect
from agent.reasons import DocumentKey


def test_what_goes_makes_room_for_what_comes():
    services = {
        "restart": ["d"],
        "start": ["s"],
        "enable": ["c.timer"],
        "mask": ["b.service"],
        "stop": ["e"],
        "disable": ["a"],
    }
    assert list(render(services)) == [
        WantedEffect(ServiceVerb("a.service", Verb.DISABLE), DocumentKey(("services", "disable", 0))),
        WantedEffect(ServiceVerb("e.service", Verb.STOP), DocumentKey(("services", "stop", 0))),
        WantedEffect(ServiceVerb("b.service", Verb.STOP), DocumentKey(("services", "mask", 0))),
        WantedEffect(ServiceVerb("b.service", Verb.MASK), DocumentKey(("services", "mask", 0))),
        WantedEffect(ServiceVerb("c.timer", Verb.ENABLE), DocumentKey(("services", "enable", 0))),
        WantedEffect(ServiceVerb("s.service", Verb.START), DocumentKey(("services", "start", 0))),
        WantedEffect(ServiceVerb("d.service", Verb.RESTART), DocumentKey(("services", "restart", 0))),
    ]


@pytest.mark.parametrize(
    ("unit", "name"),
    [("a", "a.service"), ("a.service", "a.service"), ("a@b.c", "a@b.c.service"), ("a.timer", "a.timer")],
)
def test_a_unit_without_a_type_is_a_service(unit, name):
    assert unit_name(unit) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("enable", "disable"),
        ("enable", "mask"),
        ("restart", "mask"),
        ("start", "mask"),
        ("start", "stop"),
        ("restart", "stop"),
    ],
)
def test_a_unit_cannot_be_asked_for_two_opposites(one, other):
    faults = [item for item in render({one: ["a"], other: ["b", "a.service"]}) if isinstance(item, Fault)]
    assert faults == [Fault(("services", other, 1), f"is named under {one} as well")]
