"""Words. The words of real modem families, kept as data in `models/*.toml`.

A model file has `family` (for people), `source` (where its habits are known from), and these, all optional:

- `[answers]`: command in capitals without `AT` → a line, a list of lines, `false` (the answer is ERROR), or a number
  (the answer is that `+CME ERROR`). What a file leaves out is taken from `generic.toml`. In a line `{imei}`,
  `{imei14}`, `{imei_tail}` (last eight digits), `{imsi}`, `{iccid}`, `{serial}` are filled in.
- `boot`: lines after power-on. `[[reports]]`, each with `line` and `place` (before, inside, after): come with answers.
- `framing`: `standard` (V.250), `bare` (no line end in front), `cr` (CR alone).
- `unknown`: the final result for a command that the modem does not know.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
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


@cache
def model_names() -> tuple[str, ...]:
    """All models, `generic` among them."""
    files = resources.files("simulator").joinpath("models").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@cache
def load_model(name: str) -> Model:
    """The model of that name; raises `ValueError` with the known names."""
    if name not in model_names():
        raise ValueError(f"there is no modem model {name!r}; there are {', '.join(model_names())}")
    table = _table(name)
    answers = {**_table("generic")["answers"], **table.get("answers", {})}
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


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("simulator").joinpath("models", f"{name}.toml").read_text("utf-8"))


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
