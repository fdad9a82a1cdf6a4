"""A wrong document, a failed step, a lost service and a damaged state: nothing stays half done."""

import os

import pytest
from rig import GROUP, IMSI, USERDATA

from simulator import faults as http


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("hostnam: x\n", "userdata.unknown_key", os.EX_DATAERR),
        ("hostname: [\n", "userdata.syntax", os.EX_DATAERR),
        ("hostname: under_score\n", "userdata.invalid", os.EX_DATAERR),
        ("hostname: gw-{{ tags.nowhere }}\n", "userdata.undefined", os.EX_DATAERR),
        ("runcmd: [reboot]\n", "userdata.not_allowed", os.EX_NOPERM),
        ("write_files: [{path: /etc/kitting-agent/agent.toml, content: x}]\n", "userdata.not_allowed", os.EX_NOPERM),
    ],
)
def test_a_wrong_document_is_refused_before_anything_is_touched(rig, text, error, code):
    rig.provision()
    before, config = rig.tree(), rig.tags["kitting_config"]
    rig.platform.set_userdata(GROUP, text)
    got, result = rig.provision()
    assert result["failure"]["code"].startswith(error)
    assert (got, result["state"]) == (code, "failed")
    assert rig.tree() == before
    assert (rig.tags["kitting_state"], rig.tags["kitting_config"]) == ("failed", config)
    assert rig.tags["kitting_error"].startswith(error)
    rig.platform.set_userdata(GROUP, USERDATA)
    assert rig.provision()[1]["state"] == "provisioned"
    assert rig.tags["kitting_error"] == ""


def test_a_step_that_fails_takes_all_of_them_back_and_the_document_is_not_tried_again(rig):
    (rig.gateway.root / "etc/telemetry").write_text("a file where a directory has to be")
    before = rig.tree()
    code, result = rig.provision()
    assert (code, result["failure"]["code"], result["state"]) == (os.EX_CANTCREAT, "apply.failed", "failed")
    assert rig.tree() == before
    assert rig.tags["kitting_error"].startswith("apply.failed")
    code, result = rig.provision()
    assert (code, result["event"]) == (os.EX_CANTCREAT, "still_given_up")
    (rig.gateway.root / "etc/telemetry").unlink()
    assert rig.provision()[1]["event"] == "still_given_up"
    rig.platform.set_tag(IMSI, "site", "osaka")
    assert rig.provision()[1]["state"] == "provisioned"


def test_a_configuration_that_cuts_off_the_service_is_undone(rig):
    rig.provision()
    before = rig.tree()
    rig.settings('confirm_within = "1s"')
    rig.faults.add(http.ConnectionReset(), path="/v1/subscriber/tags", times=1)
    rig.faults.add(http.ConnectionReset(), path="/v1/subscriber.imsi")
    rig.platform.set_userdata(GROUP, USERDATA.replace("gw-", "cut-off-"))
    code, result = rig.provision()
    assert (code, result["failure"]["code"], result["state"]) == (
        os.EX_TEMPFAIL,
        "apply.unconfirmed",
        "rolled_back",
    )
    assert rig.tree() == before
    assert rig.tags["kitting_state"] == "rolled_back"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 100, b"[]", b'{"version": 99}', b"x" * 100_000])
def test_a_damaged_state_file_is_reported_and_replaced(rig, content):
    rig.provision()
    before = rig.tree()
    for name in ("state.json", "state.json.previous"):
        (rig.gateway.state / name).write_bytes(content)
    code, result = rig.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    assert [notice["code"] for notice in result["notices"]] == ["state.corrupt"]
    assert rig.tree() == before


def test_a_state_directory_that_cannot_be_made_is_reported(rig):
    rig.settings(f'state = "{rig.gateway.settings}/state"')
    done = rig.gateway.ask("provision")
    assert (done.returncode, done.stdout) == (os.EX_CANTCREAT, "")
    assert "state.unwritable" in done.stderr
