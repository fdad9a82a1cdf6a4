#!/bin/sh
# Builds the image for linux/arm/v7 where no registry is: buildah, with a base of its own. Prints the image's id.
#   packaging/image.sh [OUT.tar]     also writes the image as a Docker archive
# With a registry there is an ordinary way: docker buildx build --platform linux/arm/v7 -f Dockerfile.armv7 .
set -eu
cd "$(dirname "$0")/.."
sh packaging/host.sh image
base=$(packaging/rootfs.sh bookworm armhf base)
if [ ! -e /proc/sys/fs/binfmt_misc/qemu-arm ]; then
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    update-binfmts --enable qemu-arm
fi

# One store for all checkouts of this user; the base in it is named after the root that it was made from.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kitting-system
export CONTAINERS_STORAGE_CONF="$cache/storage.conf"
exec 9>"$cache/storage.lock"
flock 9
printf '[storage]\ndriver = "overlay"\nrunroot = "%s"\ngraphroot = "%s"\n' "$cache/run" "$cache/graph" >"$CONTAINERS_STORAGE_CONF.new"
mv "$CONTAINERS_STORAGE_CONF.new" "$CONTAINERS_STORAGE_CONF"
from=localhost/$(basename "$base")
if ! buildah images "$from" >/dev/null 2>&1; then
    # What is made here has a few files more than the registry's own slim image.
    made=$(buildah from --arch arm --variant v7 scratch)
    tar -C "$base" --numeric-owner -cf "$base.tar" .
    buildah add --quiet "$made" "$base.tar" / >/dev/null
    rm "$base.tar"
    buildah config --cmd bash "$made"
    buildah commit --quiet --rm "$made" "$from" >/dev/null
fi
flock -u 9

image=$(buildah bud --quiet --layers --format docker --platform linux/arm/v7 --pull=never --isolation chroot --network host \
    --build-arg BASE="$from" -t kitting-agent:armv7 -f Dockerfile.armv7 .)
[ $# = 0 ] || buildah push --quiet "$image" "docker-archive:$1:kitting-agent:armv7"
echo "$image"
