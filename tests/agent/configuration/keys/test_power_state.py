"""`power_state`, `absent` and `enforce`: keys of a line each."""

import pytest

from agent.configuration.keys import absent, power_state
from agent.configuration.problems import Fault
from agent.configuration.resolving import Names, resolve, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.effects import Power, PowerState, RemoveFile, WantedEffect
from agent.reasons import DocumentKey
from agent.settings import ApplySettings

SCHEMA = userdata_schema()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"mode": "reboot"}, PowerState(Power.REBOOT, 0.0)),
        ({"mode": "poweroff", "delay": "now"}, PowerState(Power.POWEROFF, 0.0)),
        ({"mode": "reboot", "delay": "+5"}, PowerState(Power.REBOOT, 300.0)),
    ],
)
def test_a_delay_is_in_minutes(written, meant):
    assert list(power_state.render(written)) == [WantedEffect(meant, DocumentKey(("power_state",)))]


@pytest.mark.parametrize("written", [{"mode": "{{ tags.x }}"}, {"mode": "reboot", "delay": "{{ tags.x }}"}])
def test_what_waits_for_a_value_is_only_a_fault(written):
    assert all(isinstance(item, Fault) for item in power_state.render(written))


def test_each_absent_path_is_removed():
    assert list(absent.render(["/etc/motd"])) == [WantedEffect(RemoveFile("/etc/motd"), DocumentKey(("absent", 0)))]


def test_a_document_can_enforce_all_its_files():
    nobody = Names({}, {}, {})
    for text, enforced in ((b"enforce: true", [True, True]), (b"enforce: false", [False, True])):
        userdata = text + b"\nwrite_files: [{path: /a}, {path: /b, enforce: true}]"
        assert [item.enforce for item in wanted_effects(resolve(userdata, nobody, SCHEMA), ApplySettings())] == enforced
