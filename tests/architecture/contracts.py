"""The contracts that follow from folders and from the first line of each module, as functions of the import graph.

Each function returns the imports that break its contract, as sentences. `test_contracts.py` holds the code to them, and
shows of each that it notices an import that breaks it.
"""

import ast
import re
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
KINDS = ("Values", "Pure", "Edge", "Story", "Entry point")
"""From the ground up: a module imports modules of its own kind and of the kinds before it."""
COMPUTING = frozenset(
    {"__future__", "base64", "binascii", "bisect", "collections", "contextlib", "csv", "dataclasses", "datetime"}
    | {"difflib", "email", "enum", "errno", "fnmatch", "functools", "hashlib", "http", "io", "ipaddress", "itertools"}
    | {"json", "jsonschema", "math", "pathlib", "posixpath", "re", "rich", "segno", "shlex", "string", "tomllib"}
    | {"types", "typing", "unicodedata", "urllib", "yaml", "zlib"}
)
"""All that values and pure modules import: libraries that compute values from values."""
COMPUTING_ALSO = frozenset(
    {
        ("agent.cli", "importlib"),  # the module of a command, by its name
        ("agent.codes", "os"),  # exit codes of sysexits.h
        ("agent.configuration.key_modules", "importlib"),  # the module of a key, by its name
        ("agent.configuration.keys.network", "uuid"),  # uuid5, a digest
        ("agent.frozen", "inspect"),  # loaded when it is used
        ("agent.frozen", "sys"),  # the table of modules
        ("agent.upkeep.routes", "sys"),  # the order of bytes
    }
)
"""Of other libraries: a module that uses a part that computes, and the library."""
LOOKING = frozenset(
    {
        "_socket",
        "_thread",
        "argparse",
        "fcntl",
        "gc",
        "grp",
        "os",
        "pwd",
        "queue",
        "random",
        "requests",
        "select",
        "selectors",
    }
    | {"serial", "signal", "socket", "stat", "struct", "sys", "systemd", "termios", "threading", "time", "traceback"}
    | {"urllib3"}
)
"""What else every edge, story and entry point of the device may import."""
WRITERS = {
    "ctypes": ("agent.host.leaving_root",),
    "subprocess": ("agent.host.programs",),
    "shutil": ("agent.upkeep.cleaning",),
    "tarfile": ("agent.upkeep.collect",),
    "tempfile": ("agent.apply.ssh_keygen", "agent.host.process_entry"),
    "agent.host.programs": (
        "agent.apply.machine.system_programs",
        "agent.apply.ssh_keygen",
        "agent.modem.managed",
        "agent.provision.proof_files",
        "agent.resident.metered",
        "agent.upkeep.collect",
        "agent.upkeep.endpoint",
    ),
}
"""What runs programs, moves files or makes files, and the modules of the device that may import it.

A library that stands neither here nor in the lists above may be imported by no module of the device.
"""
RESIDENT = "agent.resident.daemon"
RESIDENT_IMPORTS = frozenset(
    {"__future__", "_socket", "agent.host.foreign_files", "agent.host.locks", "agent.host.systemd", "collections"}
    | {"errno", "fcntl", "os", "select", "signal", "stat", "sys", "systemd", "time"}
)
"""All that the waiting process imports: three files of ours, parts of the interpreter, and the journal's library."""
OPEN_EDGES = ("agent.configuration.schema_file", "agent.host", "fleet.web_server")
"""Rooms whose edges other edges may use."""
DESK_MAY_USE = (
    "agent.codes",
    "agent.configuration",
    "agent.errors",
    "agent.host.clock",
    "agent.host.process_entry",
    "agent.host.program_files",
    "agent.host.visible_output",
    "agent.identity",
    "agent.key_path",
    "agent.setting_values",
    "agent.settings",
    "agent.visible_text",
)
"""Modules and folders of the device that the desk may import: the document and the values; nothing touches a device."""


def graph() -> grimp.ImportGraph:
    """All imports of the three packages, those of libraries included."""
    return grimp.build_graph("agent", "fleet", "simulator", include_external_packages=True, cache_dir=None)


@cache
def path_of(module: str) -> Path:
    place = ROOT / module.replace(".", "/")
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


@cache
def kind_of(module: str) -> str:
    """The kind that a module's first line names; empty where it names none."""
    text = ast.get_docstring(ast.parse(path_of(module).read_text())) or ""
    return next((kind for kind in KINDS if re.match(rf"{kind}[.:]", text)), "")


def folder_of(module: str) -> str:
    """The folder of a module, with the package in front; of a file at the top of a package, the package."""
    above, _, _ = module.rpartition(".")
    return module if path_of(module).name == "__init__.py" else above


def ours(imports: grimp.ImportGraph) -> list[str]:
    """The modules of the project in a graph."""
    return sorted(name for name in imports.modules if name.partition(".")[0] in {"agent", "fleet", "simulator"})


def arrows(imports: grimp.ImportGraph, package: str = "") -> list[tuple[str, str]]:
    """Pairs of modules of the project, of which the first imports the second; no folder's `__init__` is counted."""
    known = set(ours(imports))
    return [
        (importer, imported)
        for importer in sorted(known)
        for imported in sorted(imports.find_modules_directly_imported_by(importer))
        if imported in known and path_of(imported).name != "__init__.py" and importer.startswith(package)
    ]


def libraries_of(imports: grimp.ImportGraph, *packages: str) -> list[tuple[str, str]]:
    """Pairs of a module of the packages and a library that it imports."""
    return [
        (importer, library)
        for importer in ours(imports)
        if importer.partition(".")[0] in packages
        for library in sorted(imports.find_modules_directly_imported_by(importer) - set(ours(imports)))
    ]


def imports_upward(imports: grimp.ImportGraph) -> list[str]:
    """Entry points use stories, stories use edges, edges use pure modules, and all use values."""
    rank = {kind: place for place, kind in enumerate(KINDS)}
    return [
        f"{importer} ({kind_of(importer)}) imports {imported} ({kind_of(imported)})"
        for importer, imported in arrows(imports)
        if rank[kind_of(importer)] < rank[kind_of(imported)]
    ]


def impure(imports: grimp.ImportGraph) -> list[str]:
    """A pure module of the device or the desk computes; values of the simulator hold a lock, for its threads."""
    return [
        f"{importer} ({kind_of(importer)}) imports {library}"
        for importer, library in libraries_of(imports, "agent", "fleet")
        if kind_of(importer) in {"Values", "Pure"}
        and library not in COMPUTING
        and (importer, library) not in COMPUTING_ALSO
    ]


def edges_that_know_each_other(imports: grimp.ImportGraph) -> list[str]:
    """An edge does one kind of I/O; it uses no edge of another folder but those of this computer."""
    return [
        f"{importer} imports {imported}"
        for importer, imported in arrows(imports)
        if kind_of(importer) == kind_of(imported) == "Edge"
        and not _share_a_folder(importer, imported)
        and not imported.startswith(OPEN_EDGES)
        and not importer.startswith("simulator")
    ]


def _share_a_folder(one: str, other: str) -> bool:
    return one.split(".")[:2] == other.split(".")[:2]


def writers(imports: grimp.ImportGraph) -> list[str]:
    """Of the device only the named modules run programs, move files, make files, or import an unlisted library."""
    uses_of_programs = [(one, other) for one, other in arrows(imports, "agent") if other in WRITERS]
    return [
        f"{importer} imports {imported}"
        for importer, imported in [*libraries_of(imports, "agent"), *uses_of_programs]
        if imported not in COMPUTING | LOOKING
        and (importer, imported) not in COMPUTING_ALSO
        and importer not in WRITERS.get(imported, ())
    ]


def beyond_a_small_resident(imports: grimp.ImportGraph) -> list[str]:
    """The waiting process imports what its list names, and what these modules import in turn."""
    reached, found = {RESIDENT}, []
    waiting = [RESIDENT]
    while waiting:
        importer = waiting.pop()
        for imported in sorted(imports.find_modules_directly_imported_by(importer) - reached):
            reached.add(imported)
            if imported not in RESIDENT_IMPORTS:
                found.append(f"{importer} imports {imported}")
            elif imported.startswith("agent."):
                waiting.append(imported)
    return found


def desk_beyond_its_list(imports: grimp.ImportGraph) -> list[str]:
    """The desk uses of the device what its list names."""
    return [
        f"{importer} imports {imported}"
        for importer, imported in arrows(imports, "fleet")
        if imported.startswith("agent") and not _is_listed(imported)
    ]


def _is_listed(module: str) -> bool:
    return any(module == listed or module.startswith(f"{listed}.") for listed in DESK_MAY_USE)


def folders_beyond_their_names(imports: grimp.ImportGraph) -> list[str]:
    """Other folders use of a folder only the modules that its `__all__` names; a folder inside counts as one name."""
    return [
        f"{importer} imports {imported}"
        for importer, imported in arrows(imports)
        if not _share_a_folder(importer, imported)
        and len(imported.split(".")) > 2
        and imported.split(".")[2] not in public_names(".".join(imported.split(".")[:2]))
    ]


@cache
def public_names(folder: str) -> frozenset[str]:
    """The names in a folder's `__all__`, read without importing the folder."""
    for node in ast.parse(path_of(folder).read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def unused_names(imports: grimp.ImportGraph) -> list[str]:
    """A name in a folder's `__all__` that no other folder uses; commands and the Lambda function are loaded by name."""
    used = {
        tuple(imported.split(".")[:3])
        for importer, imported in arrows(imports)
        if not _share_a_folder(importer, imported)
    }
    folders = {".".join(module.split(".")[:2]) for module in ours(imports) if len(module.split(".")) > 2}
    return sorted(
        f"{folder}.{name}"
        for folder in folders
        for name in public_names(folder)
        if (*folder.split("."), name) not in used and not folder.endswith(".commands") and name != "lambda_function"
    )


CONTRACTS = (
    imports_upward,
    impure,
    edges_that_know_each_other,
    writers,
    beyond_a_small_resident,
    desk_beyond_its_list,
    folders_beyond_their_names,
)
