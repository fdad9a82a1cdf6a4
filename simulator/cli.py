"""Entry point. `kitting-sim`, SORACOM and modems on one machine.

Exit codes follow sysexits.h: 0 done, 64 the command line is wrong, 65 the request is not possible, 66 a file cannot be
read, 69 no simulator is running, 70 a bug, 73 a socket or directory cannot be made; 130 interrupted by a signal.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from simulator.commands import Break, BreakModem, Command, Dump, Set, Tell, to_json
from simulator.control import ask, default_path
from simulator.faults import FAULTS
from simulator.model_files import model_names
from simulator.modem_faults import MODEM_FAULTS
from simulator.scenario import DEFAULT_USERDATA, Scenario, counted, parse
from simulator.spoken import described, pairs
from simulator.subscribers import Refusal
from simulator.switches import described as described_switches

MAX_COUNT = 1000
_POSIX_MODULES = frozenset({"fcntl", "pty", "termios", "tty"})
_NEXT = "\n  "
_BREAKING = f"""\
break server-error status=502 --path /v1/userdata --times 2
  kitting-sim break unplug --modem 001010000000001
  kitting-sim break mend

faults of the metadata service:
  {_NEXT.join(described(FAULTS))}

faults of a modem, besides unplug and plug-in:
  {_NEXT.join(described(MODEM_FAULTS))}"""
_SWITCHING = f"""\
set session_imei=zeros

switches:
  {_NEXT.join(described_switches())}"""


class Wrong(Exception):
    """A failure for a person: exit code and message."""

    def __init__(self, exit_code: int, what: str) -> None:
        self.exit_code = exit_code
        super().__init__(what)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return _run(arguments)
    except Wrong as wrong:
        return _say(str(wrong), wrong.exit_code)
    except (ValueError, Refusal) as error:
        return _say(str(error), os.EX_DATAERR)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return os.EX_IOERR
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001 (the process entry: a person never sees a traceback)
        return _say(f"the simulator itself is at fault: {error!r}", os.EX_SOFTWARE)


def _run(arguments: argparse.Namespace) -> int:
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except ModuleNotFoundError as error:
        what = f"this command needs the Python module {error.name}, which is not installed"
        if error.name in _POSIX_MODULES:
            what = f"this command needs a POSIX system such as Linux: there is no Python module {error.name} here"
        raise Wrong(os.EX_UNAVAILABLE, what) from None


def _say(what: str, exit_code: int) -> int:
    print(f"kitting-sim: {what}", file=sys.stderr)
    return exit_code


def _serve(arguments: argparse.Namespace) -> int:
    from simulator.serving import Where, ends_by_signal, serving, wait_for_end

    scenario = _scenario(arguments)
    where = Where(arguments.listen, arguments.port, _addresses(arguments.at, scenario), arguments.api)
    begin: list[Command] = [Set(pairs(arguments.switch))] if arguments.switch else []
    begin += [_fault(text.split()) for text in arguments.fault]
    try:
        with (
            ends_by_signal(),
            _place(arguments.modems) as place,
            serving(scenario, place, arguments.control, where, begin) as served,
        ):
            shown = [json.dumps(served.values())] if arguments.json else served.lines()
            print("\n".join(shown), flush=True)
            wait_for_end()
    except OSError as error:
        raise Wrong(os.EX_CANTCREAT, f"cannot serve: {error}") from None
    return os.EX_OK


def _addresses(pairs_given: Sequence[str], scenario: Scenario) -> dict[str, str] | None:
    """`IMSI=ADDRESS` for every SIM, or for none."""
    if not pairs_given:
        return None
    known = pairs(pairs_given)
    absent = {sim.imsi for sim in scenario.sims} ^ set(known)
    if absent:
        raise Wrong(os.EX_USAGE, f"--at names every SIM once; look at {', '.join(sorted(absent))}")
    return {address: imsi for imsi, address in known.items()}


@contextmanager
def _place(chosen: str | None) -> Iterator[Path]:
    """The directory of gateways and modems; one that was not named on the command line is removed at the end."""
    if chosen:
        yield Path(chosen).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="kitting-sim-") as made:
        yield Path(made)


def _scenario(arguments: argparse.Namespace) -> Scenario:
    if arguments.sims:
        return parse(_read(arguments.sims), model_names())
    userdata = _read(arguments.userdata) if arguments.userdata else DEFAULT_USERDATA
    if not 1 <= arguments.count <= MAX_COUNT:
        raise Wrong(os.EX_USAGE, f"--count is 1 to {MAX_COUNT}, not {arguments.count}")
    return counted(arguments.count, userdata)


def _tell(arguments: argparse.Namespace) -> int:
    values = pairs(arguments.values)
    if values.get("userdata", "").startswith("@"):
        values["userdata"] = _read(values["userdata"][1:])
    return _command(arguments, Tell(arguments.about, values))


def _break(arguments: argparse.Namespace) -> int:
    fault, *values = arguments.fault
    if arguments.modem:
        return _command(arguments, BreakModem(arguments.modem, fault, pairs(values)))
    return _command(
        arguments,
        Break(fault, pairs(values), arguments.sim, arguments.path, arguments.method, arguments.times),
    )


def _fault(words: Sequence[str]) -> Break:
    """`hang path=/v1/userdata times=2`, as `--fault` of `serve` takes it."""
    if not words:
        raise Wrong(os.EX_USAGE, "--fault takes the name of a fault")
    values = pairs(words[1:])
    scope = {name: values.pop(name, None) for name in ("sim", "path", "method")}
    times = values.pop("times", None)
    if times is not None and not times.isdecimal():
        raise Wrong(os.EX_USAGE, f"times is a number, not {times!r}")
    return Break(words[0], values, **scope, times=None if times is None else int(times))


def _set(arguments: argparse.Namespace) -> int:
    return _command(arguments, Set(pairs(arguments.values)))


def _dump(arguments: argparse.Namespace) -> int:
    return _command(arguments, Dump())


def _demo(_arguments: argparse.Namespace) -> int:
    from simulator.bench import demo

    try:
        return demo()
    except KeyboardInterrupt:
        print("\nInterrupted. The gateways are switched off, and their files are removed.", file=sys.stderr)
        raise


def _command(arguments: argparse.Namespace, command: Command) -> int:
    try:
        reply = json.loads(ask(arguments.control, to_json(command)))
    except (OSError, ValueError):
        message = f"no simulator answers at {arguments.control}; start one: kitting-sim serve --count 1"
        raise Wrong(os.EX_UNAVAILABLE, message) from None
    if "error" in reply:
        raise Wrong(os.EX_DATAERR, reply["error"])
    print(reply["text"])
    return os.EX_OK


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(os.EX_NOINPUT, f"cannot read {path}: {error}") from None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override] # (it ends the process, as the original does)
        self.exit(os.EX_USAGE, f"kitting-sim: {message}\n{self.format_usage()}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="kitting-sim", description="SORACOM's metadata service and modems, on one machine.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str, example: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            epilog=f"example:\n  kitting-sim {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=run)
        return command

    _add_serve(
        add("serve", _serve, "run a simulator until SIGINT or SIGTERM", "serve --count 3 --switch field_newline=true")
    )
    tell = add(
        "tell",
        _tell,
        "change what SORACOM knows of a SIM or a group",
        "tell 001010000000001 tag.site=osaka group=bench traffic_bytes=12000000\n"
        "  kitting-sim tell group:bench userdata=@userdata.yaml",
    )
    tell.add_argument("about", metavar="IMSI|group:ID")
    tell.add_argument("values", nargs="+", metavar="NAME=VALUE")
    _add_break(add("break", _break, "ask for a fault of the metadata service or of a modem, or mend", _BREAKING))
    switches = add("set", _set, "turn switches of the platform", _SWITCHING)
    switches.add_argument("values", nargs="+", metavar="SWITCH=VALUE")
    add("dump", _dump, "show everything the platform knows and was asked, as JSON", "dump | jq .requests")
    for command in commands.choices.values():
        command.add_argument(
            "--control", type=Path, default=default_path(), metavar="SOCKET", help="control socket of the simulator"
        )
    add("demo", _demo, "three gateways kit themselves, live", "demo")
    return parser


def _add_serve(serve: argparse.ArgumentParser) -> None:
    who = serve.add_mutually_exclusive_group()
    who.add_argument("--sims", metavar="FILE.toml", help="SIMs, groups and switches; docs/simulator.md shows one")
    who.add_argument("--count", type=int, default=1, help="so many SIMs in one group (default: 1)")
    serve.add_argument("--userdata", metavar="FILE", help="userdata of that group")
    serve.add_argument("--port", type=int, default=0, help="port of the metadata service (default: any free one)")
    serve.add_argument("--api", type=int, metavar="PORT", help="SORACOM's API, too, at this port (0: any free one)")
    serve.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS", help="of the service (default: 127.0.0.1)")
    serve.add_argument(
        "--at", action="append", default=[], metavar="IMSI=ADDRESS", help="where a SIM's device sends from"
    )
    serve.add_argument(
        "--modems", metavar="DIR", help=f"where gateways and modems go; models: {', '.join(model_names())}"
    )
    serve.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="as with kitting-sim set")
    serve.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="'FAULT …'",
        help="as with kitting-sim break, scope as sim= path= times=",
    )
    serve.add_argument("--json", action="store_true", help="say where everything is as one line of JSON")


def _add_break(command: argparse.ArgumentParser) -> None:
    command.add_argument("fault", nargs="+", metavar="FAULT [NAME=VALUE]")
    command.add_argument("--modem", metavar="IMSI", help="the modem with this SIM, instead of the metadata service")
    command.add_argument("--sim", metavar="IMSI", help="only for this SIM")
    command.add_argument("--path", help="only for this path; * and ? as in file names")
    command.add_argument("--method", help="only for this method")
    command.add_argument("--times", type=int, help="so many requests, then never again")
