"""Edge. Runs a program on the gateway and judges how it ended; of what it prints, the end is kept for people."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from agent.apply.machine.os_errors import as_failure
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.host import programs
from agent.host.programs import Ended, NotEnded

MAX_TAIL_BYTES = 2048
"""Of a program's output that are kept."""
LIMIT_S = 120.0
"""For a program that changes something; systemctl waits for the units that it starts."""
ASK_LIMIT_S = 20.0
"""For a program that only answers a question."""
_MAX_WHERE = 200
"""Characters of a command in a failure."""


@frozen
class SystemPrograms:
    """Programs, run without a shell and without input. Methods raise `Failure(apply.failed)`."""

    environment: Mapping[str, str]

    def ended(self, argv: tuple[str, ...], limit_s: float | None = None) -> Ended:
        """How the program ended; raises for a program that cannot be started, or has not ended in time."""
        limit_s = LIMIT_S if limit_s is None else limit_s
        try:
            return programs.run(
                argv, limit_s=limit_s, environment=self.environment, joined=True, last_bytes=MAX_TAIL_BYTES
            )
        except NotEnded as late:
            raise failed(argv, f"not ended within {limit_s:g} s: {one_line(late.output)}") from None
        except OSError as error:
            raise as_failure(error, _shown(argv)) from None

    def printed(self, argv: tuple[str, ...], limit_s: float | None = None) -> str:
        """What the program printed; raises also for an exit code other than 0, and for a signal."""
        end = self.ended(argv, limit_s)
        if end.code != 0:
            raise failed(argv, how_it_ended(end.code, one_line(end.output)))
        return _printable(end.output)

    def succeeds(self, argv: tuple[str, ...]) -> bool:
        """Whether the program ended with exit code 0; raises for a signal, where it can answer nothing."""
        end = self.ended(argv)
        if end.code < 0:
            raise failed(argv, how_it_ended(end.code, one_line(end.output)))
        return end.code == 0


def how_it_ended(code: int, tail: str) -> str:
    """Exit code or signal, and the end of the output, as a sentence."""
    how = f"exit code {code}" if code >= 0 else f"ended by signal {-code}"
    return f"{how}: {tail}" if tail else how


def one_line(output: bytes) -> str:
    """The output in one line that is safe to show on a terminal."""
    return " ".join(_printable(output).split())


def failed(argv: tuple[str, ...], why: str) -> Failure:
    """The failure of a program."""
    return Failure(Code.APPLY_FAILED, why, where=_shown(argv))


def _shown(argv: tuple[str, ...]) -> str:
    return shlex.join(argv)[:_MAX_WHERE]


def _printable(output: bytes) -> str:
    """The output without characters that control a terminal."""
    text = output.decode(errors="replace")
    return "".join(letter if letter.isprintable() or letter.isspace() else "\ufffd" for letter in text)
