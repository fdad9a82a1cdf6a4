"""Pure. The places that no document may write to, whatever the device's settings say, each with its reason.

docs/trust.md has the same table. The root half asks again for the place to which a path leads by the links on the
device. Four kinds of place are in it:

- what the agent needs in order to take the next configuration: its own files, its interpreter, the libraries of both,
  and the programs by which it works;
- what decides how the device boots: a fault there keeps it from reaching the configuration that would undo it;
- who may become whom: accounts, passwords, sudoers, PAM, ssh host keys;
- places where files do not stay.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.configuration.protected_units import ESSENTIAL_UNITS, UNIT_DIRECTORIES
from agent.frozen import frozen

Holds = Callable[[str], bool]
"""Whether a path, absolute and normalised, is one of the places of a row."""


@frozen
class Protected:
    """A row of the table."""

    shown: str
    """The places as the pages name them."""
    holds: Holds
    reason: str


def _below(*places: str) -> Holds:
    """These places, and everything below them."""
    inside = tuple(f"{place}/" for place in places)
    return lambda path: path in places or path.startswith(inside)


def _beginning(*texts: str) -> Holds:
    return lambda path: path.startswith(texts)


def _is_program(path: str) -> bool:
    directory, _, name = path.rpartition("/")
    return directory in _PROGRAM_DIRECTORIES and (name in _PROGRAMS or name.startswith(_PROGRAM_FAMILIES))


def _is_own_unit(path: str) -> bool:
    """A unit of the agent, its drop-ins, and links to it."""
    units = (part for part in path.split("/") if part.startswith("kitting-"))
    return any(f".{kind}" in unit for unit in units for kind in _UNIT_KINDS)


def _is_for_all_units(path: str) -> bool:
    """A directory of drop-ins for every unit of a kind (systemd.unit(5))."""
    return _in_unit_directory(path) in {f"{kind}.d" for kind in _UNIT_KINDS}


def _is_essential_unit(path: str) -> bool:
    """The file, or a drop-in, of a unit that carries every other unit. What such a unit wants may be added to it."""
    return _in_unit_directory(path).removesuffix(".d") in ESSENTIAL_UNITS


def _in_unit_directory(path: str) -> str:
    """The first name below a directory in which systemd looks for units; empty outside of these directories."""
    above = next((above for above in UNIT_DIRECTORIES if path.startswith(above)), "")
    return path.removeprefix(above).split("/")[0] if above else ""


def _is_shared_library(path: str) -> bool:
    """A library of the device's architecture (`/usr/lib/arm-linux-gnueabihf`), or the loader."""
    _, _, rest = path.removeprefix("/usr").partition("/")
    directory, _, inside = rest.partition("/")
    name = inside.partition("/")[0]
    return directory in {"lib", "lib32", "lib64"} and ("-linux-" in name or name.startswith("ld-"))


_UNIT_KINDS = ("service", "socket", "timer", "path", "target", "slice")
_GENERATORS = ("system-generators", "system-environment-generators", "system-shutdown", "system-sleep")
"""Directories of programs that systemd runs while it starts or stops the device (systemd.generator(7))."""
_PROGRAM_DIRECTORIES = frozenset({"/bin", "/sbin", "/usr/bin", "/usr/sbin"})
_PROGRAM_FAMILIES = ("python3", "systemd-", "dpkg", "apt")
_PROGRAMS = frozenset(
    {
        *("sh", "dash", "bash", "env", "systemctl", "busctl", "hostname", "ssh-keygen", "nmcli", "mmcli", "nft"),
        *("init", "mount"),
    }
)
_LIBRARIES = ("/usr/lib", "/lib")
_BOOTS = "decides whether the device boots, and a fault there could not be undone"
_ACCOUNTS = "holds the device's accounts"
_OURS = "belongs to the agent"
_NEEDED = "is needed by the agent itself"
_TOPMOST = frozenset({"/", *(f"/{name}" for name in ("bin", "sbin", "lib", "usr", "etc", "var", "home", "root"))})
_TOPMOST_BELOW = frozenset(f"/{above}/{name}" for above in ("usr", "var") for name in ("bin", "sbin", "lib"))
_ACCOUNT_FILES = tuple(
    f"/etc/{name}{end}"
    for name in ("passwd", "shadow", "group", "gshadow", "subuid", "subgid")
    for end in ("", "-", ".lock")
)

PROTECTED = (
    Protected(
        "/proc, /sys, /dev, /run",
        _below("/proc", "/sys", "/dev", "/run", "/var/run", "/var/lock"),
        "is not a place for files that stay",
    ),
    Protected("/boot", _below("/boot"), _BOOTS),
    Protected("/etc/fstab, /etc/crypttab", _below("/etc/fstab", "/etc/crypttab"), _BOOTS),
    Protected(
        "/etc/initramfs-tools, dracut",
        _beginning(
            *(f"{top}/{name}" for top in ("/etc", "/usr/share", "/usr/lib") for name in ("initramfs-tools", "dracut"))
        ),
        _BOOTS,
    ),
    Protected(
        "/etc/modprobe.d, /etc/modules",
        _below("/etc/modules", *(f"{top}/modprobe.d" for top in ("/etc", "/lib", "/usr/lib", "/usr/local/lib"))),
        _BOOTS,
    ),
    Protected("/sbin/init, /etc/inittab", _below("/sbin/init", "/usr/sbin/init", "/etc/inittab", "/init"), _BOOTS),
    Protected(
        "/etc/systemd/system.conf.d",
        _below(*(f"{top}/systemd/system.conf{end}" for top in ("/etc", "/usr/lib", "/lib") for end in ("", ".d"))),
        _BOOTS,
    ),
    Protected(
        "/etc/systemd/system-generators",
        _below(*(f"{top}/systemd/{name}" for top in ("/etc", "/usr/local/lib", *_LIBRARIES) for name in _GENERATORS)),
        _BOOTS,
    ),
    Protected("sysinit.target, default.target", _is_essential_unit, _BOOTS),
    Protected(
        "/etc/kernel, /etc/default/grub",
        _below(*(f"/etc/{name}" for name in ("kernel", "default/grub", "default/grub.d", "grub.d", "selinux"))),
        _BOOTS,
    ),
    Protected(
        "/etc/ld.so.preload, ld.so.conf.d",
        _below("/etc/ld.so.preload", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.cache"),
        "decides whether programs start",
    ),
    Protected("/etc/nsswitch.conf", _below("/etc/nsswitch.conf"), "decides how users and names are found"),
    Protected(
        "/etc/pam.d, /etc/nologin",
        _below(*(f"/etc/{name}" for name in ("pam.d", "pam.conf", "security", "nologin", "securetty", "login.defs"))),
        "decides who may log in",
    ),
    Protected("/etc/passwd, shadow, group", _below("/etc/.pwd.lock", *_ACCOUNT_FILES), _ACCOUNTS),
    Protected("/etc/sudoers, /etc/sudoers.d", _beginning("/etc/sudoers"), "decides which users may become root"),
    Protected("/etc/ssh/ssh_host_*", _beginning("/etc/ssh/ssh_host_"), "is the device's own key"),
    Protected(
        "kitting-agent, kitting-apply",
        lambda path: "/kitting-agent" in path or "/kitting-apply" in path,
        _OURS,
    ),
    Protected("kitting-*.service", _is_own_unit, _OURS),
    Protected("service.d, path.d, target.d", _is_for_all_units, "is read for every unit, for the agent's too"),
    Protected("/usr/bin/python3, systemctl, sh", _is_program, _NEEDED),
    Protected(
        "/usr/lib/python3, dist-packages",
        _beginning("/usr/lib/python3", "/usr/local/lib/python3", "/etc/python3", "/usr/lib/sitecustomize"),
        _NEEDED,
    ),
    Protected("/usr/lib/arm-linux-gnueabihf", _is_shared_library, _NEEDED),
    Protected(
        "/usr/lib/systemd/systemd",
        _beginning(*(f"{top}/systemd/{name}" for top in ("/lib", "/usr/lib") for name in ("systemd", "libsystemd"))),
        _NEEDED,
    ),
    Protected("/usr, /etc, /var", lambda path: path in _TOPMOST or path in _TOPMOST_BELOW, _NEEDED),
)


def forbidden_path(path: str) -> str:
    """Why no document may write to this path; empty where a document may."""
    return next((row.reason for row in PROTECTED if row.holds(path)), "")
