"""A frozen value is what a frozen dataclass with slots is."""

import copy
import pickle
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from pathlib import Path

import pytest

from agent.frozen import frozen


@frozen
class Modem:
    imei: str
    port: str = ""
    secret: str = field(default="x", repr=False)
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reference:
    imei: str
    port: str = ""
    secret: str = field(default="x", repr=False)
    names: list[str] = field(default_factory=list)


@pytest.mark.parametrize("made", [lambda c: c("1"), lambda c: c(imei="1", names=["a"]), lambda c: c("1", "2", "3", [])])
def test_its_fields_and_its_text_are_those_of_a_dataclass(made):
    ours, theirs = made(Modem), made(Reference)
    assert asdict(ours) == asdict(theirs)
    assert repr(ours) == repr(theirs).replace("Reference", "Modem")
    assert [one.name for one in fields(ours)] == [one.name for one in fields(theirs)]
    assert Modem.__match_args__ == Reference.__match_args__


def test_inspect_is_loaded_only_for_those_who_use_it():
    program = """
import sys, agent.frozen
assert "ast" not in sys.modules, "a pass would load it"
import inspect
assert "ast" not in sys.modules
assert str(inspect.signature(lambda one, *, two: 0)) == "(one, *, two)"
from inspect import Parameter
assert sys.modules["inspect"].Parameter is Parameter is inspect.Parameter
import dataclasses
@dataclasses.dataclass
class WithoutWords:
    one: int
assert WithoutWords.__doc__ == "WithoutWords(one: int)"
"""
    found = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_equal_values_are_equal_and_no_other():
    assert Modem("1") == Modem(imei="1")
    assert Modem("1") != Modem("2")
    assert Modem("1") != Reference("1")
    assert hash(replace(Modem("1"), names=())) == hash(replace(Modem("1"), names=()))


@pytest.mark.parametrize(
    "call", [lambda c: c(), lambda c: c("1", imei="1"), lambda c: c("1", x=1), lambda c: c(*"12345")]
)
def test_what_a_dataclass_refuses_is_refused(call):
    for kind in (Modem, Reference):
        with pytest.raises(TypeError):
            call(kind)


def test_nothing_can_be_assigned_deleted_or_added():
    modem = Modem("1")
    with pytest.raises(FrozenInstanceError):
        modem.imei = "2"
    with pytest.raises(FrozenInstanceError):
        del modem.imei
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        object.__setattr__(modem, "other", 1)


def test_each_value_has_a_list_of_its_own():
    assert Modem("1").names is not Modem("1").names


def test_a_copy_and_a_pickle_are_equal():
    modem = Modem("1", "2", "3", ["4"])
    assert copy.copy(modem) == copy.deepcopy(modem) == pickle.loads(pickle.dumps(modem)) == modem


def test_what_a_class_defines_itself_is_kept():
    @frozen
    class Told:
        text: str

        def __post_init__(self):
            object.__setattr__(self, "text", self.text.upper())

        def __repr__(self):
            return "told"

    assert Told("a").text == "A"
    assert repr(Told("a")) == "told"


def test_values_can_be_matched():
    match Modem("1", "2"):
        case Modem(imei, port=port):
            assert (imei, port) == ("1", "2")


ROOT = Path(__file__).parents[2]


def files_with(pattern, *folders):
    """The modules of these folders in which a line matches."""
    modules = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {str(path.relative_to(ROOT)) for path in modules if re.search(pattern, path.read_text(), re.MULTILINE)}


def test_the_device_has_frozen_values_of_its_own_and_everything_else_has_dataclasses():
    assert files_with(r"^\s*@dataclass\(.*frozen", "agent") == set()
    assert files_with(r"^from agent\.frozen import", "fleet", "simulator", "story", "benchmarks") == set()
