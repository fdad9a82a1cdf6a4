#!/bin/sh
# A bare Debian, for the tests that boot one, the benchmarks and the image: rootfs.sh SUITE ARCHITECTURE KIND
#   KIND  system  boots by systemd, with what a gateway's image brings (and ModemManager and NetworkManager on amd64)
#         imager  the same with cloud-init, which Raspberry Pi Imager leaves its wishes to
#         base    what a container starts from
# Prints the folder that has it. It is kept in ~/.cache/kitting-system and used again as long as it would have the same
# packages; remove that folder for newer versions of them. Making one takes a minute, or several under emulation. Needs root.
set -eu
suite=$1 architecture=$2 kind=$3
mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\(http[^ ]*\).*/\2/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1 | cut -d' ' -f1)
packages=ca-certificates
if [ "$kind" != base ]; then
    packages="$packages,systemd,systemd-sysv,dbus,udev,iproute2"
    packages="$packages,python3,python3-requests,python3-serial,python3-systemd,python3-yaml,python3-jsonschema"
    [ "$architecture" = armhf ] ||
        packages="$packages,kmod,nftables,curl,openssh-server,systemd-timesyncd,modemmanager,network-manager"
fi
[ "$kind" != imager ] || packages="$packages,cloud-init"

# All that decides what a root contains: the packages, and a number for the lines below, which a change of them raises.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kitting-system
name=$suite-$architecture-$kind-$(echo "1 $packages" | sha256sum | cut -c 1-12)

# Another process that makes the same at this moment is waited for.
mkdir -p "$cache"
exec 9>"$cache/$name.lock"
flock 9
if [ -d "$cache/$name" ]; then
    echo "$cache/$name"
    exit
fi

if [ "$architecture" = armhf ] && [ ! -e /proc/sys/fs/binfmt_misc/qemu-arm ]; then
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    update-binfmts --enable qemu-arm
fi
# What was killed while it was made is removed; what nothing has used for a month too.
find "$cache" -maxdepth 1 \( -name '*.lock' -o -name '*.tar' \) -mtime +30 | while read -r old; do
    rm -rf --one-file-system "${old%.lock}" "${old%.lock}.log" "$old"
done
rm -rf --one-file-system "$cache/$name.making"
# Nothing of it has to survive a power cut: it is made again.
mmdebstrap --mode=root --variant=minbase --architectures="$architecture" --include="$packages" \
    --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
    "$suite" "$cache/$name.making" "${mirror:-http://deb.debian.org/debian}" >"$cache/$name.log" 2>&1 || {
    tail -n 5 "$cache/$name.log" >&2
    exit 69
}
cd "$cache/$name.making"
rm -rf etc/ssh/ssh_host_* etc/hostname etc/resolv.conf etc/dpkg/dpkg.cfg.d/99mmdebstrap \
    etc/apt/apt.conf.d/99mmdebstrap
: >etc/machine-id
mv "$cache/$name.making" "$cache/$name"
echo "$cache/$name"
