#!/bin/sh
# Builds the image for linux/arm/v7 where no registry is: buildah, with a base that debootstrap makes.
#   packaging/image.sh [OUT.tar]     also writes the image as an OCI archive
# With a registry there is an ordinary way: docker buildx build --platform linux/arm/v7 -f Dockerfile.armv7 .
set -eu
cd "$(dirname "$0")/.."
sh packaging/host.sh image
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kitting-system
base=$cache/bookworm-armhf-base.tar
[ -e "$base" ] || packaging/rootfs.sh bookworm armhf base "$base"
if [ ! -e /proc/sys/fs/binfmt_misc/qemu-arm ]; then
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    update-binfmts --enable qemu-arm
fi
export CONTAINERS_STORAGE_CONF="$cache/storage.conf"
printf '[storage]\ndriver = "overlay"\nrunroot = "%s"\ngraphroot = "%s"\n' "$cache/run" "$cache/graph" >"$CONTAINERS_STORAGE_CONF"
if ! buildah images debian:bookworm-slim >/dev/null 2>&1; then
    # What debootstrap makes has a few files more than the registry's own slim image.
    made=$(buildah from --arch arm --variant v7 scratch)
    buildah add --quiet "$made" "$base" / >/dev/null
    buildah config --cmd bash "$made"
    buildah commit --quiet --rm "$made" docker.io/library/debian:bookworm-slim >/dev/null
fi
buildah bud --quiet --layers --format docker --platform linux/arm/v7 --pull=never --isolation chroot --network host \
    -t kitting-agent:armv7 -f Dockerfile.armv7 . >/dev/null
[ $# = 0 ] || buildah push --quiet kitting-agent:armv7 "docker-archive:$1:kitting-agent:armv7"
buildah images kitting-agent:armv7
