"""The real command against a stand-in for SORACOM, over real sockets and a real terminal.

Every failure that a pass can meet is made to happen to the real process; state, tags, exit code and the files on the
gateway are looked at from outside.
"""

import hashlib
import json
import os
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from waiting import exit_of, until

from simulator import faults as http
from simulator import modem_faults as modem
from simulator.faults import Faults
from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim, Switches

IMSI = "001010000000001"
IMEI = "490154203237518"
OTHER_IMEI = "356938035643809"
GROUP = "11111111-0000-4000-8000-000000000001"
USERDATA = """\
#cloud-config
hostname: gw-{{ tags.site }}
timezone: Asia/Tokyo
write_files:
  - path: /etc/telemetry/telemetry.conf
    permissions: "0640"
    content: "imei = {{ equipment.imei | default('unknown') }}\\n"
    restart: [telemetry.service]
report:
  tags:
    serial: {file: /proc/device-tree/serial-number}
"""


class Bench:
    """One gateway on the bench, and everything that can be done to its surroundings."""

    def __init__(self, place: Path, switches: Switches | None = None) -> None:
        self.sim = Sim(IMSI, imei=IMEI, group_id=GROUP, tags={"name": "gw", "site": "tokyo"})
        self.platform = Platform([self.sim], [Group(GROUP, userdata=USERDATA)], switches)
        self.faults = Faults()
        self.server = MetadataServer(self.platform, faults=self.faults)
        self.server.start()
        self.gateway = Gateway("gw", self.sim, place, self.server, timeout="5m", patience="1s", serial="S3R1AL")
        self.settings('confirm_within = "5m"')
        self.gateway.modem.plug_in()

    def close(self) -> None:
        self.gateway.switch_off()
        self.server.stop()

    @property
    def modem(self):
        return self.gateway.modem.modem

    @property
    def tags(self) -> dict[str, str]:
        return dict(self.platform.sim(IMSI).tags)

    def tree(self) -> dict[str, tuple]:
        """Every file of the gateway: kind, mode, content."""
        return {
            str(path.relative_to(self.gateway.root)): (
                oct(path.lstat().st_mode),
                str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else None,
            )
            for path in sorted(self.gateway.root.rglob("*"))
        }

    def provision(self, *options: str) -> tuple[int, dict]:
        done = self.gateway.ask("provision", "--json", *options)
        assert "Traceback" not in done.stderr + done.stdout
        return done.returncode, json.loads(done.stdout)

    def status(self) -> dict:
        return json.loads(self.gateway.ask("status", "--json").stdout)

    def settings(self, text: str) -> None:
        """Replaces lines of agent.toml: `key = value`."""
        key = text.partition(" = ")[0]
        lines = self.gateway.settings.read_text().splitlines()
        self.gateway.settings.write_text("\n".join(text if line.startswith(f"{key} = ") else line for line in lines))


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path / "gw")
    yield made
    made.close()


def test_a_first_pass_kits_the_gateway_and_says_so(bench):
    code, result = bench.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    root = bench.gateway.root
    assert (root / "etc/hostname").read_text() == "gw-tokyo\n"
    assert (root / "etc/telemetry/telemetry.conf").read_text() == f"imei = {IMEI}\n"
    assert (root / "etc/telemetry/telemetry.conf").stat().st_mode & 0o7777 == 0o640
    assert str((root / "etc/localtime").readlink()) == "/usr/share/zoneinfo/Asia/Tokyo"
    tags = bench.tags
    assert (tags["kitting_state"], tags["kitting_imei"], tags["serial"]) == ("provisioned", IMEI, "S3R1AL")
    assert tags["kitting_config"] == result["configuration"]
    assert tags["site"] == "tokyo"
    assert bench.status()["state"] == "provisioned"


def test_the_first_pass_asks_two_things_side_by_side_and_its_report_over_a_new_connection_confirms(bench):
    bench.provision()
    asked = [(request.method, request.path) for request in bench.platform.requests]
    assert set(asked[:2]) == {("GET", "/v1/subscriber"), ("GET", "/v1/userdata")}
    assert asked[2:] == [("PUT", "/v1/subscriber/tags")]
    assert bench.server.connections == 3


def test_a_later_pass_asks_over_one_connection_until_it_has_applied_something(bench):
    bench.provision()
    before = bench.server.connections
    bench.platform.set_userdata(GROUP, USERDATA.replace("gw-", "second-"))
    assert bench.provision()[1]["event"] == "confirmed"
    assert bench.server.connections == before + 2


def test_a_second_pass_changes_nothing_restarts_nothing_and_sends_nothing(bench):
    bench.provision()
    before, tags, connections = bench.tree(), bench.tags, bench.server.connections
    times = {path: path.lstat().st_mtime_ns for path in bench.gateway.root.rglob("*")}
    bench.platform.forget_requests()
    code, result = bench.provision()
    assert (code, result["event"], result["outcome"]) == (os.EX_OK, "unchanged", None)
    assert {path: path.lstat().st_mtime_ns for path in bench.gateway.root.rglob("*")} == times
    assert (bench.tree(), bench.tags) == (before, tags)
    assert [request.method for request in bench.platform.requests] == ["GET", "GET"]
    assert bench.server.connections == connections + 1


def test_somebody_at_the_device_can_go_back_and_it_stays_back_until_the_userdata_changes(bench):
    bench.provision()
    first = bench.tree()
    bench.platform.set_userdata(GROUP, USERDATA.replace("gw-", "second-"))
    bench.provision()
    assert bench.gateway.ask("rollback").returncode == os.EX_OK
    assert (bench.tree(), bench.status()["state"]) == (first, "rolled_back")
    code, result = bench.provision()
    assert (code, result["event"], result["failure"]["code"]) == (os.EX_TEMPFAIL, "still_bad", "apply.rolled_back")
    assert bench.tree() == first
    assert bench.tags["kitting_state"] == "rolled_back"
    bench.platform.set_userdata(GROUP, USERDATA.replace("gw-", "third-"))
    assert bench.provision()[1]["state"] == "provisioned"


def test_a_device_with_no_configuration_before_this_one_cannot_go_back(bench):
    done = bench.gateway.ask("rollback", "--json")
    assert (done.returncode, json.loads(done.stdout)["failure"]["code"]) == (os.EX_DATAERR, "order.invalid")


def test_the_operator_has_everything_sensitive_removed(bench):
    bench.settings(f'state = "{bench.gateway.state}"\n[identity]\norders = ["scrub", "release"]')
    bench.platform.set_userdata(GROUP, USERDATA.replace("report:", SECRET + "report:"))
    bench.provision()
    assert (bench.gateway.root / "etc/token").exists()
    bench.platform.set_tag(IMSI, "kitting_order", "scrub")
    code, result = bench.provision()
    assert (code, result["state"], result["failure"]["code"]) == (os.EX_NOPERM, "blocked", "identity.held")
    assert not (bench.gateway.root / "etc/token").exists()
    assert bench.tags["kitting_obeyed"] == "scrub"
    bench.platform.set_tag(IMSI, "kitting_order", "release")
    assert bench.provision()[1]["state"] == "provisioned"
    assert (bench.gateway.root / "etc/token").exists()


CANARY = "c4n4ry-71c3b0"
SECRET = f"""\
  - path: /etc/token
    sensitive: true
    content: "token = {CANARY}\\n"
"""


def test_a_secret_is_nowhere_but_in_its_file_and_in_what_only_root_reads(bench):
    bench.platform.set_userdata(GROUP, USERDATA.replace("report:", SECRET + "report:"))
    shown = [bench.gateway.ask(*words) for words in (("plan",), ("provision",), ("status", "--json"), ("doctor",))]
    assert (bench.gateway.root / "etc/token").read_text() == f"token = {CANARY}\n"
    assert all(CANARY not in done.stdout + done.stderr for done in shown)
    assert CANARY not in str(bench.tags)
    holding = [
        path for path in bench.gateway.state.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
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


def test_a_large_file_is_fetched_gone_on_with_and_put_in_place(bench):
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        place = f"127.0.0.1:{host.server_port}"
        bench.settings(f'root = "{bench.gateway.root}"\nsources = ["{place}"]')
        digest = hashlib.sha256(Files.content).hexdigest()
        source = f"{{url: 'http://{place}/f', sha256: {digest}, size: {len(Files.content)}}}"
        bench.platform.set_userdata(GROUP, f"write_files: [{{path: /opt/firmware.bin, source: {source}}}]")
        code, result = bench.provision()
        assert (code, result["state"]) == (os.EX_OK, "provisioned")
        assert (bench.gateway.root / "opt/firmware.bin").read_bytes() == Files.content
        bench.platform.set_userdata(
            GROUP, f"write_files: [{{path: /opt/x, source: {source.replace(place, 'elsewhere')}}}]"
        )
        code, result = bench.provision()
        assert (result["state"], result["failure"]["code"]) == ("failed", "userdata.not_allowed")
        host.shutdown()


def test_a_device_that_has_nothing_to_do_asks_one_small_question(bench):
    bench.provision()
    bench.provision()
    for path in ("/v1/userdata", "/v1/subscriber.lastModifiedTime", "/v1/userdata"):
        bench.platform.forget_requests()
        code, result = bench.provision()
        assert (code, result["event"], result["state"]) == (os.EX_OK, "unchanged", "provisioned")
        assert [request.path for request in bench.platform.requests] == [path]


def test_a_changed_tag_is_seen_by_the_small_question(bench):
    bench.provision()
    bench.provision()
    bench.platform.set_tag(IMSI, "site", "osaka")
    bench.provision()
    bench.provision()
    assert (bench.gateway.root / "etc/hostname").read_text() == "gw-osaka\n"


def test_services_are_only_recorded_below_another_root(bench):
    _, result = bench.provision()
    assert result["outcome"]["recorded"] is True
    assert any("telemetry.service" in change["where"] for change in result["outcome"]["changes"])


LATE = http.Hang | http.SlowHeaders | http.SlowBody
SILENCE = [
    (http.ServerError(503), "metadata.unavailable", os.EX_TEMPFAIL),
    (http.ServerError(500, form="html"), "metadata.unavailable", os.EX_TEMPFAIL),
    (http.TooManyRequests(), "metadata.unavailable", os.EX_TEMPFAIL),
    (http.Hang(), "metadata.timeout", os.EX_TEMPFAIL),
    (http.SlowHeaders(), "metadata.timeout", os.EX_TEMPFAIL),
    (http.SlowBody(), "metadata.t", os.EX_TEMPFAIL),
    (http.CutAnswer(), "metadata.truncated", os.EX_TEMPFAIL),
    (http.ConnectionReset(), "metadata.unreachable", os.EX_TEMPFAIL),
    (http.LostAnswer(), "metadata.unreachable", os.EX_TEMPFAIL),
    (http.HtmlPage(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.EmptyBody(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.HugeBody(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.WrongEncoding(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.BrokenJson(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.WrongType(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.Redirect(), "metadata.not_soracom", os.EX_PROTOCOL),
    (http.CaptivePortal(), "metadata.not_soracom", os.EX_PROTOCOL),
]


def break_service(bench, fault):
    """The fault happens to every request from now on, and the device waits a second where it has to wait."""
    bench.faults.add(fault)
    bench.settings('timeout = "1s"' if isinstance(fault, LATE) else 'timeout = "5m"')


@pytest.mark.parametrize(("fault", "error", "exit_code"), SILENCE, ids=lambda value: type(value).__name__)
def test_no_answer_and_a_wrong_answer_change_nothing(bench, fault, error, exit_code):
    before = bench.tree()
    break_service(bench, fault)
    code, result = bench.provision()
    assert result["failure"]["code"].startswith(error)
    assert (code, result["state"]) == (exit_code, "new")
    assert result["equipment"]["imei"] == IMEI
    assert bench.tree() == before
    assert "kitting_state" not in bench.tags


@pytest.mark.parametrize(("fault", "error", "exit_code"), SILENCE, ids=lambda value: type(value).__name__)
def test_a_provisioned_gateway_stays_what_it_is_when_the_service_fails(bench, fault, error, exit_code):
    bench.provision()
    before, tags = bench.tree(), bench.tags
    break_service(bench, fault)
    code, result = bench.provision()
    assert (code, result["state"]) == (exit_code, "provisioned")
    assert bench.status()["failure"]["code"].startswith(error)
    assert (bench.tree(), bench.tags) == (before, tags)


def test_nobody_listening_is_unreachable(bench):
    bench.server.stop()
    code, result = bench.provision()
    assert (code, result["failure"]["code"]) == (os.EX_TEMPFAIL, "metadata.unreachable")


def test_a_name_that_does_not_resolve_is_said(bench):
    bench.settings('url = "http://metadata.invalid"')
    code, result = bench.provision()
    assert (code, result["failure"]["code"]) == (os.EX_TEMPFAIL, "metadata.no_name")


def test_an_interface_that_does_not_exist_is_named(bench):
    bench.settings('interface = "wwan7"')
    code, result = bench.provision()
    assert (code, result["failure"]["code"]) == (os.EX_TEMPFAIL, "metadata.unreachable")
    assert "wwan7" in result["failure"]["message"]


def test_a_service_that_comes_late_is_waited_for_within_the_pass(bench):
    bench.settings('patience = "5m"')
    bench.faults.add(http.ServerError(503), times=1)
    bench.faults.add(http.CutAnswer(), times=1)
    code, result = bench.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")


def test_a_disabled_service_is_said_and_not_asked_again(bench):
    bench.platform.change_group(GROUP, enabled=False)
    code, result = bench.provision()
    assert (code, result["failure"]["code"], result["state"]) == (os.EX_NOPERM, "metadata.disabled", "new")
    assert sorted(request.path for request in bench.platform.requests) == ["/v1/subscriber", "/v1/userdata"]


def test_a_sim_without_a_group_that_is_served_is_told_apart(tmp_path):
    bench = Bench(tmp_path / "gw", Switches(no_group="served"))
    try:
        bench.platform.set_group(IMSI, None)
        code, result = bench.provision()
        assert (code, result["failure"]["code"]) == (os.EX_UNAVAILABLE, "metadata.no_group")
        assert bench.tags["kitting_error"].startswith("metadata.no_group")
    finally:
        bench.close()


@pytest.mark.parametrize("position", ["404", "empty", "204"])
def test_missing_userdata_is_what_it_is_in_every_form(tmp_path, position):
    bench = Bench(tmp_path / "gw", Switches(userdata_unset=position))
    try:
        bench.platform.set_userdata(GROUP, None)
        code, result = bench.provision()
        assert (code, result["failure"]["code"], result["state"]) == (
            os.EX_UNAVAILABLE,
            "userdata.missing",
            "failed",
        )
        assert bench.tags["kitting_error"].startswith("userdata.missing")
    finally:
        bench.close()


@pytest.mark.parametrize("position", [403, 405, 400])
def test_with_a_read_only_service_the_configuration_is_applied_and_the_report_kept(tmp_path, position):
    bench = Bench(tmp_path / "gw", Switches(read_only_status=position))
    try:
        bench.platform.change_group(GROUP, readonly=True)
        code, result = bench.provision()
        assert (code, result["state"]) == (os.EX_OK, "provisioned")
        assert [notice["code"] for notice in result["notices"]] == ["report.read_only"]
        assert "kitting_state" not in bench.tags
        assert bench.status()["notice"]["code"] == "report.read_only"
        bench.platform.change_group(GROUP, readonly=False)
        _, result = bench.provision()
        assert (result["outcome"], bench.tags["kitting_state"]) == (None, "provisioned")
    finally:
        bench.close()


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("field_newline", True),
        ("session_imei", "zeros"),
        ("session_imei", "null"),
        ("session_imei", "imeisv16"),
        ("session_imei", "spare0"),
        ("record", "2016"),
        ("nulls", "left_out"),
        ("unknown_members", False),
        ("network_member", "vplmn"),
        ("first_connection", "testing"),
        ("date_header", False),
    ],
)
def test_what_nobody_has_published_about_the_platform_makes_no_difference(tmp_path, name, position):
    bench = Bench(tmp_path / "gw", Switches(**{name: position}))
    try:
        code, result = bench.provision()
        assert (code, result["state"]) == (os.EX_OK, "provisioned")
        assert bench.tags["kitting_state"] == "provisioned"
    finally:
        bench.close()


def blocked(bench, code_text):
    before = bench.tree()
    code, result = bench.provision()
    assert (code, result["state"], result["failure"]["code"]) == (os.EX_NOPERM, "blocked", code_text)
    assert bench.tree() == before
    assert bench.tags["kitting_state"] == "blocked"
    assert bench.tags["kitting_error"].startswith(code_text)


def test_a_sim_whose_lock_names_another_device_is_blocked(bench):
    bench.platform.change_sim(IMSI, imei_lock=OTHER_IMEI)
    blocked(bench, "binding.lock")
    bench.platform.change_sim(IMSI, imei_lock=f"{IMEI}|ANONYMOUS")
    code, result = bench.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    assert bench.tags["kitting_error"] == ""


def test_a_modem_with_another_sim_is_blocked(bench):
    bench.modem.iccid = "8981000000000000025"
    blocked(bench, "binding.sim")


def test_a_network_that_sees_another_device_is_believed(tmp_path):
    bench = Bench(tmp_path / "gw", Switches(session_imei="other"))
    try:
        blocked(bench, "binding.network")
    finally:
        bench.close()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (modem.Silent(), "modem.silent"),
        (modem.GarbagePort(), "modem."),
        (modem.NmeaPort(), "modem."),
        (modem.WrongCheckDigit(), "modem.unverified"),
        (modem.Imeisv(), "modem.unverified"),
        (modem.VanishAtCommand(1), "modem."),
        (modem.VanishAfterBytes(10), "modem."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_modem_that_cannot_be_read_does_not_keep_the_gateway_from_its_configuration(bench, fault, error):
    bench.modem.faults = (fault,)
    code, result = bench.provision()
    assert (code, result["state"], result["equipment"]["imei"]) == (os.EX_OK, "provisioned", None)
    assert result["equipment"]["imei_not_read"].startswith(error)
    assert "kitting_imei" not in bench.tags
    assert bench.tags["kitting_error"].startswith(error)
    assert (bench.gateway.root / "etc/telemetry/telemetry.conf").read_text() == "imei = unknown\n"


def test_a_missing_modem_is_said(bench):
    bench.gateway.modem.unplug()
    code, result = bench.provision()
    assert (code, result["equipment"]["imei_not_read"].split(":")[0]) == (os.EX_OK, "modem.no_port")


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
def test_a_wrong_document_is_refused_before_anything_is_touched(bench, text, error, code):
    bench.provision()
    before, config = bench.tree(), bench.tags["kitting_config"]
    bench.platform.set_userdata(GROUP, text)
    got, result = bench.provision()
    assert result["failure"]["code"].startswith(error)
    assert (got, result["state"]) == (code, "failed")
    assert bench.tree() == before
    assert (bench.tags["kitting_state"], bench.tags["kitting_config"]) == ("failed", config)
    assert bench.tags["kitting_error"].startswith(error)
    bench.platform.set_userdata(GROUP, USERDATA)
    assert bench.provision()[1]["state"] == "provisioned"
    assert bench.tags["kitting_error"] == ""


def test_a_step_that_fails_takes_all_of_them_back_and_the_document_is_not_tried_again(bench):
    (bench.gateway.root / "etc/telemetry").write_text("a file where a directory has to be")
    before = bench.tree()
    code, result = bench.provision()
    assert (code, result["failure"]["code"], result["state"]) == (os.EX_CANTCREAT, "apply.failed", "failed")
    assert bench.tree() == before
    assert bench.tags["kitting_error"].startswith("apply.failed")
    code, result = bench.provision()
    assert (code, result["event"]) == (os.EX_CANTCREAT, "still_bad")
    (bench.gateway.root / "etc/telemetry").unlink()
    assert bench.provision()[1]["event"] == "still_bad"
    bench.platform.set_tag(IMSI, "site", "osaka")
    assert bench.provision()[1]["state"] == "provisioned"


def test_a_configuration_after_which_the_service_is_gone_is_undone_by_the_gateway_itself(bench):
    bench.provision()
    before = bench.tree()
    bench.settings('confirm_within = "1s"')
    bench.faults.add(http.ConnectionReset(), path="/v1/subscriber/tags", times=1)
    bench.faults.add(http.ConnectionReset(), path="/v1/subscriber.imsi")
    bench.platform.set_userdata(GROUP, USERDATA.replace("gw-", "cut-off-"))
    code, result = bench.provision()
    assert (code, result["failure"]["code"], result["state"]) == (
        os.EX_TEMPFAIL,
        "apply.unconfirmed",
        "rolled_back",
    )
    assert bench.tree() == before
    assert bench.tags["kitting_state"] == "rolled_back"


def test_a_report_whose_answer_was_lost_is_not_applied_twice(bench):
    bench.faults.add(http.LostAnswer(), path="/v1/subscriber/tags", times=1)
    code, result = bench.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    code, result = bench.provision()
    assert (result["event"], bench.tags["kitting_state"]) == ("unchanged", "provisioned")


def test_a_report_that_cannot_be_sent_is_kept(bench):
    bench.faults.add(http.ServerError(503), path="/v1/subscriber/tags")
    code, result = bench.provision()
    assert (code, [notice["code"] for notice in result["notices"]]) == (os.EX_OK, ["report.not_sent"])
    bench.faults.clear()
    bench.provision()
    assert bench.tags["kitting_state"] == "provisioned"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 100, b"[]", b'{"version": 99}', b"x" * 100_000])
def test_a_damaged_memory_is_said_and_recovered_from(bench, content):
    bench.provision()
    before = bench.tree()
    for name in ("state.json", "state.json.previous"):
        (bench.gateway.state / name).write_bytes(content)
    code, result = bench.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    assert [notice["code"] for notice in result["notices"]] == ["state.corrupt"]
    assert bench.tree() == before


def test_a_state_directory_that_cannot_be_made_is_said(bench):
    bench.settings(f'state = "{bench.gateway.settings}/state"')
    done = bench.gateway.ask("provision")
    assert (done.returncode, done.stdout) == (os.EX_CANTCREAT, "")
    assert "state.unwritable" in done.stderr


def hung(bench):
    """A pass that waits for an answer that does not come."""
    bench.faults.add(http.Hang())
    process = subprocess.Popen(bench.gateway.command("provision"), stdout=subprocess.DEVNULL)
    until("a request", lambda: bench.platform.requests, process=process)
    return process


def test_two_passes_at_once_are_one(bench):
    first = hung(bench)
    second = bench.gateway.ask("provision")
    assert second.returncode == os.EX_TEMPFAIL
    assert "pass.under_way" in second.stderr
    first.kill()
    exit_of(first)


def test_sigterm_in_the_middle_of_a_wait_ends_the_pass_and_frees_everything(bench):
    process = hung(bench)
    process.send_signal(signal.SIGTERM)
    assert exit_of(process) == 128 + signal.SIGTERM
    bench.faults.clear()
    assert bench.provision()[1]["state"] == "provisioned"


def test_plan_shows_the_difference_and_changes_nothing(bench):
    before = bench.tree()
    done = bench.gateway.ask("plan")
    assert done.returncode == os.EX_OK
    assert "+gw-tokyo" in done.stdout
    assert (bench.tree(), bench.tags.get("kitting_state")) == (before, None)
    bench.provision()
    assert "nothing would change" in bench.gateway.ask("plan").stdout


def test_identify_prints_who_and_what_this_is(bench):
    done = bench.gateway.ask("identify", "--json")
    values = json.loads(done.stdout)
    assert done.returncode == os.EX_OK
    assert values["subscriber"]["imsi"] == IMSI
    assert values["equipment"].pop("radio")["registration"] == "home"
    assert values["equipment"] | {"port": "", "model": "", "manufacturer": "", "firmware": ""} == {
        "imei": IMEI,
        "imsi": IMSI,
        "iccid": bench.sim.iccid,
        "manufacturer": "",
        "model": "",
        "firmware": "",
        "port": "",
        "source": "at",
        "others": [],
    }
    assert values["binding"]["verdict"] == "match"


def test_identify_still_prints_the_equipment_when_nobody_answers(bench):
    bench.server.stop()
    done = bench.gateway.ask("identify", "--json")
    values = json.loads(done.stdout)
    assert done.returncode == os.EX_TEMPFAIL
    assert (values["subscriber"], values["equipment"]["imei"]) == (None, IMEI)
    assert values["subscriber_not_read"]["code"] == "metadata.unreachable"


def test_doctor_finds_nothing_wrong_where_nothing_is(bench):
    done = bench.gateway.ask("doctor", "--json")
    findings = {finding["name"]: finding["level"] for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == os.EX_OK
    assert set(findings.values()) == {"ok"}


def test_doctor_says_what_is_wrong_and_what_to_do(bench):
    bench.platform.change_group(GROUP, readonly=True, userdata=None)
    bench.gateway.modem.unplug()
    done = bench.gateway.ask("doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == os.EX_UNAVAILABLE
    assert [findings[name]["level"] for name in ("metadata service", "userdata", "report", "modem")] == [
        "ok",
        "fault",
        "warning",
        "warning",
    ]
    assert all(finding["advice"] for finding in findings.values() if finding["level"] != "ok")


def test_doctor_changes_no_tag(bench):
    bench.provision()
    tags = bench.tags
    bench.gateway.ask("doctor")
    assert bench.tags == tags


def test_check_needs_no_sim_and_points_at_line_and_key(bench, tmp_path):
    document = tmp_path / "userdata.yaml"
    document.write_text("hostname: gw\nwrite_file:\n  - path: /etc/x\n")
    done = bench.gateway.ask("check", str(document))
    assert done.returncode == os.EX_DATAERR
    assert f"{document}:2: " in done.stdout
    assert "write_files" in done.stdout
    document.write_text(USERDATA)
    assert bench.gateway.ask("check", str(document)).returncode == os.EX_OK


def test_reprovision_needs_a_resident(bench):
    done = bench.gateway.ask("reprovision")
    assert done.returncode == os.EX_UNAVAILABLE
    assert "resident.absent" in done.stderr


def resident(bench, what, look, holds=bool):
    """Waits for something that the resident or one of its passes does."""
    return until(what, look, holds, process=bench.gateway.process)


def is_tagged(bench, state):
    resident(bench, f"the tag {state}", lambda: bench.tags.get("kitting_state"), lambda seen: seen == state)


def test_the_resident_kits_the_gateway_and_follows_at_a_word(bench):
    bench.gateway.switch_on()
    is_tagged(bench, "provisioned")
    bench.platform.set_userdata(GROUP, USERDATA.replace("gw-", "box-"))
    resident(bench, "the end of the pass", lambda: bench.status()["resident"])
    assert bench.gateway.ask("reprovision").returncode == os.EX_OK
    hostname = bench.gateway.root / "etc/hostname"
    resident(bench, "the new name", hostname.read_text, lambda name: name == "box-tokyo\n")
    process = bench.gateway.process
    bench.gateway.switch_off()
    assert process.returncode == os.EX_OK


def test_a_word_from_a_person_tries_a_document_again_that_failed(bench):
    obstacle = bench.gateway.root / "etc/telemetry"
    obstacle.write_text("in the way")
    bench.gateway.switch_on()
    is_tagged(bench, "failed")
    obstacle.unlink()
    resident(bench, "the end of the pass", lambda: bench.status()["resident"])
    bench.gateway.ask("reprovision")
    is_tagged(bench, "provisioned")


def test_the_resident_listens_at_the_modem_between_passes_where_it_may(bench):
    modem, file = bench.modem, bench.gateway.settings
    file.write_text(file.read_text().replace("[modem]", "[modem]\nwake_by_sms = true"))
    bench.gateway.switch_on()
    (first,) = listeners(bench, {0})
    bench.gateway.modem.receive("hello")
    bench.gateway.ask("reprovision")
    (second,) = listeners(bench, {first})
    bench.gateway.modem.receive("kitting wake")
    resident(bench, "the end of the listener", lambda: _children(bench), lambda pids: second not in pids)
    assert modem.delivery == "2,1,0,0,0"


def listeners(bench, known):
    """The process that listens and has told the modem to hand messages on, once it is none of the known ones."""

    def look():
        pids = [pid for pid in _children(bench) if b"agent.modem.wake_by_sms" in _command_line(pid)]
        return pids if bench.modem.delivery == "2,2,0,0,0" else []

    return resident(bench, "a listener", look, lambda pids: pids and not known & set(pids))


def test_a_pass_that_is_killed_at_work_leaves_the_resident_and_the_gateway_whole(bench):
    bench.faults.add(http.Hang(), path="/v1/subscriber/tags", times=1)
    bench.gateway.switch_on()
    resident(bench, "the report", lambda: [request.method for request in bench.platform.requests], has("PUT"))
    assert (bench.gateway.root / "etc/hostname").read_text() == "gw-tokyo\n"
    for pid in _children(bench):
        os.kill(pid, signal.SIGKILL)
    resident(bench, "the end of the pass", lambda: _children(bench), lambda pids: pids == [])
    bench.gateway.ask("reprovision")
    is_tagged(bench, "provisioned")


def has(member):
    return lambda members: member in members


def _children(bench) -> list[int]:
    pid = bench.gateway.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command_line(pid: int) -> bytes:
    """Empty for a process that has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def test_a_stray_program_on_the_port_of_the_service_is_not_believed(bench):
    stray = socket.create_server(("127.0.0.1", 0))
    bench.settings(f'url = "http://127.0.0.1:{stray.getsockname()[1]}"')
    bench.settings('timeout = "1s"')
    code, result = bench.provision()
    stray.close()
    assert (code, result["state"]) == (os.EX_TEMPFAIL, "new")


@pytest.mark.parametrize(
    "command", ["provision", "run", "plan", "identify", "status", "check", "reprovision", "modem", "doctor"]
)
def test_every_command_has_help_with_an_example(bench, command):
    done = bench.gateway.ask(command, "--help")
    assert done.returncode == os.EX_OK
    assert "example: " in done.stdout


def test_a_wrong_command_line_is_a_usage_error(bench):
    done = bench.gateway.ask("provison")
    assert done.returncode == os.EX_USAGE
    assert "invalid choice" in done.stderr


def test_wrong_settings_are_named(bench):
    bench.gateway.settings.write_text('[modem]\nportt = "auto"\n')
    done = bench.gateway.ask("provision")
    assert done.returncode == os.EX_CONFIG
    assert "modem.portt" in done.stderr
