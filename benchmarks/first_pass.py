"""Story. The first pass: hostname, time zone and ten files, beside cloud-init doing the same from a NoCloud seed.

Both in the same Debian 12, by its Python and from its packages. The floor is that interpreter with the imports that the
job cannot do without. Ours is measured as one process, and as the two halves that it is in the field; for armhf, by
user-mode emulation, beside a bare interpreter there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.debian import Debian, Lacking, debian
from benchmarks.processes import Cost, cost_of, median, side_by_side, together
from benchmarks.subject import Subject, on_loopback, userdata
from benchmarks.table import Aim, Beside, Row, missing

WHAT = "first pass"
_STAGES = (("init", "--local"), ("init",), ("modules", "--mode=config"), ("modules", "--mode=final"))
_SEED = "var/lib/cloud/seed/nocloud"
_CLOUD_CFG = """\
datasource_list: [NoCloud]
network: {config: disabled}
users: []
ssh_deletekeys: false
ssh_genkeytypes: []
"""
_BARE = "floor: a bare interpreter; as in the field, with a directory for files that live until the next boot"
_KEPT_OUT = "cloud-init without users, SSH keys and network; its four stages together"
_CPU_AIMS = (Aim(1.5, Beside.FLOOR), Aim(0.15, Beside.OTHER))
_HALVES_AIMS = (Aim(1.75, Beside.FLOOR), Aim(0.15, Beside.OTHER))
_PEAK_AIMS = (Aim(1.3, Beside.FLOOR), Aim(1.0, Beside.OTHER))


def first_pass(runs: int, say: Callable[[str], None]) -> list[Row]:
    """All rows of the first pass and of one that finds nothing changed."""
    try:
        return _on_amd64(runs, say)
    except Lacking as lacking:
        return missing(WHAT, str(lacking))


def emulated(runs: int, say: Callable[[str], None]) -> list[Row]:
    """The same on armhf."""
    what = "first pass on armhf (emulated), CPU"
    try:
        with _subject() as subject, debian("armhf", say, shared=[subject.gateway.place]) as gateway:
            say(what)
            ours, bare, floor = side_by_side(
                min(runs, 3),
                lambda: _one_process(subject, gateway),
                lambda: cost_of(gateway.bare),
                lambda: cost_of(gateway.floor),
            )
    except Lacking as lacking:
        return missing(what, str(lacking))
    note = "floor: the imports; alternative: a bare interpreter there"
    return [Row(what, "ms", ours.cpu_ms, floor.cpu_ms, bare.cpu_ms, note=note)]


def _on_amd64(runs: int, say: Callable[[str], None]) -> list[Row]:
    with _subject() as subject:
        with debian("amd64", say, shared=[subject.gateway.place]) as gateway:
            say(f"{WHAT}, {runs} runs")
            ours, halves, floor = side_by_side(
                runs,
                lambda: _one_process(subject, gateway),
                lambda: _two_halves(subject, gateway),
                lambda: cost_of(gateway.floor),
            )
            for _ in range(2):
                cost_of(pass_command(subject, gateway))
            again, bare = side_by_side(
                runs, lambda: cost_of(pass_command(subject, gateway)), lambda: cost_of(gateway.bare)
            )
        say("cloud-init")
        other, why = _cloud_init(min(runs, 3), say)
    other_cpu, other_peak = (other.cpu_ms, other.peak_kib) if other else (None, None)
    field = "kitting-agent provision and kitting-apply"
    return [
        Row(
            f"{WHAT}, CPU",
            "ms",
            ours.cpu_ms,
            floor.cpu_ms,
            other_cpu,
            aims=_CPU_AIMS,
            note=f"one process; {why or _KEPT_OUT}",
        ),
        Row(
            f"{WHAT}, CPU, two halves",
            "ms",
            halves.cpu_ms,
            floor.cpu_ms,
            other_cpu,
            aims=_HALVES_AIMS,
            note=f"as in the field: {field}",
        ),
        Row(f"{WHAT}, peak memory", "KiB", ours.peak_kib, floor.peak_kib, other_peak, aims=_PEAK_AIMS),
        Row(f"{WHAT}, peak memory, larger half", "KiB", halves.peak_kib, floor.peak_kib, other_peak, aims=_PEAK_AIMS),
        Row("quiet poll, CPU", "ms", again.cpu_ms, bare.cpu_ms, aims=(Aim(2.0, Beside.FLOOR),), note=_BARE),
        Row("quiet poll, peak memory", "KiB", again.peak_kib, bare.peak_kib, aims=(Aim(1.6, Beside.FLOOR),)),
    ]


@contextmanager
def _subject() -> Iterator[Subject]:
    with on_loopback() as subject:
        yield subject


def pass_command(subject: Subject, gateway: Debian, before: Sequence[str] = ()) -> list[str]:
    """One pass in this Debian; `before` are the words of a program that starts it."""
    words = ("/usr/bin/kitting-agent", "--config", str(subject.gateway.settings), "provision")
    return gateway.command("/usr/bin/env", f"RUNTIME_DIRECTORY={subject.run}", *before, *words)


def apply_command(subject: Subject, gateway: Debian, before: Sequence[str] = ()) -> list[str]:
    """The root half in this Debian; `before` as for a pass."""
    return gateway.command(*before, "/usr/bin/kitting-apply", "--config", str(subject.gateway.settings))


def _one_process(subject: Subject, gateway: Debian) -> Cost:
    subject.make_new()
    cost = cost_of(pass_command(subject, gateway))
    _reported(subject)
    return cost


def _two_halves(subject: Subject, gateway: Debian) -> Cost:
    subject.make_new()
    cost = subject.two_halves(pass_command(subject, gateway), apply_command(subject, gateway))
    _reported(subject)
    return cost


def _reported(subject: Subject) -> None:
    if subject.reported != "provisioned":
        raise RuntimeError(f"the pass ended as {subject.reported!r}")


def _cloud_init(runs: int, say: Callable[[str], None]) -> tuple[Cost | None, str]:
    """Its cost, each time on a fresh disk, or why it cannot be measured."""
    try:
        costs = [_cloud_init_once(say) for _ in range(runs)]
    except Lacking as lacking:
        return None, f"cloud-init is missing: {lacking}"
    return median(costs), ""


def _cloud_init_once(say: Callable[[str], None]) -> Cost:
    with debian("amd64", say, packages=["cloud-init"]) as made:
        seed = made.root / _SEED
        seed.mkdir(parents=True, exist_ok=True)
        (seed / "user-data").write_text(userdata(10))
        (seed / "meta-data").write_text("instance-id: bench\n")
        (made.root / "etc/cloud/cloud.cfg.d/90_bench.cfg").write_text(_CLOUD_CFG)
        cost = together(*(cost_of(made.command("cloud-init", *stage), expect=(0, 1)) for stage in _STAGES))
        if "number = 9" not in _text(made.root / "etc/app/9.conf") or "Tokyo" not in str(
            (made.root / "etc/localtime").readlink()
        ):
            raise Lacking("it did not do what it was told")
        return cost


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
