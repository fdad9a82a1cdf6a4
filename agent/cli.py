"""Entry point: what a technician types. People get lines, programs get `--json`, neither ever a traceback.

Exit codes follow sysexits.h: 0 when the gateway is what it should be, 64 usage, 65 a wrong document, 66 no such file,
69 something is missing, 70 a bug, 73 cannot write, 75 try again later, 77 refused, 78 wrong settings.
Each command imports what it needs: `--help` and the start of the resident need nearly nothing.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from agent import __version__
from agent.commands import provision, run
from agent.errors import Code, Failure
from agent.host.process_entry import Parser, ended_well, leave, print_json, print_lines, read_input
from agent.settings import DEFAULT_PATH, Settings, load

if TYPE_CHECKING:
    from agent.modem.reading import Survey

Command = Callable[[argparse.Namespace, Settings], int]


def entry() -> NoReturn:
    """What the installed program starts."""
    leave(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(words).parse_args(words)
    command: Command = arguments.command
    return ended_well("kitting-agent", lambda: command(arguments, load(arguments.config)), as_json=arguments.json)


def _plan(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.assembly import preview
    from agent.commands.display import plan_lines, plan_values
    from agent.commands.narrator import Narrator

    plan = preview(settings, Narrator(quiet=True).tell)
    if arguments.json:
        print_json(plan_values(plan))
    else:
        print_lines(plan_lines(plan))
    return os.EX_OK


def _identify(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.assembly import who_and_what
    from agent.commands.display import identity_lines, identity_values
    from agent.host.leaving_root import leave_root

    leave_root(settings)
    subscriber, equipment, found = who_and_what(settings)
    if arguments.json:
        print_json(identity_values(subscriber, equipment, found))
    else:
        print_lines(identity_lines(subscriber, equipment, found))
    return subscriber.code.exit_code if isinstance(subscriber, Failure) else os.EX_OK


def _status(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.display import status_lines, status_values, traffic_lines, traffic_values
    from agent.host.locks import resident_pid
    from agent.provision.state_file import remembered_now
    from agent.resident.pauses import budget_now, traffic
    from agent.upkeep.endpoint import is_closed

    remembered, damage = remembered_now(settings)
    resident = resident_pid(settings.paths.state)
    record, expected = traffic(settings)
    if arguments.json:
        closed = {"endpoint_closed": is_closed()}
        print_json(status_values(remembered, resident) | traffic_values(record, expected) | closed)
    else:
        print_lines(status_lines(remembered, resident))
        print_lines(traffic_lines(record, expected, budget_now(settings)))
        if is_closed():
            print("endpoint      closed to others on this gateway (table inet kitting_agent)")
        if damage:
            print(f"note         {damage}")
    return os.EX_OK


def _check(arguments: argparse.Namespace, _: Settings) -> int:
    from agent.commands.display import problem_lines, problem_values
    from agent.configuration.resolving import check
    from agent.configuration.signed_text import split
    from agent.host.program_files import userdata_schema

    problems = check(split(read_input(arguments.file)).text, userdata_schema())
    if arguments.json:
        print_json(problem_values(problems))
    else:
        print_lines(problem_lines(str(arguments.file), problems))
    return os.EX_DATAERR if problems else os.EX_OK


def _rollback(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.assembly import roll_back
    from agent.commands.display import outcome_values

    provision.make_state_directory(settings.paths.state)
    outcome = roll_back(settings)
    if arguments.json:
        print_json(outcome_values(outcome))
    else:
        print_lines(f"{change.what:<9} {change.where}" for change in outcome.changes)
        print("back at the configuration before; it stays until the userdata changes, or kitting-agent reprovision")
    return os.EX_OK


def _reprovision(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.host.locks import resident_pid
    from agent.provision.pass_request import PassRequest, request_pass

    pid = resident_pid(settings.paths.state)
    if pid is None:
        raise Failure(Code.RESIDENT_ABSENT, f"nobody holds {settings.paths.state}/resident.lock")
    request_pass(settings.paths.state, PassRequest.ADOPT if arguments.adopt else PassRequest.RETRY)
    try:
        os.kill(pid, signal.SIGUSR1)
    except PermissionError:
        raise Failure(
            Code.USAGE, f"the resident (process {pid}) is another user's", advice="Run it with sudo."
        ) from None
    if arguments.json:
        print_json({"resident": pid})
    else:
        print(f"the resident (process {pid}) starts a pass now; kitting-agent status shows what becomes of it")
    return os.EX_OK


def _modem(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.display import modem_lines, modem_values
    from agent.identity import NotRead
    from agent.modem.reading import survey

    found = survey(settings.modem)
    if arguments.trace is not None:
        _write_trace(arguments.trace, found, masked=arguments.mask)
    if arguments.trace == "-":
        pass
    elif arguments.json:
        print_json(modem_values(found))
    else:
        print_lines(modem_lines(found))
    imei = found.equipment.imei
    return imei.code.exit_code if isinstance(imei, NotRead) else os.EX_OK


def _write_trace(place: str, found: Survey, *, masked: bool) -> None:
    from agent.modem import dialogue_file

    why = f"recorded by kitting-agent {__version__}" + (", masked" if masked else "")
    text = dialogue_file.trace(dialogue_file.masked(found.exchanges) if masked else found.exchanges, why)
    if place == "-":
        print(text)
        return
    try:
        with open(place, "w", encoding="ascii", opener=_for_owner) as file:
            file.write(text)
    except OSError as error:
        raise Failure(Code.USAGE, error.strerror or str(error), where=place, advice="Name another file.") from None
    kept = "masked" if masked else "in it as they are: --mask replaces them"
    print(f"{place}: what each port said; the numbers of modem and SIM are {kept}", file=sys.stderr)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.display import finding_lines, finding_values
    from agent.modem.reading import read_equipment
    from agent.upkeep.doctor import Level, examine

    findings = []
    reader = partial(read_equipment, settings.modem, settings.paths.state, radio=True)
    for finding in examine(settings, reader):
        findings.append(finding)
        if not arguments.json:
            print_lines(finding_lines(finding))
    if arguments.json:
        print_json(finding_values(findings))
    return os.EX_UNAVAILABLE if any(finding.level is Level.FAULT for finding in findings) else os.EX_OK


def _collect(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.upkeep import bundled

    return _told(arguments, bundled(arguments.out, settings, arguments.config))


def _clean(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.upkeep import cleaned

    return _told(arguments, cleaned(settings, really=arguments.yes))


def _light(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.upkeep import lit

    return _told(arguments, lit(settings))


def _guard(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.commands.upkeep import guarded

    return _told(arguments, guarded(settings))


def _told(arguments: argparse.Namespace, lines: Iterable[str]) -> int:
    if arguments.json:
        print_json({"said": list(lines)})
    else:
        print_lines(lines)
    return os.EX_OK


_COMMANDS: tuple[tuple[str, Command, str, str], ...] = (
    (
        "provision",
        provision.provision,
        "make one pass: identify, bind, fetch, apply, confirm, report",
        "kitting-agent provision --json",
    ),
    ("run", run.run, "stay, and make a pass at once and then every [schedule] interval", "kitting-agent run"),
    ("plan", _plan, "show what a pass would change, as a diff; changes nothing", "kitting-agent plan"),
    (
        "identify",
        _identify,
        "print who and what this is: SIM, modem, and whether they belong together",
        "kitting-agent identify --json",
    ),
    ("status", _status, "print what this gateway is, since when, and what to do", "kitting-agent status"),
    (
        "check",
        _check,
        "validate a userdata file without a SIM (- for standard input)",
        "kitting-agent check userdata.yaml",
    ),
    (
        "reprovision",
        _reprovision,
        "make the resident start a pass at once, also with a configuration that failed",
        "sudo kitting-agent reprovision",
    ),
    (
        "rollback",
        _rollback,
        "go back to the configuration before the present one, and stay there until the userdata changes",
        "sudo kitting-agent rollback",
    ),
    (
        "modem",
        _modem,
        "ask every port of a modem, and show what each answered; --trace writes it down",
        "kitting-agent modem --trace modem.toml --mask",
    ),
    ("doctor", _doctor, "look at everything a pass needs, and say what to do", "sudo kitting-agent doctor"),
    ("collect", _collect, "make a support bundle, secrets and identifiers covered", "sudo kitting-agent collect"),
    (
        "clean",
        _clean,
        "make this disk ready for being copied; lists what would go, and removes it with --yes",
        "sudo kitting-agent clean --image",
    ),
    ("light", _light, "show the state on the LED of the settings", "sudo kitting-agent light"),
    (
        "guard",
        _guard,
        "close the service to others on this gateway, or open it, as the settings say",
        "kitting-agent guard",
    ),
)


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The command line: also the source of the man page. Of its commands those that `words` name, else all."""
    top = Parser(
        prog="kitting-agent",
        description="Finds out by its SIM who this gateway is, and makes it what it should be.",
        epilog="example: kitting-agent status",
    )
    top.add_argument("--version", action="version", version=f"kitting-agent {__version__}")
    top.add_argument("--config", type=Path, metavar="FILE", help=f"settings (default: {DEFAULT_PATH}, if it is there)")
    top.add_argument("--json", action="store_true", help="print values for programs instead of lines for people")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    named = [one for one in _COMMANDS if one[0] in words]
    for name, command, what, example in named or _COMMANDS:
        sub = commands.add_parser(name, help=what, description=f"{what.capitalize()}.", epilog=f"example: {example}")
        sub.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="settings")
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print values for programs")
        sub.set_defaults(command=command)
        if command is _check:
            sub.add_argument("file", type=Path, metavar="FILE", help="the userdata document")
        if command is _collect:
            sub.add_argument(
                "--out", type=Path, metavar="FILE", help="where to; a new file (default: here, by the time)"
            )
        if command is _clean:
            sub.add_argument("--image", action="store_true", required=True, help="for a disk image")
            sub.add_argument("--yes", action="store_true", help="do it")
        if command is _reprovision:
            sub.add_argument("--adopt", action="store_true", help="take SIM and modem as they are, and end a hold")
        if command is _modem:
            sub.add_argument(
                "--trace",
                nargs="?",
                const="-",
                metavar="FILE",
                help="write the whole dialogue, which then is a test of this product, to a file or standard output",
            )
            sub.add_argument("--mask", action="store_true", help="with the numbers of modem and SIM replaced in it")
        if command is provision.provision:
            sub.add_argument("--next-pass-to", type=int, default=None, help=argparse.SUPPRESS)
    return top
