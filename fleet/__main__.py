"""Entry point. `python -m fleet`, the same as `kitting`."""

import sys

from fleet.cli import main

if __name__ == "__main__":
    sys.exit(main())
