"""The real command against a simulated SORACOM: what a pass asks, applies, reports and repeats."""

import hashlib
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rig import GROUP, IMEI, IMSI, USERDATA, Rig

from simulator import faults as http
from simulator.soracom import Switches


def test_a_first_pass_configures_the_gateway_and_reports_it(rig):
    code, result = rig.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    root = rig.gateway.root
    assert (root / "etc/hostname").read_text() == "gw-tokyo\n"
    assert (root / "etc/telemetry/telemetry.conf").read_text() == f"imei = {IMEI}\n"
    assert (root / "etc/telemetry/telemetry.conf").stat().st_mode & 0o7777 == 0o640
    assert str((root / "etc/localtime").readlink()) == "/usr/share/zoneinfo/Asia/Tokyo"
    tags = rig.tags
    assert (tags["kitting_state"], tags["kitting_imei"], tags["serial"]) == ("provisioned", IMEI, "S3R1AL")
    assert tags["kitting_config"] == result["configuration"]
    assert tags["site"] == "tokyo"
    assert rig.status()["state"] == "provisioned"


def test_the_first_pass_asks_two_things_side_by_side_and_its_report_over_a_new_connection_confirms(rig):
    rig.provision()
    asked = [(request.method, request.path) for request in rig.platform.requests]
    assert set(asked[:2]) == {("GET", "/v1/subscriber"), ("GET", "/v1/userdata")}
    assert asked[2:] == [("PUT", "/v1/subscriber/tags")]
    assert rig.server.connections == 3


def test_a_later_pass_asks_over_one_connection_until_it_has_applied_something(rig):
    rig.provision()
    before = rig.server.connections
    rig.platform.set_userdata(GROUP, USERDATA.replace("gw-", "second-"))
    assert rig.provision()[1]["event"] == "confirmed"
    assert rig.server.connections == before + 2


def test_a_second_pass_changes_nothing_restarts_nothing_and_sends_nothing(rig):
    rig.provision()
    before, tags, connections = rig.tree(), rig.tags, rig.server.connections
    times = {path: path.lstat().st_mtime_ns for path in rig.gateway.root.rglob("*")}
    rig.platform.forget_requests()
    code, result = rig.provision()
    assert (code, result["event"], result["outcome"]) == (os.EX_OK, "unchanged", None)
    assert {path: path.lstat().st_mtime_ns for path in rig.gateway.root.rglob("*")} == times
    assert (rig.tree(), rig.tags) == (before, tags)
    assert [request.method for request in rig.platform.requests] == ["GET", "GET"]
    assert rig.server.connections == connections + 1


def test_a_rollback_stays_in_force_until_the_userdata_changes(rig):
    rig.provision()
    first, config = rig.tree(), rig.tags["kitting_config"]
    rig.platform.set_userdata(GROUP, USERDATA.replace("gw-", "second-"))
    rig.provision()
    assert rig.tags["kitting_config"] != config
    assert rig.gateway.ask("rollback").returncode == os.EX_OK
    assert (rig.tree(), rig.status()["state"], rig.status()["configuration"]) == (first, "rolled_back", config)
    code, result = rig.provision()
    assert (code, result["event"], result["failure"]["code"]) == (os.EX_TEMPFAIL, "still_given_up", "apply.rolled_back")
    assert rig.tree() == first
    assert (rig.tags["kitting_state"], rig.tags["kitting_config"]) == ("rolled_back", config)
    rig.platform.set_userdata(GROUP, USERDATA.replace("gw-", "third-"))
    assert rig.provision()[1]["state"] == "provisioned"


CUT_OFF = """
import itertools, os, sys
from agent.commands import root_order
moment = int(sys.argv.pop(1))
saves, save = itertools.count(1), root_order.save
root_order.save = lambda *given: os._exit(9) if next(saves) == moment else save(*given)
from agent.cli import main
main()
"""
"""The command `rollback`, whose power is cut at its first or its second save."""


@pytest.mark.parametrize("moment", [1, 2])
def test_a_rollback_that_is_cut_off_is_remembered_by_the_next_pass_or_did_not_happen(rig, moment):
    rig.provision()
    configs, trees = [rig.tags["kitting_config"]], [rig.tree()]
    rig.platform.set_userdata(GROUP, USERDATA.replace("gw-", "second-"))
    rig.provision()
    configs.append(rig.tags["kitting_config"])
    trees.append(rig.tree())
    words = [sys.executable, "-c", CUT_OFF, str(moment), "--config", str(rig.gateway.settings), "rollback"]
    assert subprocess.run(words, check=False, cwd=Path(__file__).parents[3]).returncode == 9
    back = moment == 2
    _, result = rig.provision()
    assert result["event"] == ("still_given_up" if back else "unchanged")
    assert rig.tree() == trees[0 if back else 1]
    assert rig.status()["configuration"] == rig.tags["kitting_config"] == configs[0 if back else 1]


def test_a_scrub_order_removes_everything_sensitive(rig):
    rig.settings(f'state = "{rig.gateway.state}"\n[identity]\norders = ["scrub", "release"]')
    rig.platform.set_userdata(GROUP, USERDATA.replace("report:", SECRET + "report:"))
    rig.provision()
    assert (rig.gateway.root / "etc/token").exists()
    rig.platform.set_tag(IMSI, "kitting_order", "scrub")
    code, result = rig.provision()
    assert (code, result["state"], result["failure"]["code"]) == (os.EX_NOPERM, "blocked", "identity.held")
    assert not (rig.gateway.root / "etc/token").exists()
    assert rig.tags["kitting_obeyed"] == "scrub"
    rig.platform.set_tag(IMSI, "kitting_order", "release")
    assert rig.provision()[1]["state"] == "provisioned"
    assert (rig.gateway.root / "etc/token").exists()


CANARY = "c4n4ry-71c3b0"


SECRET = f"""\
  - path: /etc/token
    sensitive: true
    content: "token = {CANARY}\\n"
"""


def test_a_secret_is_only_in_its_file_and_in_files_that_only_root_reads(rig):
    rig.platform.set_userdata(GROUP, USERDATA.replace("report:", SECRET + "report:"))
    shown = [rig.gateway.ask(*words) for words in (("plan",), ("provision",), ("status", "--json"), ("doctor",))]
    assert (rig.gateway.root / "etc/token").read_text() == f"token = {CANARY}\n"
    assert all(CANARY not in done.stdout + done.stderr for done in shown)
    assert CANARY not in str(rig.tags)
    holding = [path for path in rig.gateway.state.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in holding)


class Files(BaseHTTPRequestHandler):
    """A host with one file, which it loses in the middle once."""

    content = bytes(range(256)) * 40_000
    losses = 1

    def do_GET(self):
        begin = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if begin else 200)
        self.send_header("Content-Range", f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}")
        self.send_header("Content-Length", str(len(self.content) - begin))
        self.end_headers()
        end = begin + 1_000_000 if Files.losses else len(self.content)
        Files.losses = 0
        self.wfile.write(self.content[begin:end])

    def log_message(self, *_):
        pass


def test_a_large_file_is_fetched_in_two_parts_and_put_in_place(rig):
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        place = f"127.0.0.1:{host.server_port}"
        rig.settings(f'root = "{rig.gateway.root}"\nsources = ["{place}"]')
        digest = hashlib.sha256(Files.content).hexdigest()
        source = f"{{url: 'http://{place}/f', sha256: {digest}, size: {len(Files.content)}}}"
        rig.platform.set_userdata(GROUP, f"write_files: [{{path: /opt/firmware.bin, source: {source}}}]")
        code, result = rig.provision()
        assert (code, result["state"]) == (os.EX_OK, "provisioned")
        assert (rig.gateway.root / "opt/firmware.bin").read_bytes() == Files.content
        rig.platform.set_userdata(
            GROUP, f"write_files: [{{path: /opt/x, source: {source.replace(place, 'elsewhere')}}}]"
        )
        code, result = rig.provision()
        assert (result["state"], result["failure"]["code"]) == ("failed", "userdata.not_allowed")
        host.shutdown()


def test_a_provisioned_device_asks_one_small_question(rig):
    rig.provision()
    rig.provision()
    for path in ("/v1/userdata", "/v1/subscriber.lastModifiedTime", "/v1/userdata"):
        rig.platform.forget_requests()
        code, result = rig.provision()
        assert (code, result["event"], result["state"]) == (os.EX_OK, "unchanged", "provisioned")
        assert [request.path for request in rig.platform.requests] == [path]


def test_a_quiet_poll_notices_a_changed_tag(rig):
    rig.provision()
    rig.provision()
    rig.platform.set_tag(IMSI, "site", "osaka")
    rig.provision()
    rig.provision()
    assert (rig.gateway.root / "etc/hostname").read_text() == "gw-osaka\n"


def test_services_are_only_recorded_below_another_root(rig):
    _, result = rig.provision()
    assert result["outcome"]["recorded"] is True
    assert any("telemetry.service" in change["where"] for change in result["outcome"]["changes"])


@pytest.mark.parametrize("position", [403, 405, 400])
def test_with_a_read_only_service_the_configuration_is_applied_and_the_report_kept(tmp_path, position):
    rig = Rig(tmp_path / "gw", Switches(read_only_status=position))
    try:
        rig.platform.change_group(GROUP, readonly=True)
        code, result = rig.provision()
        assert (code, result["state"]) == (os.EX_OK, "provisioned")
        assert [notice["code"] for notice in result["notices"]] == ["report.read_only"]
        assert "kitting_state" not in rig.tags
        assert rig.status()["notice"]["code"] == "report.read_only"
        rig.platform.change_group(GROUP, readonly=False)
        _, result = rig.provision()
        assert (result["outcome"], rig.tags["kitting_state"]) == (None, "provisioned")
    finally:
        rig.close()


def test_a_report_whose_answer_was_lost_is_not_applied_twice(rig):
    rig.faults.add(http.LostAnswer(), path="/v1/subscriber/tags", times=1)
    code, result = rig.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    code, result = rig.provision()
    assert (result["event"], rig.tags["kitting_state"]) == ("unchanged", "provisioned")


def test_a_report_that_cannot_be_sent_is_kept(rig):
    rig.faults.add(http.ServerError(503), path="/v1/subscriber/tags")
    code, result = rig.provision()
    assert (code, [notice["code"] for notice in result["notices"]]) == (os.EX_OK, ["report.not_sent"])
    rig.faults.clear()
    rig.provision()
    assert rig.tags["kitting_state"] == "provisioned"
