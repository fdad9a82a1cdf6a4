"""Entry point. `python3 -m agent` is `kitting-agent`."""

from agent.start import entry

entry()
