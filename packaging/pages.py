"""Entry point: the man page and the shell's completion, from the parser that also makes `--help`.

python3 packaging/pages.py man|completion
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent import __version__  # noqa: E402 (the checkout that this file is in, not what is installed)
from agent.cli import parser  # noqa: E402

EXIT_CODES = (
    ("0", "the gateway is what it should be"),
    ("64", "the command line is wrong"),
    ("65", "the userdata is wrong"),
    ("66", "there is no such file"),
    ("69", "something is missing: a modem, the service, the resident"),
    ("70", "the agent itself is at fault"),
    ("73", "something cannot be written"),
    ("75", "try again later"),
    ("77", "refused: SIM and device do not belong together, or a right is missing"),
    ("78", "the settings are wrong"),
)
FILES = (
    ("/etc/kitting-agent/agent.toml", "settings of this device; each key is explained there"),
    ("/var/lib/kitting-agent", "what the agent remembers, and the order that it hands over"),
    ("/var/lib/kitting-apply", "journal and kept contents of the privileged half"),
)


def main() -> int:
    """Prints one of the two."""
    lines = {"man": man_page, "completion": completion}[sys.argv[1]]()
    print("\n".join(lines))
    return os.EX_OK


def commands(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The subcommands by name, in the order of `--help`."""
    actions = (action for action in top._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001
    return dict(next(actions).choices)


def options(of: argparse.ArgumentParser) -> list[argparse.Action]:
    """What a person may give to a command."""
    shown = (action for action in of._actions if action.help != argparse.SUPPRESS)  # noqa: SLF001
    return [action for action in shown if not isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001


def man_page() -> Iterator[str]:
    """kitting-agent(8), in man's macros (groff_man(7))."""
    top = parser()
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.now(UTC).timestamp())
    yield f'.TH KITTING\\-AGENT 8 "{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}" "kitting\\-agent {__version__}"'
    yield from (".SH NAME", "kitting\\-agent \\- identify this gateway by its SIM and configure it")
    yield from (".SH SYNOPSIS", ".B kitting\\-agent", _escaped("[--config FILE] [--json] COMMAND ..."))
    yield from (".SH DESCRIPTION", _escaped(top.description or ""), ".SH OPTIONS", *_options(top), ".SH COMMANDS")
    for name, command in commands(top).items():
        yield from (".SS", f"kitting\\-agent {name}", _escaped(command.description or ""), *_own_options(command, top))
        yield from (".PP", _escaped((command.epilog or "").capitalize()))
    yield from (".SH EXIT STATUS", *_table(EXIT_CODES), ".SH FILES", *_table(FILES))
    yield from (".SH SEE ALSO", ".BR systemctl (1),", ".BR journalctl (1)", ".br")
    yield "/usr/share/doc/kitting\\-agent"


def _own_options(command: argparse.ArgumentParser, top: argparse.ArgumentParser) -> Iterator[str]:
    everywhere = {name for action in options(top) for name in action.option_strings}
    for action in options(command):
        if not everywhere & set(action.option_strings):
            yield from _option(action)


def _options(of: argparse.ArgumentParser) -> Iterator[str]:
    for action in options(of):
        yield from _option(action)


def _option(action: argparse.Action) -> Iterator[str]:
    names = ", ".join(action.option_strings) or str(action.metavar or action.dest)
    value = f" {action.metavar}" if action.option_strings and action.metavar else ""
    yield from (".TP", f".B {_escaped(names + value)}", _escaped(action.help or ""))


def _table(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, meaning in rows:
        yield from (".TP", f".B {_escaped(name)}", _escaped(meaning))


def _escaped(text: str) -> str:
    """Text that is no macro: hyphens that can be copied, and no line that begins with a full stop."""
    line = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("→", "\\(->")
    return f"\\&{line}" if line.startswith((".", "'")) else line


def completion() -> Iterator[str]:
    """A function for bash-completion: commands, their options, and files where one is wanted."""
    top = parser()
    names = commands(top)
    yield "# Completion of kitting-agent for bash; made from its parser."
    yield from ("_kitting_agent()", "{", "    local word command", "    word=${COMP_WORDS[COMP_CWORD]}", "    command=")
    yield "    local known"
    yield f'    for known in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do case $known in {"|".join(names)}) command=$known ;; esac; done'
    yield '    if [[ ${COMP_WORDS[COMP_CWORD - 1]} = --config ]]; then COMPREPLY=($(compgen -f -- "$word")); return; fi'
    yield "    case $command in"
    yield f"    '') COMPREPLY=($(compgen -W '{' '.join([*names, *_flags(top)])}' -- \"$word\")) ;;"
    for name, command in names.items():
        files = ' $(compgen -f -- "$word")' if any(not action.option_strings for action in options(command)) else ""
        yield f"    {name}) COMPREPLY=($(compgen -W '{' '.join(_flags(command))}' -- \"$word\"){files}) ;;"
    yield from ("    esac", "}", "complete -o filenames -F _kitting_agent kitting-agent")


def _flags(of: argparse.ArgumentParser) -> list[str]:
    return [name for action in options(of) for name in action.option_strings if name.startswith("--")]


if __name__ == "__main__":
    sys.exit(main())
