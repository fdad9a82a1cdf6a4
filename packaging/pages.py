"""Entry point. The man pages and the shell's completion, from the parsers that also make `--help`.

python3 packaging/pages.py man COMMAND | completion
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent import __version__, apply_cli, cli

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
    ("/var/lib/kitting-apply", "journal and kept contents of the root half"),
)


PARSERS = {"kitting-agent": cli.parser, "kitting-apply": apply_cli.parser}


def main() -> int:
    """Prints one page."""
    lines = completion() if sys.argv[1] == "completion" else man_page(PARSERS[sys.argv[2]]())
    print("\n".join(lines))
    return os.EX_OK


def commands(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The subcommands by name, in the order of `--help`."""
    actions = (action for action in top._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001
    return {name: command for action in actions for name, command in action.choices.items()}


def options(of: argparse.ArgumentParser) -> list[argparse.Action]:
    """What a person may give to a command."""
    shown = (action for action in of._actions if action.help != argparse.SUPPRESS)  # noqa: SLF001
    return [action for action in shown if not isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001


def man_page(top: argparse.ArgumentParser) -> Iterator[str]:
    """A page of section 8, in man's macros (groff_man(7))."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.now(UTC).timestamp())
    name, known = _escaped(top.prog), commands(top)
    yield f'.TH {name.upper()} 8 "{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}" "{name} {__version__}"'
    yield from (".SH NAME", f"{name} \\- {_escaped(_first_small(top.description or '').rstrip('.'))}")
    yield from (".SH SYNOPSIS", f".B {name}", _escaped("[OPTIONS] COMMAND ..." if known else "[OPTIONS]"))
    yield from (".SH DESCRIPTION", _escaped(top.description or ""), ".SH OPTIONS", *_options(top))
    if known:
        yield ".SH COMMANDS"
    for word, command in known.items():
        yield from (".SS", f"{name} {_escaped(word)}", _escaped(command.description or ""), *_own_options(command, top))
        yield from (".PP", _escaped((command.epilog or "").capitalize()))
    yield from (".SH EXIT STATUS", *_table(EXIT_CODES), ".SH FILES", *_table(FILES))
    yield from (".SH SEE ALSO", ".BR kitting\\-agent (8),", ".BR kitting\\-apply (8),", ".BR journalctl (1)", ".br")
    yield "/usr/share/doc/kitting\\-agent"


def _first_small(text: str) -> str:
    return text[:1].lower() + text[1:]


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
    top = cli.parser()
    names = commands(top)
    yield "# Completion of kitting-agent for bash; made from its parser."
    yield from (
        "_kitting_agent()",
        "{",
        "    local word command known",
        "    word=${COMP_WORDS[COMP_CWORD]}",
        "    command=",
    )
    yield '    for known in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do'
    yield f"        case $known in {'|'.join(names)}) command=$known ;; esac"
    yield "    done"
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
