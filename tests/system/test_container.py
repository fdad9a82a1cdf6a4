"""The image for linux/arm/v7, built without a registry and run under emulation, with a modem and one mounted root."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cell import CHECKOUT, IMEI, SERVICE, Cell, run
from runs import STORAGE

SETTINGS = """\
[metadata]
url = "http://SERVICE"
patience = "1h"
[modem]
port = "PORT"
[apply]
root = "/target"
"""


@pytest.fixture(scope="module")
def image(this_run):
    """The image's id, which stays the same when another checkout gives the name to an image of its own."""
    if not shutil.which("buildah"):
        pytest.skip("there is no buildah: sh packaging/host.sh image")
    with this_run.once("image") as kept:
        if not kept.exists():
            done = subprocess.run([CHECKOUT / "packaging/image.sh"], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr[-2000:]
            kept.write_text(done.stdout.split()[-1])
        return kept.read_text()


@pytest.fixture
def cell(this_run):
    name = this_run.name()
    made = Cell(name, this_run.place / name, "hostname: gw-{{ tags.site }}\ntimezone: Etc/UTC\n")
    made.ready()
    yield made
    made.close()


def container(image: str, cell: Cell, volumes: dict[Path, str], *command: str, user: str = "") -> str:
    made = f"{cell.name}-container"
    run("buildah", "from", "--name", made, "--pull=never", "--arch", "arm", "--variant", "v7", image, env=STORAGE)
    mounts = [word for place, there in volumes.items() for word in ("-v", f"{place}:{there}")]
    who = ["--user", user] if user else []
    try:
        inside = ("ip", "netns", "exec", cell.device, "buildah", "run", "--isolation", "chroot")
        return run(*inside, *who, *mounts, made, "--", *command, env=STORAGE)
    finally:
        run("buildah", "rm", made, env=STORAGE)


def test_the_image_is_for_armv7_and_does_not_run_as_root(image):
    about = json.loads(run("buildah", "inspect", "--type", "image", image, env=STORAGE))["Docker"]
    assert (about["architecture"], about["os"], about["variant"]) == ("arm", "linux", "v7")
    assert about["config"]["User"] == "kitting-agent"
    assert about["config"]["Healthcheck"]["Test"][-1].startswith("kitting-agent status")


def test_the_container_kits_the_root_that_is_mounted(image, cell, tmp_path):
    root, settings = tmp_path / "root", tmp_path / "agent.toml"
    for path, text in {
        "etc/hostname": "old\n",
        "usr/share/zoneinfo/Etc/UTC": "TZif2",
        "etc/passwd": "root:x:0:0::/:\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    settings.write_text(SETTINGS.replace("SERVICE", SERVICE).replace("PORT", str(cell.port)))
    volumes = {root: "/target", settings: "/etc/kitting-agent/agent.toml"}
    output = container(image, cell, volumes, "kitting-agent", "provision", "--json", user="root")
    assert json.loads(output)["state"] == "provisioned"
    assert (root / "etc/hostname").read_text() == "gw-tokyo\n"
    assert (cell.tags["kitting_state"], cell.tags["kitting_imei"]) == ("provisioned", IMEI)


def test_the_container_runs_as_its_own_user(image, cell):
    assert container(image, cell, {}, "id", "-un").strip() == "kitting-agent"
    assert container(image, cell, {}, "uname", "-m").strip() == "armv7l"
