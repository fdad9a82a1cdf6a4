"""Each command of the agent as a person calls it: output, exit code, and what it leaves unchanged."""

import json
import os

import pytest
from rig import GROUP, IMEI, IMSI, USERDATA


def test_a_rollback_without_an_earlier_generation_is_refused(rig):
    done = rig.gateway.ask("rollback", "--json")
    assert (done.returncode, json.loads(done.stdout)["failure"]["code"]) == (os.EX_DATAERR, "order.invalid")


def test_plan_shows_the_difference_and_changes_nothing(rig):
    before = rig.tree()
    done = rig.gateway.ask("plan")
    assert done.returncode == os.EX_OK
    assert "+gw-tokyo" in done.stdout
    assert (rig.tree(), rig.tags.get("kitting_state")) == (before, None)
    rig.provision()
    assert "nothing would change" in rig.gateway.ask("plan").stdout


def test_identify_prints_sim_modem_and_verdict(rig):
    done = rig.gateway.ask("identify", "--json")
    values = json.loads(done.stdout)
    assert done.returncode == os.EX_OK
    assert values["subscriber"]["imsi"] == IMSI
    assert values["equipment"].pop("radio")["registration"] == "home"
    assert values["equipment"] | {"port": "", "model": "", "manufacturer": "", "firmware": ""} == {
        "imei": IMEI,
        "imsi": IMSI,
        "iccid": rig.sim.iccid,
        "manufacturer": "",
        "model": "",
        "firmware": "",
        "port": "",
        "source": "at",
        "others": [],
    }
    assert values["binding"]["verdict"] == "match"


def test_identify_prints_the_equipment_without_an_answer_of_the_service(rig):
    rig.server.stop()
    done = rig.gateway.ask("identify", "--json")
    values = json.loads(done.stdout)
    assert done.returncode == os.EX_TEMPFAIL
    assert (values["subscriber"], values["equipment"]["imei"]) == (None, IMEI)
    assert values["subscriber_not_read"]["code"] == "metadata.unreachable"


def test_doctor_finds_no_fault_on_a_sound_gateway(rig):
    done = rig.gateway.ask("doctor", "--json")
    findings = {finding["name"]: finding["level"] for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == os.EX_OK
    assert set(findings.values()) == {"ok"}


def test_doctor_names_each_fault_with_advice(rig):
    rig.platform.change_group(GROUP, readonly=True, userdata=None)
    rig.gateway.modem.unplug()
    done = rig.gateway.ask("doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == os.EX_UNAVAILABLE
    assert [findings[name]["level"] for name in ("metadata service", "userdata", "report", "modem")] == [
        "ok",
        "fault",
        "warning",
        "warning",
    ]
    assert all(finding["advice"] for finding in findings.values() if finding["level"] != "ok")


def test_doctor_changes_no_tag(rig):
    rig.provision()
    tags = rig.tags
    rig.gateway.ask("doctor")
    assert rig.tags == tags


def test_check_needs_no_sim_and_names_line_and_key(rig, tmp_path):
    document = tmp_path / "userdata.yaml"
    document.write_text("hostname: gw\nwrite_file:\n  - path: /etc/x\n")
    done = rig.gateway.ask("check", str(document))
    assert done.returncode == os.EX_DATAERR
    assert f"{document}:2:1: " in done.stdout
    assert "write_files" in done.stdout
    document.write_text(USERDATA)
    assert rig.gateway.ask("check", str(document)).returncode == os.EX_OK


def test_scrub_needs_to_be_meant_and_then_holds(rig):
    rig.provision()
    assert rig.gateway.ask("scrub").returncode == os.EX_USAGE
    allowed = '\n[identity]\norders = ["hold", "release", "scrub"]\n'
    rig.gateway.settings.write_text(rig.gateway.settings.read_text() + allowed)
    assert rig.gateway.ask("scrub", "--yes").returncode == os.EX_OK
    assert "kitting-agent reprovision --adopt" in rig.gateway.ask("provision").stdout


def test_reprovision_needs_a_resident(rig):
    done = rig.gateway.ask("reprovision")
    assert done.returncode == os.EX_UNAVAILABLE
    assert "resident.absent" in done.stderr


@pytest.mark.parametrize(
    "command", ["provision", "run", "plan", "identify", "status", "check", "reprovision", "scrub", "modem", "doctor"]
)
def test_every_command_has_help_with_an_example(rig, command):
    done = rig.gateway.ask(command, "--help")
    assert done.returncode == os.EX_OK
    assert "example: " in done.stdout


def test_a_wrong_command_line_is_a_usage_error(rig):
    done = rig.gateway.ask("provison")
    assert done.returncode == os.EX_USAGE
    assert "do you mean provision?" in done.stderr


def test_wrong_settings_are_named(rig):
    rig.gateway.settings.write_text('[modem]\nportt = "auto"\n')
    done = rig.gateway.ask("provision")
    assert done.returncode == os.EX_CONFIG
    assert "modem.portt" in done.stderr
