"""Entry point. `python3 -m agent` is `kitting-agent`."""

from agent.cli import entry

entry()
