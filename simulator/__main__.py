"""Entry point. `python -m simulator` is `kitting-sim`."""

import sys

from simulator.cli import main

sys.exit(main())
