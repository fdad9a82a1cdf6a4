"""Pure. The words of a real modem family, from the table that a file of `models/*.toml` is.

A model file has `family` (for people), `source` (where its habits are known from), and these, all optional:

- `[answers]`: command in capitals without `AT` → a line, a list of lines, `false` (the answer is ERROR), or a number
  (the answer is that `+CME ERROR`). What a file leaves out is taken from `generic.toml`. In a line `{imei}`,
  `{imei14}`, `{imei_tail}` (last eight digits), `{imsi}`, `{iccid}`, `{serial}` are filled in.
- `boot`: lines after power-on. `[[reports]]`, each with `line` and `place` (before, inside, after): come with answers.
- `framing`: `standard` (V.250), `bare` (no line end in front), `cr` (CR alone).
- `unknown`: the final result for a command that the modem does not know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulator.modem_faults import Chatter

Answer = tuple[str, ...] | int | None
"""Lines, or the number of an error, or None for a plain ERROR."""
Framing = Literal["standard", "bare", "cr"]


@dataclass(frozen=True, slots=True)
class Model:
    """How one family of modems speaks."""

    name: str
    family: str
    source: str
    answers: Mapping[str, Answer]
    boot: tuple[str, ...] = ()
    reports: tuple[Chatter, ...] = ()
    framing: Framing = "standard"
    unknown: str = "ERROR"


def known_model(name: str, names: Collection[str]) -> str:
    """The name of a model; raises `ValueError` that names all models for an unknown name."""
    if name not in names:
        raise ValueError(f"there is no modem model {name!r}; there are {', '.join(names)}")
    return name


def model_of(name: str, table: Mapping[str, Any], generic: Mapping[str, Any]) -> Model:
    """The model in a table; what the table leaves out of its answers is taken from the generic one."""
    answers = {**generic["answers"], **table.get("answers", {})}
    return Model(
        name=name,
        family=table["family"],
        source=table["source"],
        answers={command: _answer(value) for command, value in answers.items()},
        boot=tuple(table.get("boot", ())),
        reports=tuple(Chatter(**report) for report in table.get("reports", ())),
        framing=table.get("framing", "standard"),
        unknown=table.get("unknown", "ERROR"),
    )


def _answer(value: object) -> Answer:
    match value:
        case False:
            return None
        case int():
            return value
        case list():
            return tuple(value)
        case _:
            return (str(value),)
