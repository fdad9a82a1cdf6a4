#!/usr/bin/env bash
# Builds build/kitting-agent_VERSION_all.deb from what is in this directory, committed or not, in a copy of it.
# Another OUT and another VERSION make a package beside it, as an upgrade's test needs one.
set -euo pipefail
out=$(mkdir -p "${OUT:-build}" && cd "${OUT:-build}" && pwd)

missing=""
for package in debhelper dh-python dpkg-dev lintian python3; do
    [ "$(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "Something is missing. Type this, then the same make again:" >&2
        echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
        exit 69
    fi
    echo "Installing$missing"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
        >"$out/install.log" 2>&1 || { tail -n 20 "$out/install.log" >&2; exit 69; }
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/kitting-agent"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -co --exclude-standard -z
else
    find . \( -type f -o -type l \) -not -path './.*' -not -path './build/*' -print0
fi | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done 2>/dev/null |
    tar --null -T - -cf - | tar -C "$work/kitting-agent" -xf -
cd "$work/kitting-agent"
if [ -n "${VERSION:-}" ]; then
    sed -i "1s/(.*)/($VERSION)/" debian/changelog
    sed -i "s/^__version__ = .*/__version__ = \"$VERSION\"/" agent/__init__.py
fi
dpkg-buildpackage --build=binary --no-sign >"$out/deb.log" 2>&1 || { tail -n 40 "$out/deb.log" >&2; exit 70; }
[ -n "${VERSION:-}" ] || lintian --allow-root --fail-on error,warning --tag-display-limit 0 ../*.deb
cp ../kitting-agent_*_all.deb "$out"
ls "$out"/kitting-agent_*_all.deb
