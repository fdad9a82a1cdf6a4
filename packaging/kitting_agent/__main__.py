"""Entry point. `python -m kitting_agent PROGRAM …`, where the commands of the wheel are not on PATH."""

import os
import sys

from kitting_agent.launch import PROGRAMS, run

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in PROGRAMS:
        sys.stderr.write(f"usage: python -m kitting_agent {{{','.join(PROGRAMS)}}} …\n")
        sys.exit(os.EX_USAGE)
    del sys.argv[1]
    sys.exit(run(name))
