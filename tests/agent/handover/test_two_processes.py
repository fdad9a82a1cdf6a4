"""The two halves as two processes: an order goes from one to the other through files, and its outcome comes back.

What systemd does with kitting-apply.path and kitting-apply.service, a thread does here: it starts the real command
whenever an order lies there.
"""

import json
import os
import signal
import subprocess
import sysconfig
import threading
from pathlib import Path

import pytest
from waiting import LOOK_S, exit_of, joined, until

from agent.apply import order_service
from agent.apply.context import apply_context
from agent.configuration.resolving import from_document
from agent.configuration.schema_file import userdata_schema
from agent.errors import Code
from agent.handover.files import ORDER, OUTCOME, place_confirmation, place_order, read_outcome
from agent.handover.order import Apply, Confirmation, Decision, Outcome, Result
from agent.handover.order_json import outcome_to_json
from agent.settings import load
from simulator import faults as http
from simulator.faults import Faults
from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

SCHEMA = userdata_schema()

IMSI, IMEI, GROUP = "001010000000001", "490154203237518", "11111111-0000-4000-8000-000000000001"
USERDATA = """\
hostname: gw-{{ tags.site }}
write_files:
  - path: /etc/telemetry.conf
    content: "imei = {{ equipment.imei }}\\n"
"""
KITTING_APPLY = str(Path(sysconfig.get_path("scripts")) / "kitting-apply")


class PathUnit:
    """Starts the service while an order lies there, one at a time."""

    def __init__(self, gateway: Gateway, *options: str) -> None:
        self.command = [KITTING_APPLY, "--config", str(gateway.settings), *options]
        self.order = gateway.state / ORDER
        self.runs: list[subprocess.CompletedProcess[str]] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        while not self.ended.is_set():
            if self.order.exists():
                self.runs.append(subprocess.run(self.command, capture_output=True, text=True, check=False))
            self.ended.wait(LOOK_S)

    def stop(self) -> None:
        self.ended.set()
        joined(self.thread)


class Halves:
    def __init__(self, place: Path) -> None:
        self.sim = Sim(IMSI, imei=IMEI, group_id=GROUP, tags={"name": "gw", "site": "tokyo"})
        self.platform = Platform([self.sim], [Group(GROUP, userdata=USERDATA)])
        self.faults = Faults()
        self.server = MetadataServer(self.platform, faults=self.faults)
        self.server.start()
        self.gateway = Gateway("gw", self.sim, place, self.server, timeout="5m", patience="5m")
        self.gateway.modem.plug_in()
        text = self.gateway.settings.read_text().replace("[apply]", '[apply]\nby = "service"')
        self.gateway.settings.write_text(text)
        self.units: list[PathUnit] = []

    @property
    def own(self) -> Path:
        return self.gateway.state / "apply"

    def path_unit(self) -> PathUnit:
        unit = PathUnit(self.gateway)
        self.units.append(unit)
        return unit

    def provision(self) -> tuple[int, dict]:
        done = self.gateway.ask("provision", "--json")
        assert "Traceback" not in done.stderr + done.stdout
        return done.returncode, json.loads(done.stdout)

    def apply(self, *options: str) -> subprocess.CompletedProcess:
        command = [KITTING_APPLY, "--config", str(self.gateway.settings), "--json", *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def file(self) -> str | None:
        path = self.gateway.root / "etc/telemetry.conf"
        return path.read_text() if path.exists() else None

    def order(self) -> Apply:
        document = {"write_files": [{"path": "/etc/telemetry.conf", "content": "by hand\n"}]}
        configuration = from_document(document, SCHEMA)
        return Apply("order-1", configuration.digest, configuration.document, "card")

    def close(self) -> None:
        for unit in self.units:
            unit.stop()
        self.gateway.switch_off()
        self.server.stop()


@pytest.fixture
def halves(tmp_path):
    made = Halves(tmp_path / "gw")
    yield made
    made.close()


def test_a_gateway_is_kitted_by_two_processes(halves):
    unit = halves.path_unit()
    code, result = halves.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")
    assert halves.file() == f"imei = {IMEI}\n"
    assert not (halves.gateway.state / ORDER).exists()
    unit.stop()
    assert [run.returncode for run in unit.runs] == [0]
    assert read_outcome(halves.own).result is Result.COMMITTED


def test_the_network_half_touches_nothing_itself(halves):
    halves.gateway.settings.write_text(halves.gateway.settings.read_text())
    process = subprocess.Popen(
        halves.gateway.command("provision"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    order = halves.gateway.state / ORDER
    until("the order", order.exists, process=process)
    assert (halves.file(), order.stat().st_mode & 0o777) == (None, 0o600)
    process.send_signal(signal.SIGTERM)
    assert exit_of(process) == 128 + signal.SIGTERM
    halves.path_unit()
    code, result = halves.provision()
    assert (code, result["state"]) == (os.EX_OK, "provisioned")


def test_a_document_that_takes_the_service_away_is_undone_by_the_root_half(halves):
    halves.path_unit()
    settings = halves.gateway.settings.read_text().replace('confirm_within = "5m"', 'confirm_within = "1s"')
    halves.gateway.settings.write_text(settings)
    halves.faults.add(http.ConnectionReset(), path="/v1/subscriber/tags", times=1)
    halves.faults.add(http.ConnectionReset(), path="/v1/subscriber.imsi")
    code, result = halves.provision()
    assert (result["state"], result["failure"]["code"]) == ("rolled_back", "apply.unconfirmed")
    assert (code, halves.file()) == (Code.APPLY_UNCONFIRMED.exit_code, None)
    assert halves.platform.sim(IMSI).tags["kitting_state"] == "rolled_back"


def serve(halves, *pauses):
    """Serves the order that lies there; each pause of the waiting service runs the next of `pauses`.

    After the last of them each pause takes a minute of the service's clock.
    """
    settings = load(halves.gateway.settings)
    halves.gateway.state.mkdir(exist_ok=True)
    place_order(halves.gateway.state, halves.order())
    now, left = [0.0], list(pauses)

    def sleep(_: float) -> None:
        if left:
            left.pop(0)()
        else:
            now[0] += 60.0

    context = apply_context(settings)
    return order_service.serve(order_service.ServiceContext(context, settings.identity, lambda: now[0], sleep))


def test_an_order_that_is_not_confirmed_in_time_is_undone(halves):
    seen = []
    outcome = serve(halves, lambda: seen.append(halves.file()))
    assert (outcome.result, outcome.failure.code) == (Result.UNDONE, Code.APPLY_UNCONFIRMED)
    assert (seen, halves.file()) == (["by hand\n"], None)


def test_a_confirmation_of_another_order_does_not_count(halves):
    state, seen = halves.gateway.state, []

    def confirm(order_id: str) -> None:
        place_confirmation(state, Confirmation(order_id, Decision.KEEP))

    def look() -> None:
        seen.append((read_outcome(halves.own).result, (state / "confirmation.json").exists()))

    outcome = serve(
        halves,
        lambda: confirm("order-0"),
        look,
        lambda: (state / "confirmation.json").write_text("{"),
        look,
        lambda: confirm("order-1"),
    )
    assert seen == [(Result.UNCONFIRMED, True), (Result.UNCONFIRMED, False)]
    assert (outcome.result, halves.file()) == (Result.COMMITTED, "by hand\n")


def test_a_service_that_is_killed_while_it_waits_goes_on_waiting_after_the_restart(halves):
    halves.gateway.state.mkdir(exist_ok=True)
    place_order(halves.gateway.state, halves.order())
    process = subprocess.Popen([KITTING_APPLY, "--config", str(halves.gateway.settings)], stdout=subprocess.DEVNULL)
    until("an outcome", lambda: read_outcome(halves.own), process=process)
    process.kill()
    exit_of(process)
    recovered = json.loads(halves.apply("--recover").stdout)
    assert (recovered["result"], halves.file()) == ("unconfirmed", "by hand\n")
    place_confirmation(halves.gateway.state, Confirmation("order-1", Decision.KEEP))
    assert json.loads(halves.apply().stdout)["result"] == "committed"
    assert json.loads(halves.apply().stdout)["result"] is None
    assert halves.file() == "by hand\n"


def test_an_order_that_was_carried_out_before_a_power_cut_is_not_carried_out_twice(halves):
    halves.gateway.state.mkdir(exist_ok=True)
    place_order(halves.gateway.state, halves.order())
    place_confirmation(halves.gateway.state, Confirmation("order-1", Decision.KEEP))
    halves.own.mkdir(exist_ok=True)
    (halves.own / OUTCOME).write_text(outcome_to_json(Outcome("order-1", "d", Result.COMMITTED)))
    assert json.loads(halves.apply().stdout)["result"] == "committed"
    assert halves.file() is None
    assert not (halves.gateway.state / ORDER).exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", "\xff", '{"version": 1}', "x" * 5_000_000])
def test_an_order_that_is_none_is_refused_removed_and_answered(halves, text):
    halves.gateway.state.mkdir(exist_ok=True)
    (halves.gateway.state / ORDER).write_bytes(text.encode("latin-1"))
    done = halves.apply()
    assert (done.returncode, json.loads(done.stdout)["result"]) == (0, "not_applied")
    assert "order.invalid" in json.loads(done.stdout)["failure"]
    assert not (halves.gateway.state / ORDER).exists()


def test_an_order_that_is_a_link_is_not_followed(halves, tmp_path):
    halves.gateway.state.mkdir(exist_ok=True)
    place_order(tmp_path, halves.order())
    (halves.gateway.state / ORDER).symlink_to(tmp_path / ORDER)
    assert json.loads(halves.apply().stdout)["result"] == "not_applied"
    assert (tmp_path / ORDER).exists()
    assert halves.file() is None


def test_what_the_devices_settings_do_not_allow_is_refused_by_the_root_half(halves):
    halves.gateway.state.mkdir(exist_ok=True)
    text = halves.gateway.settings.read_text().replace("[apply]", '[apply]\npaths = ["/opt"]')
    halves.gateway.settings.write_text(text)
    place_order(halves.gateway.state, halves.order())
    assert "userdata.not_allowed" in json.loads(halves.apply().stdout)["failure"]
    assert halves.file() is None


def test_only_one_service_is_at_work(halves):
    halves.gateway.state.mkdir(exist_ok=True)
    place_order(halves.gateway.state, halves.order())
    first = subprocess.Popen([KITTING_APPLY, "--config", str(halves.gateway.settings)], stdout=subprocess.DEVNULL)
    until("an outcome", lambda: read_outcome(halves.own), process=first)
    second = halves.apply()
    assert (second.returncode, "pass.under_way" in second.stderr) == (os.EX_TEMPFAIL, True)
    place_confirmation(halves.gateway.state, Confirmation("order-1", Decision.UNDO))
    assert exit_of(first) == 0
    assert halves.file() is None
