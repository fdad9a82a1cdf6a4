"""The SIM and the modem that the tests' documents are filled in for."""

import pytest

from agent.configuration.resolving import Names


@pytest.fixture
def this_sim():
    return Names(
        tags={
            "site": "osaka-1",
            "my.tag": "dotted",
            "words": "two words; reboot",
            "lines": "a\nevil = 1",
            "climb": "../root/.profile",
            "braces": "{{ tags.site }}",
            "yaml": "x\nruncmd: [reboot]",
        },
        subscriber={"imsi": "001010000000001", "iccid": "8981000000000000001", "sim_id": "8981000000000000001"},
        equipment={"imei": "490154203237518", "iccid": "8981000000000000001"},
    )
