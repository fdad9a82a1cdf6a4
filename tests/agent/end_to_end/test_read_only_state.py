"""The disk with the state is read-only: the gateway goes on, applies nothing new, and says so."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from rig import GROUP, USERDATA

from agent.resident.daemon import claim

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")


@contextmanager
def read_only(place):
    """A directory whose disk refuses every write."""
    for words in (["--bind", place, place], ["-o", "remount,ro,bind", place]):
        subprocess.run(["mount", *map(str, words)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_provisioned_gateway_reports_its_disk_and_stays_as_it_is(rig):
    rig.provision()
    tree = rig.tree()
    rig.platform.set_userdata(GROUP, USERDATA.replace("gw-", "second-"))
    with read_only(rig.gateway.state):
        code, result = rig.provision()
        status, screen = rig.status(), rig.gateway.ask("status").stdout
    assert (code, result["failure"]["code"]) == (os.EX_CANTCREAT, "state.unwritable")
    assert rig.tree() == tree
    assert rig.tags["kitting_state"] == "provisioned"
    assert rig.tags["kitting_error"].startswith("state.unwritable: ")
    assert status["disk"]["message"] == "the disk is read-only"
    assert "worn out" in status["what_to_do"]
    assert "state.unwritable" in screen
    assert rig.provision()[1]["state"] == "provisioned"
    assert rig.tags["kitting_error"] == ""


def test_a_gateway_with_nothing_to_do_reports_its_disk_too(rig):
    rig.provision()
    with read_only(rig.gateway.state):
        rig.provision()
        rig.platform.forget_requests()
        rig.provision()
        assert rig.tags["kitting_error"].startswith("state.unwritable: ")
        assert not [request for request in rig.platform.requests if request.method != "GET"]


def test_a_new_gateway_reports_its_disk_and_applies_nothing(rig):
    tree = rig.tree()
    rig.gateway.state.mkdir()
    with read_only(rig.gateway.state):
        code, result = rig.provision()
    assert (code, result["failure"]["code"], rig.tree()) == (os.EX_CANTCREAT, "state.unwritable", tree)
    assert rig.tags["kitting_error"].startswith("state.unwritable: ")


def test_the_resident_goes_on_without_its_lock(tmp_path, capfd):
    with read_only(tmp_path):
        assert claim(str(tmp_path))
        assert "the passes go on" in capfd.readouterr().err


def test_the_resident_is_still_the_only_one_where_the_lock_is_there(tmp_path):
    (tmp_path / "resident.lock").write_text("1\n")
    words = [sys.executable, "-c", HELD, str(tmp_path)]
    with (
        read_only(tmp_path),
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as first,
    ):
        assert first.stdout.readline() == "True\n"
        assert not claim(str(tmp_path))
        first.stdin.close()


CHECKOUT = Path(__file__).parents[3]
HELD = """
import sys
from agent.resident.daemon import claim
print(claim(sys.argv[1]), flush=True)
sys.stdin.read()
"""
