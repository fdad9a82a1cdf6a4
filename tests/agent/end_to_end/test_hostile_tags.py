"""Whatever stands in the tags of the SIM, no command of the agent shows what cannot be seen."""

import json
import re

import pytest
from rig import IMSI

from agent.visible_text import HIDDEN

HOSTILE = "gw\x1b[2J\x07\u202e\u200b\r\nFORGED: all well\x85FORGED\u2028FORGED東京　本社"
COMMANDS = [
    ["identify"],
    ["provision"],
    ["status"],
    ["plan"],
    ["doctor"],
    ["provision", "--json"],
    ["identify", "--json"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_everything_that_a_command_shows_is_clean(rig, words):
    for name in ("name", "site", "kitting_order", "kitting_state", HOSTILE):
        rig.platform.set_tag(IMSI, name, HOSTILE)
    done = rig.gateway.ask(*words)
    lines = [*done.stdout.split("\n"), *done.stderr.split("\n")]
    assert [line for line in lines if re.search(HIDDEN, line)] == []
    assert [line for line in lines if line.startswith("FORGED")] == []
    if "--json" in words:
        json.loads(done.stdout)
