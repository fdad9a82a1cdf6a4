"""Runs one program in a process in which some Python modules do not exist: without_modules.py MODULES PROGRAM WORDS…"""

import sys
from importlib import import_module

PROGRAMS = {"kitting": "fleet.cli", "kitting-agent": "agent.cli", "kitting-sim": "simulator.cli"}


class Refusing:
    def __init__(self, hidden):
        self.hidden = hidden

    def find_spec(self, name, *_):
        if name.partition(".")[0] in self.hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


hidden = frozenset(sys.argv[1].split(","))
for name in [name for name in sys.modules if name.partition(".")[0] in hidden]:
    del sys.modules[name]  # such as pwd, which the interpreter itself imported
sys.meta_path.insert(0, Refusing(hidden))
sys.exit(import_module(PROGRAMS[sys.argv[2]]).main(sys.argv[3:]))
