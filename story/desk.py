"""Story. An order of thirty is prepared, switched on, locked by the hook, mended, shipped; one is stolen and stopped.

Everything that a person does is typed as a person would type it (`kitting …`, in processes of their own), against the
simulated platform; every gateway runs the real agent.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from agent.host.program_files import environment
from simulator.api.account import Account, Order
from simulator.api.firing import Firing
from simulator.api.server import ApiServer
from simulator.api.users import new_key
from simulator.gateways import Gateway, switch_all_off
from simulator.interruption import Interruption
from simulator.numbers import imei, imsi
from simulator.server import MetadataServer
from simulator.soracom import Platform, Sim
from story.telling import StoryFailed, chapter, need, say, until

SECRET = "a-secret-that-only-two-know"  # noqa: S105 (of the simulated platform)
PLAN = """\
name: Tokyo, spring
sims: {{csv: sims.csv, tags: {{project: spring}}, speed_class: s1.standard}}
groups:
  before: {{name: spring-bench, userdata: bench.yaml}}
  after: {{name: spring-field, userdata: field.yaml, readonly: false}}
hook: {{url: "{hook}", secret_file: hook.secret}}
handlers:
  - {{say: tell the hook when a SIM comes to life, on: before}}
  - {{say: tell the hook when a device connects, on: before}}
  - {{say: suspend when a SIM is in another device, on: after}}
  - {{say: slow down to s1.slow above 10 MB a day, on: after}}
expect: {{megabytes_a_day: 10}}
"""
BENCH = """\
hostname: "{{ tags.name }}"
write_files:
  - {path: /etc/site, content: "site = {{ tags.site }}\\n"}
"""
FIELD = """\
hostname: "{{ tags.name }}"
write_files:
  - {path: /etc/site, content: "site = {{ tags.site }}\\n"}
  - {path: /etc/field.conf, content: "shipped = yes\\n"}
"""


class Story:
    """The platform, the gateways on the bench, and the desk."""

    def __init__(self, place: Path, boxes: int, interruption: Interruption) -> None:
        self.place = place
        self.interruption = interruption
        sims = [Sim(imsi(n), imei=imei(n), status="ready", switched_on=False) for n in range(1, boxes + 1)]
        self.platform = Platform(sims, clock=lambda: int(time.time() * 1000))
        self.account = Account(self.platform)
        self.account.orders["OR-SPRING"] = Order("OR-SPRING", sim_ids=[sim.sim_id for sim in sims], registered=True)
        self.boxes = boxes
        self.gateways: list[Gateway] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self.firing = self._open.enter_context(Firing(self.account))
        self.api = self._open.enter_context(ApiServer(self.account))
        self.metadata = self._open.enter_context(MetadataServer(self.platform))
        key_id, secret = new_key(self.account.root())
        self.environment = environment() | {
            "SORACOM_AUTH_KEY_ID": key_id,
            "SORACOM_AUTH_KEY": secret,
            "SORACOM_ENDPOINT": self.api.url,
            "XDG_CACHE_HOME": str(self.place / "cache"),
        }
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.interruption.ignore()
        switch_all_off(self.gateways)
        self._open.close()

    def tell(self) -> None:
        """Runs every step, from the plan to a box that comes back."""
        self.prepare()
        self.switch_on()
        self.find_and_mend()
        self.ship()
        self.steal()
        self.look_after()
        chapter("The end: every step above was typed at the desk, or happened without a person")

    def prepare(self) -> None:
        """The management department: one plan, one command."""
        chapter(f"1. The plan: {self.boxes} SIMs, two groups, four handlers")
        hook = self._hook()
        (self.place / "bench.yaml").write_text(BENCH)
        (self.place / "field.yaml").write_text(FIELD)
        (self.place / "plan.yaml").write_text(PLAN.format(hook=hook))
        self._write_list(wrong_imei=True, wrong_name=True)
        refused = self._kitting("prepare", "plan.yaml", "--yes", expect=65)
        need("a name that is no host name is found before anything is sent", "box 03" in refused)
        say(refused.splitlines()[0][:150])
        self._write_list(wrong_imei=True)
        self._kitting("prepare", "plan.yaml", "--yes")
        need("an unchanged plan needs no write", "as the plan says" in self._kitting("prepare", "plan.yaml"))

    def switch_on(self) -> None:
        """The kitting team: boxes are switched on, one after the other; nobody types anything."""
        chapter("2. The bench: boxes are switched on, agents provision, the platform tells the hook, the hook locks")
        # Somebody plays with a tag by hand after the plan was made.
        self.platform.set_tag(self._sim(3).imsi, "name", "box 03 (Bob)")
        for number in range(1, self.boxes + 1):
            sim = self._sim(number)
            name = f"box-{number:02d}"
            gateway = Gateway(name, sim, self.place / name, self.metadata, interval="8s", own_group=True)
            self.gateways.append(gateway)
            self.platform.connect(sim.imsi)
            with self.interruption.held():
                gateway.switch_on()
            time.sleep(0.2)
        good = self.boxes - 2
        until(f"{good} gateways are locked, without a person", lambda: self._count("locked") == good, 300)

    def find_and_mend(self) -> None:
        """The SIMs that need attention are at the top of the screen, with advice."""
        chapter("3. The screen: two gateways need attention, and it shows which, and what to do")
        shown = self._kitting("watch", "plan.yaml", "--once")
        say("\n".join(shown.splitlines()[:9]))
        board = self._board()
        shown_first = [tile["name"] for tile in self._tiles(board)[:2]]
        need(f"the board at {board} shows the same two first", shown_first == ["box-02", "box 03 (Bob)"])
        rows = self._rows()
        need("the gateway in which the plan does not expect this SIM is suspicious", rows[0]["stage"] == "suspicious")
        need("the gateway whose name no host can have has failed", rows[1]["stage"] == "failed")
        need("it says so itself", "hostname" in rows[1]["error"])
        self._write_list()  # the label on the box was misread: the list is corrected
        self._kitting("prepare", "plan.yaml", "--yes")  # and the tag is again as the plan says
        until("the failed gateway was provisioned by its next pass", lambda: self._count("failed") == 0, 120)
        self._kitting("lock", "plan.yaml", "--all-ready", "--back-within", "30")
        until("all gateways are locked", lambda: self._count("locked") == self.boxes, 120)
        ledger = self._kitting("ledger", "plan.yaml").splitlines()
        need("the ledger says which SIM is in which device, for all of them", len(ledger) == self.boxes + 1)
        say("\n".join(ledger[:3]))

    def ship(self) -> None:
        """The order is shipped; the devices notice by themselves that they are in the field."""
        chapter("4. Shipping: the SIMs move to the field's group, the devices configure themselves anew")
        self._kitting("ship", "plan.yaml", "--yes")
        need("every SIM is in the field's group", self._count("shipped") == self.boxes)
        until("every gateway has the field's configuration", lambda: all(map(self._has_field, self.gateways)), 300)

    def steal(self) -> None:
        """A SIM is put into another device."""
        chapter("5. A theft: one SIM is put into another device")
        sim = self._sim(1)
        self.gateways[0].switch_off()
        need("the network refuses it", not self.platform.move_to_device(sim.imsi, imei(900)))
        until("the platform suspended it by itself", lambda: self.platform.sim(sim.imsi).status == "suspended", 30)
        say(self._kitting("stop", sim.sim_id).strip())
        report = self._kitting("abnormal", "plan.yaml")
        say(report.splitlines()[-1])
        need("no other gateway was changed", self._count("shipped") == self.boxes - 1)

    def look_after(self) -> None:
        """A list with a typo, a device that is replaced, and a box that comes back."""
        chapter("6. The field: a list with a typo, a new device for a SIM, a box that comes back")
        second, third = self._sim(2), self._sim(3)
        number = f"{second.sim_id[:4]}-{second.sim_id[4:]}"
        (self.place / "lost.txt").write_text(f"{number}  # in the van\nbox-03\nbox-O4\n")
        printed = self._kitting("stop", "--list", "lost.txt", "--yes", expect=65)
        say(printed.strip())
        need("the line with the typo is named", "line 3: box-O4: no SIM" in printed)
        stopped = [self.platform.sim(sim.imsi).status for sim in (second, third)]
        need("the other two SIMs are stopped", stopped == ["suspended"] * 2)
        self._kitting("resume", "box-02", "box-03", "--yes")
        say(self._kitting("swap", "plan.yaml", "box-02", "--yes").strip())
        need("the SIM of the new device has no lock", self.platform.sim(second.imsi).imei_lock is None)
        say(self._kitting("return", "plan.yaml", "box-03").strip())
        back = self.platform.sim(third.imsi)
        is_back = (back.imei_lock, back.group_id) == (None, self._bench_id())
        need("the box is on the bench again, without a lock", is_back)

    def _bench_id(self) -> str:
        return next(group.group_id for group in self.platform.groups if group.name == "spring-bench")

    def _hook(self) -> str:
        """Starts the hook; returns its address. It reads the plan when the plan exists."""
        (self.place / "hook.secret").touch(0o600)
        (self.place / "hook.secret").write_text(SECRET)
        (self.place / "plan.yaml").write_text(PLAN.format(hook="http://127.0.0.1:1/"))
        for name, text in (("bench.yaml", BENCH), ("field.yaml", FIELD)):
            (self.place / name).write_text(text)
        self._write_list()
        words = ("hook", "plan.yaml", "--listen", "127.0.0.1:0", "--secret-file", "hook.secret", "--back-within", "30")
        log = self._open.enter_context((self.place / "hook.log").open("w"))
        process = self._served(*words, stdout=log, stderr=subprocess.PIPE)
        line = process.stderr.readline() if process.stderr else ""
        if "http://" not in line:
            raise StoryFailed(f"the hook does not listen: {line}")
        return line.split()[-1]

    def _board(self) -> str:
        """Starts the board; returns its address."""
        process = self._served("board", "plan.yaml", "--listen", "127.0.0.1:0", "--json", stdout=subprocess.PIPE)
        output = ""
        while process.stdout and "}" not in output and (line := process.stdout.readline()):
            output += line
        if "url" not in output:
            raise StoryFailed("the board is not served")
        return str(json.loads(output)["url"])

    def _served(self, *words: str, **streams: Any) -> subprocess.Popen[str]:
        """Starts a `kitting` that goes on until the story ends. Ctrl-C at the terminal does not reach it."""
        command = [sys.executable, "-P", "-m", "fleet", *words]
        with self.interruption.held():
            process: subprocess.Popen[str] = subprocess.Popen(  # noqa: S603 (our own command)
                command, cwd=self.place, env=self.environment, text=True, process_group=0, **streams
            )
            self._open.callback(process.wait, 60)
            self._open.callback(process.send_signal, signal.SIGINT)
        return process

    @staticmethod
    def _tiles(board: str) -> list[dict[str, Any]]:
        tiles: list[dict[str, Any]] = requests.get(f"{board}rows.json", timeout=30).json()["tiles"]
        return tiles

    def _write_list(self, *, wrong_imei: bool = False, wrong_name: bool = False) -> None:
        rows = ["simId,name,site,imei"]
        for number in range(1, self.boxes + 1):
            name = "box 03" if wrong_name and number == 3 else f"box-{number:02d}"  # noqa: PLR2004
            device = imei(800) if wrong_imei and number == 2 else imei(number)  # noqa: PLR2004
            rows.append(f"{self._sim(number).sim_id},{name},{'tokyo' if number % 2 else 'osaka'},{device}")
        (self.place / "sims.csv").write_text("\n".join(rows) + "\n")

    def _kitting(self, *words: str, expect: int = 0) -> str:
        """Types a command, and returns what it prints."""
        say(f"$ kitting {' '.join(words)}")
        done = self._ran(*words, expect=expect)
        return (done.stdout + done.stderr).removeprefix("\ufeff")  # (a CSV's mark for spreadsheets)

    def _ran(self, *words: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end; raises `StoryFailed` where it ends otherwise than expected."""
        done = subprocess.run(  # noqa: S603 (our own command)
            [sys.executable, "-P", "-m", "fleet", *words],
            cwd=self.place,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != expect:
            raise StoryFailed(f"kitting {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def _rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self._ran("watch", "plan.yaml", "--json").stdout)
        return rows

    def _count(self, stage: str) -> int:
        return sum(row["stage"] == stage for row in self._rows())

    def _sim(self, number: int) -> Sim:
        return self.platform.sim(imsi(number))

    @staticmethod
    def _has_field(gateway: Gateway) -> bool:
        return (gateway.root / "etc/field.conf").exists()


def _interrupt(process: subprocess.Popen[str]) -> None:
    """Ends a command as Ctrl+C does."""
    process.send_signal(signal.SIGINT)
    process.wait(60)
