#!/usr/bin/env bash
# Builds wheel, sdist and Debian package of the commit that is checked out into dist/, with their digests.
#   packaging/release.sh [PYTHON]     with the build tools of this Python's environment
# Everything is built twice, at two places and in two environments; a difference of one bit ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
python=$(realpath --no-symlinks --canonicalize-missing "${1:-.venv/bin/python}")

if ! changed=$(git status --porcelain 2>/dev/null); then
    echo "A release is built from a commit, and $here is no git checkout. Clone the repository, and build there." >&2
    exit 66
fi
if [ -n "$changed" ]; then
    echo "A release is built from a commit, and these files differ from it. Commit them or put them aside:" >&2
    echo "$changed" >&2
    exit 65
fi
commit=$(git rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
umask 022

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build NAME: the three packages of the commit in $work/NAME/out.
build() {
    mkdir -p "$work/$1/python" "$work/$1/debian" "$work/$1/out"
    git -c tar.umask=0022 archive "$commit" | tar -x -C "$work/$1/python"
    git -c tar.umask=0022 archive "$commit" | tar -x -C "$work/$1/debian"
    (
        cd "$work/$1/python"
        "$python" -m build --no-isolation --outdir "$work/$1/out" . >"$work/log" 2>&1 ||
            { tail -n 40 "$work/log" >&2; exit 70; }
        "$python" packaging/repack.py "$work/$1"/out/*.tar.gz
    )
    (cd "$work/$1/debian" && OUT="$work/$1/out" packaging/deb.sh >/dev/null)
    rm -f "$work/$1"/out/*.log
}

echo "Building commit $commit, twice (a minute)"
TZ=UTC LC_ALL=C.UTF-8 PYTHONHASHSEED=1 build first
TZ=Asia/Tokyo LC_ALL=C PYTHONHASHSEED=2 build second-at-another-place

for file in "$work"/first/out/*; do
    if ! cmp "$file" "$work/second-at-another-place/out/${file##*/}"; then
        echo "${file##*/} is not the same in two builds of one commit; nothing was written to dist/." >&2
        exit 70
    fi
done
(cd "$work/first/out" && sha256sum -- * >"$work/SHA256SUMS" && mv "$work/SHA256SUMS" .)
rm -rf dist
mv "$work/first/out" dist
cat dist/SHA256SUMS
