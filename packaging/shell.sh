#!/bin/sh
# A shell that finds the programs of a virtual environment by their names: shell.sh FOLDER (the one with the programs).
set -eu
programs=$(cd "$1" && pwd)
PATH=$programs:$PATH
export PATH
echo "This shell finds kitting (the desk), kitting-agent (the gateway) and kitting-sim (SORACOM and modems on this machine)."
echo "Each has -h. Type exit to leave."
"${SHELL:-/bin/sh}" || true # (the status of the last command that was typed is no failure of make)
