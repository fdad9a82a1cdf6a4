#!/bin/sh
# Prepares a virtual environment from the lock: venv.sh [FOLDER [PYTHON]]. systemd-python is built from source, so a
# compiler, pkg-config and systemd's headers must be there: they are installed where this user may, and otherwise the
# command to type is said.
set -eu

folder=${1:-.venv}
wanted=${2:-}
enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

find_python() {
    for candidate in ${wanted:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c "$enough" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

if [ -n "$wanted" ] && [ -z "$(find_python)" ]; then
    echo "PYTHON=$wanted is not Python 3.11 or newer with its venv module. Install it, or name another one." >&2
    exit 69
fi

missing=""
python=$(find_python)
[ -n "$python" ] || missing="$missing python3 python3-venv"
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v pkg-config >/dev/null 2>&1 || missing="$missing pkg-config"
pkg-config --exists libsystemd 2>/dev/null || missing="$missing libsystemd-dev"
if [ -n "$python" ]; then
    header=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h
    [ -e "$header" ] || missing="$missing python3-dev"
else
    missing="$missing python3-dev"
fi

if [ -n "$missing" ]; then
    install="apt-get install -y --no-install-recommends$missing"
    if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2>/dev/null; then sudo="sudo"; else sudo="no"; fi
    if [ "$sudo" = no ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "Something is missing that only an administrator can install. Type this, then the same make again:" >&2
        echo "    sudo apt-get update && sudo $install" >&2
        exit 69
    fi
    echo "Installing$missing"
    log=$(mktemp)
    if ! { $sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo $install; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "That did not work. Type this, then the same make again:" >&2
        echo "    sudo apt-get update && sudo $install" >&2
        rm -f "$log"
        exit 69
    fi
    rm -f "$log"
    python=$(find_python)
    if [ -z "$python" ]; then
        echo "This needs Python 3.11 or newer (Debian 12 has it)." >&2
        exit 69
    fi
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs pip, which says something only where it fails.
install() {
    if ! "$folder/bin/python" -m pip install --no-input --disable-pip-version-check "$@" >"$log" 2>&1; then
        if grep -q "Retrying (" "$log"; then
            echo "pip did not reach its package index (https://pypi.org, where pip has no other setting)." >&2
            echo "Connect this computer to the Internet, then type the same make again." >&2
        else
            tail -n 20 "$log" >&2
            echo "pip could not prepare $folder: the reason stands above." >&2
        fi
        exit 69
    fi
}

echo "Preparing $folder (a minute, once)"
[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
# What builds a package comes first, from the lock too: pip has no hashes for what it would fetch to build one apart.
install --require-hashes --requirement packaging/lock/build.txt
install --require-hashes --no-build-isolation --requirement packaging/lock/development.txt
install --no-deps --no-build-isolation --editable .
