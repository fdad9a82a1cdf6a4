#!/bin/sh
# Prepares a virtual environment from the lock: venv.sh [FOLDER [PYTHON]]. systemd-python is built from source, so a
# compiler, pkg-config and systemd's headers must be there, and `kitting sign` and the agent call ssh-keygen: what is
# missing is installed where this user may, and otherwise the command to type is said.
set -eu
# shellcheck source=packaging/failed.sh
. "$(dirname "$0")/failed.sh"

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

check_place "$folder"
log=$(mktemp 2>/dev/null) || cannot 73 "No temporary file can be made in ${TMPDIR:-/tmp}. Name another folder in TMPDIR."
trap 'rm -f "$log"' EXIT

missing=""
python=$(find_python)
[ -n "$python" ] || missing="$missing python3 python3-venv"
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v pkg-config >/dev/null 2>&1 || missing="$missing pkg-config"
command -v ssh-keygen >/dev/null 2>&1 || missing="$missing openssh-client"
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
    if ! { $sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo $install; } >"$log" 2>&1; then
        apt_failed "$log" "$install"
    fi
    python=$(find_python)
    if [ -z "$python" ]; then
        echo "This needs Python 3.11 or newer (Debian 12 has it)." >&2
        exit 69
    fi
fi

# Runs pip, which says something only where it fails.
install() {
    "$folder/bin/python" -m pip install --no-input --disable-pip-version-check "$@" >"$log" 2>&1 || pip_failed "$log" "$folder"
}

echo "Preparing $folder (a minute, once)"
if ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    # An environment whose making was cut off, or whose Python is gone from this computer, is made anew.
    clear=""
    [ ! -e "$folder/pyvenv.cfg" ] || clear=--clear
    # shellcheck disable=SC2086 # (nothing where it is empty)
    "$python" -m venv $clear "$folder" >"$log" 2>&1 || pip_failed "$log" "$folder"
fi
# What builds a package comes first, from the lock too: pip has no hashes for what it would fetch to build one apart.
install --require-hashes --requirement packaging/lock/build.txt
install --require-hashes --no-build-isolation --requirement packaging/lock/development.txt
install --no-deps --no-build-isolation --editable .
