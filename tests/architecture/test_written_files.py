"""Which modules of the device write files, and which load modules by name: neither is seen in the import graph."""

import ast

import pytest
from contracts import ROOT

CHANGES = frozenset(
    {
        *("write_text", "write_bytes", "touch", "mkdir", "makedirs", "symlink", "symlink_to", "link", "hardlink_to"),
        *("rename", "unlink", "rmdir", "rmtree", "chmod", "chown", "lchown", "truncate", "mknod", "mkfifo", "utime"),
    }
)
"""Calls of os, of pathlib, and of `durable.Disk`, that make, change or remove a file."""
FLAGS = frozenset({"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"})
WRITES = {
    "agent.apply.journal.journal": "the journal of an apply",
    "agent.apply.journal.store": "kept contents and what is managed",
    "agent.apply.machine.putting": "the gateway",
    "agent.apply.ssh_keygen": "a signature for ssh-keygen, in a directory of its own",
    "agent.commands.modem": "the trace that a person asked for",
    "agent.handover.files": "order, confirmation and outcome",
    "agent.host.durable": "the primitive operations",
    "agent.host.foreign_files": "nodes that are in the way are moved aside or removed",
    "agent.host.leaving_root": "a state directory that root made is given away",
    "agent.host.locks": "locks",
    "agent.host.process_entry": "/dev/null as standard output",
    "agent.metadata.sources": "fetched files",
    "agent.modem.port_claim": "a serial port",
    "agent.provision.state_file": "the state directory",
    "agent.upkeep.cleaning": "files that must not be in a disk image",
    "agent.upkeep.collect": "the support bundle",
    "agent.upkeep.endpoint": "the mark of the closed endpoint",
    "agent.upkeep.panel": "the LED and the login prompt",
}
"""Every module of the device that makes, changes or removes files, and which files."""
LOADS_BY_NAME = {"agent.cli": "commands", "agent.configuration.key_modules": "document keys"}
"""Every module that loads modules by a name that is computed."""


def modules(package):
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text())
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def called(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def name_of(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def opens_for_writing(call):
    """Whether a call of `open` has a mode that writes; a mode that is computed counts as well."""
    first = 0 if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) not in {"tarfile", "io"} else 1
    modes = [*call.args[first : first + 1], *(word.value for word in call.keywords if word.arg == "mode")]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    return name_of(call) == "open" and any(set(text) & set("wax+") for text in texts)


def writes(tree):
    flags = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & FLAGS
    return bool(flags) or any(name_of(call) in CHANGES or opens_for_writing(call) for call in called(tree))


def loads_by_name(tree):
    return any(name_of(call) in {"import_module", "__import__", "exec", "eval", "run_module"} for call in called(tree))


def test_only_the_listed_modules_of_the_device_write_files():
    assert {name for name, tree in modules("agent").items() if writes(tree)} == set(WRITES)


@pytest.mark.parametrize(
    "code",
    [
        "Path('/etc/x').write_text('y')",
        "os.rename('a', 'b')",
        "open('/etc/x', 'w')",
        "open(place, mode='ab')",
        "place.open('r+b')",
        "os.open('/etc/x', os.O_WRONLY | os.O_CREAT)",
        "disk.unlink(name, at)",
    ],
)
def test_code_that_writes_a_file_is_noticed(code):
    assert writes(ast.parse(code))


@pytest.mark.parametrize("code", ["open('/etc/x')", "place.open('rb')", "text.replace('a', 'w')", "open(place, 'rb')"])
def test_code_that_reads_is_not_taken_for_code_that_writes(code):
    assert not writes(ast.parse(code))


@pytest.mark.parametrize("package", ["agent", "fleet", "simulator"])
def test_modules_are_loaded_by_name_only_where_a_name_is_chosen_by_a_person(package):
    found = {name for name, tree in modules(package).items() if loads_by_name(tree)}
    assert found == {name for name in LOADS_BY_NAME if name.startswith(f"{package}.")}


@pytest.mark.parametrize("code", ["import_module('agent.upkeep.cleaning')", "importlib.import_module(name)", "exec(x)"])
def test_code_that_loads_by_name_is_noticed(code):
    assert loads_by_name(ast.parse(code))
