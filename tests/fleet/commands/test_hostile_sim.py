"""Whatever a device writes into its tags, no command shows a character that cannot be seen, or a line of the device."""

import json
import re

import pytest

from agent.visible_text import HIDDEN
from fleet.cli import main

HOSTILE = "gw\x1b[2J\x07\u202e\u200b\r\nFORGED: all locked\x85FORGED\u2028FORGED東京　本社" + "x" * 200
TAGS = (
    *("name", "kitting_state", "kitting_imei", "kitting_config", "kitting_at", "kitting_agent", "kitting_error"),
    *("kitting_obeyed", "desk_record", "site"),
)
COMMANDS = [
    ["prepare", "PLAN", "--yes"],
    ["watch", "PLAN", "--once"],
    ["watch", "PLAN", "--json"],
    ["abnormal", "PLAN"],
    ["lock", "PLAN", "--all-ready"],
    ["ledger", "PLAN"],
    ["ledger", "PLAN", "--for-spreadsheet"],
    ["ledger", "PLAN", "--json"],
    ["ship", "PLAN", "--yes"],
    ["ship", "PLAN", "--yes", "--force", "customer waits"],
    ["throttle", "SIM"],
    ["stop", "SIM"],
    ["resume", "SIM"],
    ["reprovision", "SIM", "--yes"],
    ["swap", "PLAN", "SIM", "--yes"],
    ["return", "PLAN", "SIM"],
    ["stop", HOSTILE],
]


@pytest.mark.parametrize("kitted", [True, False], ids=["kitted", "new"])
def test_everything_that_a_command_shows_is_clean(order, signed_in, capsys, kitted):
    sim = signed_in.platform.sims[0]
    order.with_name("sims.csv").write_text("simId\n" + "".join(f"{sim_id}\n" for sim_id in signed_in.sim_ids))
    if kitted:
        signed_in.kitted(0)
    for name in TAGS:
        if not (kitted and name in {"kitting_state", "kitting_imei"}):
            signed_in.platform.set_tag(sim.imsi, name, HOSTILE)
    shown_hostile = False
    for words in COMMANDS:
        main([{"PLAN": str(order), "SIM": sim.sim_id}.get(word, word) for word in words])
        shown, errors = capsys.readouterr()
        is_for_spreadsheet = "--for-spreadsheet" in words
        lines = (shown.removeprefix("\ufeff") if is_for_spreadsheet else shown).split("\n") + errors.split("\n")
        assert [line for line in lines if re.search(HIDDEN, line)] == [], words
        assert [line for line in lines if line.startswith("FORGED")] == [], words
        shown_hostile = shown_hostile or "東京　本社" in shown
    assert shown_hostile


def test_a_program_gets_the_text_as_it_is(order, signed_in, capsys):
    sim = signed_in.platform.sims[0]
    order.with_name("sims.csv").write_text(f"simId\n{sim.sim_id}\n")
    signed_in.platform.set_tag(sim.imsi, "name", HOSTILE)
    assert main(["watch", str(order), "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == [HOSTILE]
