"""The code keeps the contracts of its folders and kinds, and each contract notices an import that breaks it."""

from configparser import ConfigParser

import pytest
from contracts import CONTRACTS, ROOT, graph, unused_names
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract

CLASSES = {"layers": LayersContract, "forbidden": ForbiddenContract, "independence": IndependenceContract}

SABOTAGE = {
    "imports_upward": ("agent.provision.tags", "agent.cli"),
    "impure": ("agent.provision.tags", "ssl"),
    "edges_that_know_each_other": ("agent.metadata.subscriber_service", "agent.modem.serial_line"),
    "writers": ("agent.provision.state_file", "multiprocessing"),
    "beyond_a_small_resident": ("agent.host.locks", "json"),
    "desk_beyond_its_list": ("fleet.cli", "agent.upkeep.cleaning"),
    "folders_beyond_their_names": ("agent.resident.pauses", "agent.provision.report"),
    "device": ("agent.provision.provisioning", "agent.apply.applying"),
    "desk": ("fleet.platform.calls", "fleet.bench.shipping"),
    "strangers": ("simulator.cli", "agent.errors"),
    "nodesk": ("agent.cli", "fleet.cli"),
    "nosimulator": ("fleet.cli", "simulator.cli"),
}
"""Of each contract: an import that breaks it."""


@pytest.fixture(scope="module")
def imports():
    return graph()


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_the_code_keeps_the_contract(contract, imports):
    assert contract(imports) == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_the_contract_notices_an_import_that_breaks_it(contract):
    imports = graph()
    importer, imported = SABOTAGE[contract.__name__]
    before = contract(imports)
    imports.add_import(importer=importer, imported=imported)
    assert len(contract(imports)) == len(before) + 1


def written_contracts():
    """Name of each contract in setup.cfg, with what it says."""
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg")
    prefix = "importlinter:contract:"
    return {name.removeprefix(prefix): parser[name] for name in parser.sections() if name.startswith(prefix)}


def checked(name, imports):
    """Whether a contract of setup.cfg is kept by a graph."""
    configure()
    written = written_contracts()[name]
    options = {key: [line for line in value.split("\n") if line] for key, value in written.items()}
    options = {key: lines[0] if key == "exhaustive" else lines for key, lines in options.items()}
    kind = CLASSES[written["type"]]
    packages = {"root_packages": ["agent", "fleet", "simulator"], "include_external_packages": "True"}
    return kind(name, packages, options).check(imports, verbose=False).kept


@pytest.mark.parametrize("name", written_contracts())
def test_a_contract_of_setup_cfg_is_kept_and_notices_an_import_that_breaks_it(name):
    assert checked(name, graph())
    imports = graph()
    importer, imported = SABOTAGE[name]
    imports.add_import(importer=importer, imported=imported)
    assert not checked(name, imports)


def test_a_name_that_a_folder_offers_is_used(imports):
    assert unused_names(imports) == []


def test_a_name_that_a_folder_offers_and_nobody_uses_is_noticed():
    imports = graph()
    for importer in imports.find_modules_that_directly_import("agent.host.clock"):
        imports.remove_import(importer=importer, imported="agent.host.clock")
    assert unused_names(imports) == ["agent.host.clock"]


def test_every_contract_is_sabotaged():
    assert set(SABOTAGE) == {contract.__name__ for contract in CONTRACTS} | set(written_contracts())
