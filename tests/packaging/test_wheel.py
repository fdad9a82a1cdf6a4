"""What wheel and sdist consist of, and what they say of themselves."""

import ast
import re
import tarfile
from pathlib import Path
from zipfile import ZipFile

from installed import CHECKOUT, information

from agent import __version__

FOLDERS = ("agent", "config", "fleet", "simulator", "story")
INSIDE = "kitting_agent/application/"


def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as content:
        return set(content.namelist())


def test_the_wheel_has_one_package(built):
    assert {name.partition("/")[0] for name in names(built.wheel)} == {
        "kitting_agent",
        f"kitting_agent-{__version__}.dist-info",
    }


def test_the_wheel_has_every_file_of_the_program_and_no_other(built):
    program = {name.removeprefix(INSIDE) for name in names(built.wheel) if name.startswith(INSIDE)}
    assert program == {name for name in built.files() if name.partition("/")[0] in FOLDERS}


def test_the_wheel_has_the_licence(built):
    (licence,) = (name for name in names(built.wheel) if name.endswith("LICENSE"))
    with ZipFile(built.wheel) as content:
        assert content.read(licence) == (CHECKOUT / "LICENSE").read_bytes()


def test_the_sdist_has_every_file_of_the_repository_that_is_no_tools_own(built):
    with tarfile.open(built.sdist) as content:
        files = {member.name.partition("/")[2] for member in content if member.isfile()}
    assert {name for name in built.files() if not name.startswith(".")} <= files
    assert {name for name in files - built.files() if not name.startswith("kitting_agent.egg-info/")} == {"PKG-INFO"}


def test_the_metadata_of_the_wheel_is_complete(built):
    text = information(built.wheel)
    assert (text["Name"], text["Version"], text["License"]) == ("kitting-agent", __version__, "MIT")
    assert text["Author-email"] == "kitting-agent@example.com"
    assert {"Documentation", "Changelog", "Issues", "Security"} <= {
        line.partition(",")[0] for line in text.get_all("Project-URL")
    }
    classified = [line.rpartition(" ")[2] for line in text.get_all("Classifier") if "Python :: 3." in line]
    assert classified == ["3.11", "3.12", "3.13"]
    assert text["Requires-Python"] == ">=3.11"


def test_no_extra_is_needed_but_by_a_device(built):
    text = information(built.wheel)
    assert {"device", "fleet"} <= set(text.get_all("Provides-Extra"))
    wanted = [line for line in text.get_all("Requires-Dist") if "extra ==" not in line]
    assert not [line for line in wanted if "systemd" in line]
    device = [line for line in text.get_all("Requires-Dist") if re.search(r"extra == .device", line)]
    assert {re.match(r"[\w-]+", line)[0] for line in device} == {"pyserial", "systemd-python"}


def test_the_version_stands_in_one_place():
    stated = [
        path
        for path in (*CHECKOUT.glob("*.cfg"), *CHECKOUT.glob("*.toml"), *(CHECKOUT / "packaging").rglob("*"))
        if path.is_file() and re.search(rf"version.*{re.escape(__version__)}", path.read_text("utf-8", "replace"))
    ]
    assert stated == []
    (assigned,) = (
        node.value.value
        for node in ast.parse((CHECKOUT / "agent/__init__.py").read_text()).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__version__"
    )
    assert assigned == __version__
