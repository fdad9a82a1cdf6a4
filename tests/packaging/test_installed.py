"""The programs in an environment that never saw the repository, on good and on bad input."""

import json
import os
import tarfile
from pathlib import Path
from urllib.request import urlopen

import pytest
from waiting import PATIENCE_S

GOOD, BAD = "hostname: gw\n", "hostnam: gw\n"
FIRST = "001010000000001"
PLAN = "name: spring\nsims: {tag: {name: name, value: gw-1}}\ngroups: {before: {name: bench}}\n"
SETTINGS = """\
[metadata]
url = "http://127.0.0.1:9"
timeout = "1s"
patience = "1s"
[modem]
port = "{place}/no-modem"
[apply]
root = "{place}"
[paths]
state = "{place}/state"
"""


@pytest.fixture(params=["from_wheel", "from_sdist"])
def installed(request):
    return request.getfixturevalue(request.param)


def test_nothing_but_one_package_can_be_imported(from_wheel):
    added = {path.name.partition("-")[0] for path in from_wheel.site.iterdir() if not path.is_symlink()}
    assert added - {"__pycache__", "sitecustomize.py"} == {"kitting_agent"}
    for name in ("agent", "fleet", "simulator", "story", "config"):
        done = from_wheel.run("python", "-c", f"import {name}")
        assert f"No module named '{name}'" in done.stderr


@pytest.mark.parametrize("program", ["kitting", "kitting-agent"])
@pytest.mark.parametrize(("text", "code"), [(GOOD, os.EX_OK), (BAD, os.EX_DATAERR)])
def test_a_document_is_judged_by_the_schema_that_came_along(installed, program, text, code):
    done = installed.run(program, "check", "-", text=text)
    assert (done.returncode, done.stderr) == (code, "")
    file = installed.home / "userdata.yaml"
    file.write_text(text)
    assert installed.run(program, "check", "userdata.yaml").returncode == code


@pytest.mark.parametrize("program", ["kitting", "kitting-agent", "kitting-apply", "kitting-sim"])
def test_every_command_explains_itself(installed, program):
    done = installed.run(program, "--help")
    assert (done.returncode, done.stdout.startswith(f"usage: {program} ")) == (os.EX_OK, True)
    assert installed.run("python", "-m", "kitting_agent", program, "--help").stdout == done.stdout


def test_a_module_of_the_package_takes_the_names_of_its_programs_only(from_wheel):
    done = from_wheel.run("python", "-m", "kitting_agent", "kittng")
    assert (done.returncode, done.stderr.startswith("usage: python -m kitting_agent {kitting,")) == (os.EX_USAGE, True)


def test_another_system_gets_a_list_of_what_the_programs_need(from_wheel):
    code = "import os, sys; os.name = 'nt'; from kitting_agent.launch import kitting; sys.exit(kitting())"
    done = from_wheel.run("python", "-c", code)
    assert (done.returncode, done.stderr) == (
        os.EX_UNAVAILABLE,
        "kitting: this program needs a POSIX system such as Linux; on Windows, use Linux in WSL.\n",
    )


def test_three_gateways_kit_themselves(from_wheel):
    done = from_wheel.run("kitting-sim", "demo")
    assert (done.returncode, done.stderr) == (os.EX_OK, "")
    assert "Where to look next" in done.stdout


def test_the_commands_of_the_agent_start_each_other(from_sdist):
    settings = from_sdist.home / "agent.toml"
    settings.write_text(SETTINGS.format(place=from_sdist.home))
    done = from_sdist.run("kitting-agent", "--config", "agent.toml", "collect", "--out", "bundle.tar.gz")
    assert (done.returncode, done.stderr) == (os.EX_OK, "")
    with tarfile.open(from_sdist.home / "bundle.tar.gz") as bundle:
        (status,) = (member for member in bundle if member.name.endswith("status.txt"))
        assert "what to do" in bundle.extractfile(status).read().decode()


@pytest.fixture
def simulator(from_wheel, tmp_path):
    words = ("--count", "2", "--api", "0", "--json", "--control", str(tmp_path / "control"))
    with from_wheel.serving("kitting-sim", "serve", *words) as served:
        yield served


def test_the_desk_watches_the_simulated_platform(from_wheel, simulator):
    (from_wheel.home / "plan.yaml").write_text(PLAN)
    profiles = {"SORACOM_PROFILE_DIR": str(Path(simulator["profile"]).parent)}
    done = from_wheel.run("kitting", "watch", "plan.yaml", "--once", "--profile", "simulator", **profiles)
    assert (done.returncode, done.stderr) == (os.EX_OK, "")
    assert "gw-1" in done.stdout


@pytest.mark.parametrize(
    ("plan", "message"),
    [(PLAN.replace("sims", "simz"), "simz: unknown key"), (PLAN.replace("{tag", "{gat"), "sims.gat: unknown key")],
)
def test_the_desk_refuses_a_plan_by_the_schema_that_came_along(from_wheel, plan, message):
    (from_wheel.home / "plan.yaml").write_text(plan)
    done = from_wheel.run("kitting", "watch", "plan.yaml", "--once", "--endpoint", "http://127.0.0.1:9")
    assert (done.returncode, message in done.stderr) == (os.EX_DATAERR, True)


def test_the_simulator_has_its_modem_models(from_wheel):
    sims = from_wheel.home / "sims.toml"
    sims.write_text(f'[[sim]]\nimsi = "{FIRST}"\nmodem = "quectel-ec25"\n')
    with from_wheel.serving("kitting-sim", "serve", "--sims", "sims.toml", "--json", "--control", "socket") as served:
        assert [gateway["imsi"] for gateway in served["gateways"]] == [FIRST]
    sims.write_text(f'[[sim]]\nimsi = "{FIRST}"\nmodem = "abacus"\n')
    done = from_wheel.run("kitting-sim", "serve", "--sims", "sims.toml")
    assert (done.returncode, "no modem model 'abacus'; there are generic, " in done.stderr) == (os.EX_DATAERR, True)


def test_the_board_has_its_pages_and_its_files(installed):
    with installed.serving("kitting", "board", "--sample", "--listen", "127.0.0.1:0", "--json") as served:
        for path in ("", "labels", "static/board.css", "static/board.js"):
            with urlopen(served["url"] + path, timeout=PATIENCE_S) as answer:
                assert (answer.status, len(answer.read()) > 500) == (200, True)
        with urlopen(served["url"] + "rows.json", timeout=PATIENCE_S) as answer:
            assert len(json.load(answer)["tiles"]) == 30


def test_an_address_that_cannot_be_served_is_reported(from_wheel):
    done = from_wheel.run("kitting", "board", "--sample", "--listen", "nowhere")
    assert (done.returncode, "HOST:PORT" in done.stderr) == (os.EX_USAGE, True)


def test_aws_lambda_finds_the_hook(installed):
    code = "from kitting_agent.hook_on_lambda import lambda_handler; print(lambda_handler({'nothing': 1}, None))"
    done = installed.run("python", "-c", code)
    assert (done.stdout, done.stderr) == ("{'outcome': 'the event names no SIM'}\n", "")


def test_the_demonstration_of_the_desk_succeeds(from_wheel):
    done = from_wheel.run("python", "-m", "kitting_agent", "story", "--boxes", "4")
    assert (done.returncode, done.stderr) == (os.EX_OK, "")
    assert "== The end" in done.stdout
