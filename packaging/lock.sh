#!/bin/sh
# Writes packaging/lock anew: the newest development dependencies with the hashes of all their files on PyPI, for Python
# 3.11 and newer on every platform. The ranges that users see stand in setup.cfg.
set -eu
cd "$(dirname "$0")/.."

UV=0.13.9
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT

echo "Locking the development dependencies"
"${1:-.venv/bin/python}" -m venv "$tools"
"$tools/bin/python" -m pip install -qq --disable-pip-version-check "uv==$UV"

lock() {
    # Packages that lie on this machine only are no packages of others: its own settings are left out.
    "$tools/bin/uv" --quiet --no-config pip compile --default-index https://pypi.org/simple --system-certs \
        --universal --python-version 3.11 --generate-hashes --upgrade --custom-compile-command "make lock" "$@"
}
lock --extra dev --output-file packaging/lock/development.txt setup.cfg
# What builds systemd-python and this project: pip installs it first, since it has no hashes for what it isolates.
"$tools/bin/python" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])' |
    lock --constraints packaging/lock/development.txt --output-file packaging/lock/build.txt -
