"""The development dependencies are locked, and a computer is prepared from the lock."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).parents[2]
LOCK = CHECKOUT / "packaging/lock"
FILES = sorted(LOCK.glob("*.txt"))


def entries(file: Path) -> list[str]:
    """One text per package: its requirement line and the lines that continue it."""
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines()


def locked(file: Path) -> dict[str, str]:
    requirements = [Requirement(entry.partition(" --hash=")[0]) for entry in entries(file)]
    return {each.name: str(each.specifier).removeprefix("==") for each in requirements}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_package_has_one_version_and_its_hashes(file):
    hashed = re.compile(r"[a-z0-9-]+==[^ ;]+( ; [^-]+)?( --hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries(file) if not hashed.fullmatch(entry)] == []


def test_the_lock_has_what_setup_cfg_asks_for():
    config = ConfigParser()
    config.read(CHECKOUT / "setup.cfg")
    asked = config["options"]["install_requires"] + "\n".join(config["options.extras_require"].values())
    versions = locked(LOCK / "development.txt")
    for line in filter(None, (line.strip() for line in asked.splitlines())):
        if not line.startswith(("#", "kitting-agent[")):
            requirement = Requirement(line)
            assert requirement.specifier.contains(versions[requirement.name.lower()]), f"{line}: make lock"


def test_what_builds_a_package_has_the_version_that_is_developed_with():
    built_with = locked(LOCK / "build.txt")
    assert "setuptools" in built_with
    assert built_with.items() <= locked(LOCK / "development.txt").items()
