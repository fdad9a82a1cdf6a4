"""A service that listens where the network of a test has it, and tells its SIMs apart by the addresses given."""

import http.client
import signal
import subprocess
import sys

import pytest
from waiting import PATIENCE_S, json_of, output_of, started

FLEET = """
[[group]]
id = "b"
[[sim]]
imsi = "001010000000001"
group = "b"
[[sim]]
imsi = "001010000000002"
group = "b"
"""


def serve(tmp_path, *words):
    (tmp_path / "fleet.toml").write_text(FLEET)
    place = ("--control", str(tmp_path / "c"), "--modems", str(tmp_path / "m"))
    command = [
        sys.executable,
        "-m",
        "simulator",
        "serve",
        "--sims",
        str(tmp_path / "fleet.toml"),
        *place,
        "--json",
        *words,
    ]
    return started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_each_sim_is_at_the_given_address(tmp_path):
    words = ("--listen", "127.1.2.3", "--at", "001010000000001=127.0.0.9", "--at", "001010000000002=127.0.0.8")
    with serve(tmp_path, *words) as simulator:
        served = json_of(simulator.stdout)
        host, port = served["url"].removeprefix("http://").split(":")
        asked = http.client.HTTPConnection(host, int(port), source_address=("127.0.0.8", 0), timeout=PATIENCE_S)
        asked.request("GET", "/v1/subscriber.imsi")
        answer = asked.getresponse().read()
        asked.close()
        simulator.send_signal(signal.SIGTERM)
    assert (host, answer) == ("127.1.2.3", b"001010000000002")


@pytest.mark.parametrize("words", [("--at", "001010000000001=127.0.0.9"), ("--at", "7=127.0.0.9")])
def test_a_sim_without_an_address_is_reported(tmp_path, words):
    with serve(tmp_path, *words) as simulator:
        _, output = output_of(simulator)
    assert simulator.returncode == 64
    assert "001010000000002" in output
