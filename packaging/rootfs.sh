#!/bin/sh
# A bare Debian as a tarball, for the tests that boot one and for the image: rootfs.sh SUITE ARCHITECTURE KIND OUT.tar
#   KIND  system  boots by systemd, with what a gateway's image brings (and ModemManager and NetworkManager on amd64)
#         base    what a container starts from
# Takes minutes; whoever calls it keeps the result outside the tree.
set -eu
suite=$1 architecture=$2 kind=$3 out=$4

mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\(http[^ ]*\).*/\2/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1 | cut -d' ' -f1)
packages=""
if [ "$kind" = system ]; then
    packages="systemd systemd-sysv dbus udev kmod iproute2 nftables ca-certificates curl openssh-server systemd-timesyncd"
    packages="$packages python3 python3-requests python3-serial python3-systemd python3-yaml python3-jsonschema"
    [ "$architecture" = armhf ] || packages="$packages modemmanager network-manager"
fi

mkdir -p "$(dirname "$out")"
if [ "$architecture" = armhf ] && [ ! -e /proc/sys/fs/binfmt_misc/qemu-arm ]; then
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    update-binfmts --enable qemu-arm
fi
work=$(mktemp -d "$out.XXXXXX")
trap 'umount -q "$work/root/proc" || true; rm -rf "$work"' EXIT
{
    debootstrap --variant=minbase --arch="$architecture" "$suite" "$work/root" "${mirror:-http://deb.debian.org/debian}"
    if [ -n "$packages" ]; then
        cp /etc/resolv.conf "$work/root/etc/resolv.conf"
        mount -t proc proc "$work/root/proc"
        printf '#!/bin/sh\nexit 101\n' >"$work/root/usr/sbin/policy-rc.d"
        chmod +x "$work/root/usr/sbin/policy-rc.d"
        # shellcheck disable=SC2086 # (words are meant)
        DEBIAN_FRONTEND=noninteractive chroot "$work/root" apt-get install -y --no-install-recommends $packages
        rm "$work/root/usr/sbin/policy-rc.d"
        umount "$work/root/proc"
    fi
} >"$out.log" 2>&1 || {
    tail -n 5 "$out.log" >&2
    exit 69
}
rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/dbus/machine-id "$work"/root/etc/ssh/ssh_host_*
: >"$work/root/etc/machine-id"
tar -C "$work/root" --numeric-owner -cf "$work/tar" .
mv "$work/tar" "$out"
