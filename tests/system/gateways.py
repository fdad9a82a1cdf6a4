"""Gateways: a Debian with the package on a disk of its own, a cell, a modem, and the machine that boots it."""

import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cell import USERDATA, Cell
from images import Images
from machine import Disk, Machine
from runs import Run


@contextmanager
def gateways(run: Run, images: Images):
    """Gives a function that makes gateways: each has a disk, a cell and a modem, and is off."""
    with ExitStack() as stack:

        def make(debian, *, layers=(), userdata=USERDATA, options=(), **flash):
            name = run.name()
            mine = Path(tempfile.mkdtemp(dir=run.place))
            disk = Disk(mine / "disk", *(layers or images.layers(debian)))
            stack.callback(disk.close)
            cell = Cell(name, mine, userdata)
            stack.callback(cell.close)
            machine = Machine(name, disk, cell, options)
            stack.callback(machine.close)
            machine.flash(**flash)
            return machine

        yield make
