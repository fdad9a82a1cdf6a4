"""Waking a device by SMS."""

from agent.settings import WAKE_TEXT
from fleet.field.waking import wake_device
from fleet.platform.calls import sim_calls


def test_the_sms_has_the_text_that_starts_a_pass(operator):
    wake_device(operator.api, sim_calls.one_sim(operator.api, operator.sim_ids[0]))
    assert operator.account.messages == [(operator.sim_ids[0], WAKE_TEXT)]
