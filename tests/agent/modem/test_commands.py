"""The closed list of commands that may be sent to a modem."""

import pytest

from agent.modem.commands import may_be_sent


@pytest.mark.parametrize(
    "command", ["AT+CMGD=1", "AT+CNMI=2,1,0,0,0;+CFUN=0", "AT+CNMI=2,1,0,0,0\rAT+EGMR=1", "AT+CMGS=1"]
)
def test_nothing_can_be_smuggled_in(command):
    assert not may_be_sent(command)
