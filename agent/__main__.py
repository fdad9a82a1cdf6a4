"""Entry point: `python3 -m agent` is `kitting-agent`."""

import sys

from agent.cli import main

sys.exit(main())
