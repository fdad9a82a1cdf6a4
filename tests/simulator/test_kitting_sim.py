import contextlib
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import serial
from sim_lines import FIRST
from waiting import PATIENCE_S, json_of, line_of, output_of, started, until

from simulator.cli import main
from simulator.control import ControlSocket, ask

SIM = [sys.executable, "-m", "simulator"]


@pytest.fixture
def control(tmp_path):
    return tmp_path / "control.sock"


@contextlib.contextmanager
def running(tmp_path, control, *words):
    """A simulator as a process, and what it says about itself."""
    command = [*SIM, "serve", "--json", "--control", str(control), "--modems", str(tmp_path / "gateways"), *words]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield json_of(process.stdout), process
        process.send_signal(signal.SIGTERM)
        _, errors = output_of(process)
    assert (process.returncode, errors) == (0, "")


def get(served, path, number=0):
    host, port = served["url"].removeprefix("http://").split(":")
    address = served["gateways"][number]["address"]
    with contextlib.closing(
        http.client.HTTPConnection(host, int(port), timeout=PATIENCE_S, source_address=(address, 0))
    ) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()


def test_a_simulator_is_changed_while_it_runs(tmp_path, control, capsys):
    userdata = tmp_path / "userdata.yaml"
    userdata.write_text("hostname: 東京\n")
    at = ["--control", str(control)]
    with running(tmp_path, control, "--count", "2", "--switch", "field_newline=true") as (served, _):
        assert [gateway["imsi"] for gateway in served["gateways"]] == [FIRST, "001010000000002"]
        assert get(served, "/v1/subscriber.imsi", 1) == (200, b"001010000000002\n")

        assert main(["tell", "group:bench", f"userdata=@{userdata}", *at]) == 0
        assert get(served, "/v1/userdata") == (200, "hostname: 東京\n".encode())

        assert main(["break", "server-error", "status=502", "--path", "/v1/userdata", "--times", "1", *at]) == 0
        assert [get(served, "/v1/userdata")[0] for _ in range(2)] == [502, 200]

        assert main(["set", "session_imei=zeros", *at]) == 0
        assert get(served, "/v1/subscriber.sessionStatus.imei")[1] == b"000000000000000\n"

        modem = served["gateways"][0]["modem"]
        with serial.Serial(modem, timeout=PATIENCE_S) as port:
            port.write(b"AT+CIMI\r")
            assert FIRST.encode() in port.read_until(b"OK\r\n")
        assert main(["break", "unplug", "--modem", FIRST, *at]) == 0
        assert not os.path.lexists(modem)

        capsys.readouterr()
        assert main(["dump", *at]) == 0
        asked = json.loads(capsys.readouterr().out)["requests"]
        assert [request["status"] for request in asked] == [200, 200, 502, 200, 200]
    assert not control.exists()
    assert not any((tmp_path / "gateways").rglob("modem"))


def test_a_simulator_begins_with_what_its_file_and_its_options_say(tmp_path, control):
    sims = tmp_path / "sims.toml"
    sims.write_text('[[group]]\nid = "g"\nuserdata = "x: 1"\n[[sim]]\nimsi = "001010000000009"\ngroup = "g"\n')
    with running(tmp_path, control, "--sims", str(sims), "--fault", "empty-body times=1 path=/v1/userdata") as (
        served,
        _,
    ):
        assert [get(served, "/v1/userdata")[1] for _ in range(2)] == [b"", b"x: 1"]
        assert "[metadata]" in served["gateways"][0]["agent_toml"]


def test_an_api_is_served_beside_from_the_same_state(tmp_path, control):
    at = ["--control", str(control)]
    with running(tmp_path, control, "--count", "2", "--api", "0") as (served, _):
        profile = Path(served["profile"])
        assert (stat.S_IMODE(profile.stat().st_mode), profile.name) == (0o600, "simulator.json")
        printed = json.loads(profile.read_text())
        assert printed.pop("endpoint") + "/v1" == served["api"]  # soracom-cli adds the version to a profile's endpoint
        with requests.Session() as session:
            signed = session.post(served["api"] + "/auth", json=printed, timeout=PATIENCE_S).json()
            session.headers = {"X-Soracom-API-Key": signed["apiKey"], "X-Soracom-Token": signed["token"]}
            assert main(["tell", FIRST, "tag.site=osaka", "traffic_bytes=7", *at]) == 0
            assert [
                one["tags"].get("site") for one in session.get(served["api"] + "/sims", timeout=PATIENCE_S).json()
            ] == ["osaka", None]
            stats = f"{served['api']}/stats/air/subscribers/{FIRST}?from=0&to=4000000000&period=month"
            (row,) = session.get(stats, timeout=PATIENCE_S).json()
            assert row["dataTrafficStatsMap"]["s1.4xfast"]["uploadByteSizeTotal"] == 7


def test_the_desk_wakes_a_gateway_by_a_message_to_its_modem(tmp_path, control):
    kitting = [sys.executable, "-m", "fleet", "reprovision", "--profile", "simulator", FIRST, "--yes"]
    with running(tmp_path, control, "--count", "1", "--api", "0") as (served, _):
        (gateway,) = served["gateways"]
        settings = tmp_path / "agent.toml"
        settings.write_text(gateway["agent_toml"].replace("[modem]", "[modem]\nwake_by_sms = true"))
        listener = subprocess.Popen([sys.executable, "-m", "agent.modem.wake_by_sms", "--config", str(settings)])
        try:
            environment = os.environ | {"SORACOM_PROFILE_DIR": str(Path(served["profile"]).parent)}

            def told_again():
                subprocess.run(kitting, env=environment, capture_output=True, check=True)
                return listener.poll()

            assert until("the end of the listener", told_again, lambda code: code is not None) == os.EX_OK
        finally:
            listener.kill()


def test_without_an_api_no_traffic_is_counted(tmp_path, control, capsys):
    with running(tmp_path, control):
        assert main(["tell", FIRST, "traffic_bytes=7", "--control", str(control)]) == os.EX_DATAERR
    assert "serve with --api" in capsys.readouterr().err


def test_a_second_simulator_does_not_take_the_socket_away(tmp_path, control):
    with running(tmp_path, control) as (served, _):
        second = subprocess.run([*SIM, "serve", "--control", control], capture_output=True, text=True, check=False)
        assert second.returncode == os.EX_CANTCREAT
        assert "another simulator answers" in second.stderr
        assert get(served, "/v1/userdata")[0] == 200


@pytest.mark.parametrize(
    ("words", "exit_code", "message"),
    [
        ([], os.EX_USAGE, "COMMAND"),
        (["fly"], os.EX_USAGE, "invalid choice"),
        (["serve", "--count", "0"], os.EX_USAGE, "--count is 1 to 1000"),
        (["serve", "--count", "x"], os.EX_USAGE, "invalid int"),
        (["serve", "--sims", "/nowhere.toml"], os.EX_NOINPUT, "cannot read /nowhere.toml"),
        (["serve", "--userdata", "/dev/null/x"], os.EX_NOINPUT, "cannot read"),
        (["serve", "--switch", "colour=red"], os.EX_DATAERR, "no switch colour"),
        (["serve", "--fault", "earthquake"], os.EX_DATAERR, "there is no 'earthquake'"),
        (["serve", "--fault", ""], os.EX_USAGE, "--fault takes the name of a fault"),
        (["serve", "--fault", "hang times=x"], os.EX_USAGE, "times is a number"),
        (["serve", "--modems", "/dev/null/x"], os.EX_CANTCREAT, "cannot serve"),
        (["tell", FIRST], os.EX_USAGE, "NAME=VALUE"),
        (["tell", FIRST, "tag.a"], os.EX_DATAERR, "'tag.a' is not NAME=VALUE"),
        (["tell", "group:g", "userdata=@/nowhere"], os.EX_NOINPUT, "cannot read /nowhere"),
        (["dump"], os.EX_UNAVAILABLE, "no simulator answers"),
    ],
)
def test_what_is_wrong_is_reported_in_a_line_with_an_exit_code(control, capsys, words, exit_code, message):
    at = ["--control", str(control)] if len(words) > 1 or words == ["dump"] else []
    try:
        code = main([*words, *at])
    except SystemExit as end:
        code = end.code
    reported = capsys.readouterr().err
    assert (code, message in reported, "Traceback" in reported) == (exit_code, True, False)


@pytest.mark.parametrize("command", ["serve", "tell", "break", "set", "dump", "demo"])
def test_each_command_shows_an_example(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert f"kitting-sim {command}" in capsys.readouterr().out.partition("example:")[2]


def test_only_its_owner_may_talk_to_the_control_socket(control):
    with ControlSocket(control, bytes.upper):
        assert stat.S_IMODE(control.stat().st_mode) == 0o600
        assert ask(control, b"a line\n") == b"A LINE\n"


def test_a_client_that_disconnects_disturbs_no_other(control):
    with ControlSocket(control, bytes.upper):
        with socket.socket(socket.AF_UNIX) as visitor:
            visitor.connect(str(control))
        assert ask(control, b"a\n") == b"A\n"


def test_a_socket_left_over_by_a_killed_simulator_is_replaced(control):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(control))
    with ControlSocket(control, bytes.upper):
        assert ask(control, b"a\n") == b"A\n"


def test_interrupting_ends_it_without_noise(tmp_path, control):
    command = [*SIM, "serve", "--control", control, "--modems", tmp_path / "gateways"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert "metadata service" in line_of(process.stdout)
        until("the control socket", control.exists, process=process)
        process.send_signal(signal.SIGINT)
        output, _ = output_of(process)
    assert (process.returncode, "Traceback" in output) == (0, False)
