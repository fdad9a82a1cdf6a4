#!/bin/sh
# What the development machine needs beyond .venv: host.sh boot|bench|image|peers. Installs it as root, else says what to type.
set -eu
case $1 in
    boot) wanted="systemd-container mmdebstrap arch-test gcc libc6-dev qemu-user-static binfmt-support iproute2 nftables debhelper dh-python dpkg-dev lintian" ;;
    peers) wanted="modemmanager dbus umockdev gir1.2-umockdev-1.0 python3-gi gcc libc6-dev" ;;
    bench) wanted="strace valgrind curl iproute2 mmdebstrap arch-test qemu-user-static binfmt-support modemmanager dbus umockdev gir1.2-umockdev-1.0 python3-gi gcc libc6-dev" ;;
    image) wanted="buildah crun netavark uidmap mmdebstrap arch-test qemu-user-static binfmt-support" ;;
esac
missing=""
for package in $wanted; do
    [ "$(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "Something is missing. Type this, then the same make again:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 69
fi
echo "Installing$missing"
log=$(mktemp)
# shellcheck disable=SC2086 # (words are meant)
{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    exit 69
}
