"""What a public forge is given: a workflow that types only what a person types, and templates that it can show."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
FORGE = CHECKOUT / ".github"
WORKFLOW = yaml.safe_load((FORGE / "workflows" / "ci.yml").read_text("utf-8"))
TEMPLATES = sorted(path for path in (FORGE / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
TARGETS = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))


def steps(job):
    """The steps of a job, once for each value of its matrix."""
    matrix = job.get("strategy", {}).get("matrix", {})
    for name, values in matrix.items() or {"": [""]}.items():
        for value in values:
            for step in job["steps"]:
                yield yaml.safe_load(yaml.safe_dump(step).replace(f"${{{{ matrix.{name} }}}}", str(value)))


ALL_STEPS = [step for job in WORKFLOW["jobs"].values() for step in steps(job)]


def test_every_step_is_one_target_of_make_or_an_action_with_its_major_version():
    for step in ALL_STEPS:
        if "run" in step:
            command, target = step["run"].split()
            assert (command, target in TARGETS) == ("make", True), step
        else:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]), step


def test_the_targets_that_a_change_has_to_pass_are_there():
    assert {step["run"] for step in ALL_STEPS if "run" in step} == {
        "make lint",
        "make test",
        "make demo",
        "make demo-desk",
    }


def test_the_tests_run_on_every_python_that_the_package_names():
    setup = ConfigParser()
    setup.read(CHECKOUT / "setup.cfg")
    named = re.findall(r":: (3\.\d+)$", setup["metadata"]["classifiers"], re.MULTILINE)
    assert WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["python"] == named


def test_the_workflow_may_only_read():
    assert WORKFLOW["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_what_a_forge_needs_to_show_it(path):
    template = yaml.safe_load(path.read_text("utf-8"))
    assert template["name"]
    assert template["description"]
    questions = [item for item in template["body"] if item["type"] != "markdown"]
    names = [item["id"] for item in questions]
    assert len(names) == len(set(names))
    assert all(item["attributes"]["label"] for item in questions)
    assert {item["type"] for item in template["body"]} <= {"markdown", "textarea", "input", "dropdown"}


@pytest.mark.parametrize(
    ("name", "command"),
    [("bug", "kitting-agent collect"), ("modem", "kitting-agent modem --trace modem.toml --mask")],
)
def test_a_template_asks_for_what_finds_the_cause(name, command):
    assert command in (FORGE / "ISSUE_TEMPLATE" / f"{name}.yml").read_text("utf-8")
