"""`units` → units and drop-ins, and what becomes of them."""

from agent.configuration.keys.units import render
from agent.configuration.problems import Fault
from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey

AGAIN = (ServiceVerb("t.service", Verb.RESTART),)


def file(path, content, then=AGAIN):
    return WantedEffect(
        WriteFile(f"/etc/systemd/system/{path}", content, 0o644, "root:root"), DocumentKey(("units", 0)), then=then
    )


def test_a_unit_has_its_file_and_drop_ins_and_starts_at_boot():
    unit = {
        "name": "t.service",
        "content": "[Service]\n",
        "dropins": [{"name": "a.conf", "content": "x\n"}],
        "enabled": True,
    }
    assert list(render([unit])) == [
        file("t.service", b"[Service]\n"),
        file("t.service.d/a.conf", b"x\n"),
        WantedEffect(ServiceVerb("t.service", Verb.ENABLE), DocumentKey(("units", 0))),
    ]


def test_a_unit_may_be_left_running():
    unit = {"name": "t.service", "dropins": [{"name": "a.conf", "content": "x\n"}], "restart": False, "enabled": False}
    assert list(render([unit])) == [
        file("t.service.d/a.conf", b"x\n", ()),
        WantedEffect(ServiceVerb("t.service", Verb.DISABLE), DocumentKey(("units", 0))),
    ]


def test_a_masked_unit_is_stopped_and_masked_and_nothing_else():
    assert list(render([{"name": "t.service", "mask": True}])) == [
        WantedEffect(ServiceVerb("t.service", verb), DocumentKey(("units", 0))) for verb in (Verb.STOP, Verb.MASK)
    ]
    (fault,) = render([{"name": "t.service", "mask": True, "content": "x"}])
    assert isinstance(fault, Fault)
