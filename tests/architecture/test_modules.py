"""The picture in CONTRIBUTING.md is true: every module says its kind, and the arrows follow from the kinds."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = ("Values", "Pure", "Edge", "Story", "Entry point")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for folder in ("agent", "fleet", "simulator")
    for path in sorted((ROOT / folder).rglob("*.py"))
}


def kind(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    return next((kind for kind in KINDS if re.match(rf"{kind}[.:]", text)), "")


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__init__")])
def test_every_module_begins_with_its_kind(name):
    assert kind(MODULES[name]), f"{name} begins with none of {', '.join(KINDS)}"


def ours(path: Path) -> bool:
    return not any(part == "build" or part.startswith(".venv") for part in path.relative_to(ROOT).parts)


@pytest.mark.parametrize("path", sorted(filter(ours, ROOT.rglob("*.py"))), ids=str)
def test_no_file_has_a_name_without_a_meaning(path):
    of_ours = path.stem.replace("modem_manager", "").replace("network_manager", "")  # a program's name
    assert not re.search(r"util|helper|common|misc|manager", of_ours)


LOOKED_UP_NOT_READ = {"agent.codes"}
"""Tables: a row is looked for, nobody reads from top to bottom."""


@pytest.mark.parametrize("name", sorted(set(MODULES) - LOOKED_UP_NOT_READ))
def test_no_module_is_longer_than_a_reader_can_keep_in_mind(name):
    assert len(MODULES[name].read_text().splitlines()) <= 350


@pytest.mark.parametrize("name", MODULES)
def test_a_function_fits_on_a_screen(name):
    functions = (node for node in ast.walk(ast.parse(MODULES[name].read_text())) if isinstance(node, ast.FunctionDef))
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 50] == []


@pytest.mark.parametrize("name", [name for name in MODULES if name.endswith("__init__")])
def test_code_is_in_modules_and_not_in_the_init_of_a_folder(name):
    """A folder's `__init__` has its docstring, its `__all__`, and constants."""
    body = ast.parse(MODULES[name].read_text()).body
    assert [ast.unparse(node) for node in body if not isinstance(node, ast.Assign | ast.Expr)] == []


@pytest.mark.parametrize("name", MODULES)
def test_everything_is_caught_only_at_the_process_entries(name):
    blind = re.findall(r"except (?:Base)?Exception|except:", MODULES[name].read_text())
    assert not blind or kind(MODULES[name]) == "Entry point"


FILE_CALLS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob"}
READS_ITS_OWN_FILE = {"agent.settings"}
"""`load` stands beside the values that it makes, so that the entry points import one module less."""


@pytest.mark.parametrize("name", [name for name in MODULES if kind(MODULES[name]) in {"Pure", "Values"}])
def test_a_pure_module_reads_no_file_and_does_not_know_where_it_is(name):
    tree = ast.parse(MODULES[name].read_text())
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in called}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & FILE_CALLS or name in READS_ITS_OWN_FILE
    assert "__file__" not in used


KEYS = [name.rpartition(".")[2] for name in MODULES if re.match(r"agent\.configuration\.keys\.(?!__)", name)]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_the_document_has_a_test_of_its_name(key):
    assert (ROOT / f"tests/agent/configuration/keys/test_{key}.py").exists()
