"""Edge. The modem models that the program brings along, read from `models/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from simulator.modem_models import Model, known_model, model_of

FOLDER = Path(__file__).with_name("models")
GENERIC = "generic"


@cache
def model_names() -> tuple[str, ...]:
    """All models, `generic` among them."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


@cache
def load_model(name: str = GENERIC) -> Model:
    """The model of that name; raises `ValueError` that names all models."""
    return model_of(name, _table(known_model(name, model_names())), _table(GENERIC))


def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
