"""`kitting lock`, as a person types it."""

import json
import queue
import signal
import subprocess
import sys

import pytest
from simulated_operator import FIELD
from waiting import started, taken

from agent.errors import Code
from fleet.cli import main

ENDINGS = pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])


@pytest.fixture
def away(signed_in):
    """The operator's devices have reported, and do not come back once their session is deleted."""
    for place in range(3):
        signed_in.kitted(place, name=f"gw-{place}")
    signed_in.connects = signed_in.platform.connect
    signed_in.platform.connect = signed_in.platform.disconnect
    signed_in.cut_off = queue.SimpleQueue()

    def note(request, _):
        if request.path.endswith("/delete_session"):
            signed_in.cut_off.put(request.path)

    signed_in.server.witnesses.append(note)
    return signed_in


def lock_all(order):
    command = [sys.executable, "-m", "fleet", "lock", str(order), "--all-ready"]
    return started(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def stages(order, capsys):
    capsys.readouterr()
    assert main(["watch", str(order), "--json"]) == 0
    return [row["stage"] for row in json.loads(capsys.readouterr().out)]


def test_one_sim_is_locked_by_its_name_or_its_last_digits(signed_in, order, capsys):
    sim = signed_in.kitted(1, name="gw-1")
    assert main(["lock", str(order), "gw-1"]) == 0
    assert main(["lock", str(order), sim.imei[-6:]]) == 0
    assert "was locked" in capsys.readouterr().out
    assert main(["lock", str(order), "gw-1", "--off"]) == 0
    assert signed_in.platform.sim(sim.imsi).imei_lock is None
    assert main(["lock", str(order), "8"]) != 0, "that may be anyone"
    assert main(["lock", str(order)]) == Code.USAGE.exit_code


@pytest.mark.parametrize(
    "number_of",
    [
        lambda sim: sim.sim_id,
        lambda sim: sim.imsi,
        lambda sim: f"42{sim.imsi[-13:]}",
        lambda sim: f"{sim.imei[:6]}-{sim.imei[6:]}",
        lambda sim: sim.tags["serial"],
    ],
    ids=["SIM id", "IMSI", "MSISDN", "IMEI with a dash", "serial"],
)
def test_one_sim_is_locked_by_any_of_its_numbers(signed_in, order, number_of):
    sim = signed_in.kitted(1, serial="RPI-7")
    signed_in.kitted(2, serial="OLD-RPI-7")
    assert main(["lock", str(order), number_of(signed_in.platform.sim(sim.imsi))]) == 0
    assert [one.imei_lock for one in signed_in.platform.sims] == [None, sim.imei, None]


def test_a_killed_desk_leaves_locks_that_do_not_ship_and_that_the_next_run_finishes(away, order, capsys):
    with lock_all(order) as process:
        for _ in range(3):
            taken("a session that is deleted", away.cut_off)
        process.kill()
    assert stages(order, capsys) == ["lock not proved"] * 3
    assert main(["ship", str(order), "--yes"]) == Code.SHIP_REFUSED.exit_code
    assert "3 of 3 SIMs are not ready: gw-0 (lock not proved)" in capsys.readouterr().err
    away.platform.connect = away.connects
    for sim in away.platform.sims[:2]:
        away.platform.connect(sim.imsi)
    assert main(["lock", str(order), "--all-ready"]) == Code.LOCK_TAKEN_OFF.exit_code
    assert "2 locked, 1 failed" in capsys.readouterr().out
    assert [sim.imei_lock for sim in away.platform.sims] == [*(sim.imei for sim in away.platform.sims[:2]), None]
    assert FIELD not in {sim.group_id for sim in away.platform.sims}


@ENDINGS
def test_a_desk_that_is_told_to_end_proves_or_removes_each_lock_and_says_so(away, order, ending):
    with lock_all(order) as process:
        for _ in range(3):
            taken("a session that is deleted", away.cut_off)
        process.send_signal(ending)
        output, errors = process.communicate()
    assert [sim.imei_lock for sim in away.platform.sims] == [None] * 3
    assert "each lock that is under way is proven now or removed" in errors
    assert "gw-0: " in output
    assert "did not connect again before the desk was ended" in output
    assert process.returncode == Code.LOCK_TAKEN_OFF.exit_code
