"""Edge. The files that belong to the program itself: the folder that holds them, and what is written in them.

`agent/` and `config/` stand side by side in that folder: the repository in a checkout, `/usr/lib/kitting-agent` in
the Debian package, `kitting_agent/application` in a wheel. The folder is computed from the place of `agent`:
importing importlib.resources takes ten times as long as importing this module (3.9 ms and 0.3 ms on a laptop).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import agent
from agent.errors import Code, Failure, failure_from


def folder() -> Path:
    """The folder that holds `agent/` and `config/`."""
    return Path(agent.__file__).resolve().parents[1]


def environment() -> dict[str, str]:
    """The environment for a Python process that has to import `agent` from this folder."""
    search = os.pathsep.join(filter(None, (str(folder()), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": search}


def json_file(name: str) -> Mapping[str, Any]:
    """The JSON object in `config/NAME`; raises `installation.incomplete`."""
    place = folder() / "config" / name
    try:
        content: Mapping[str, Any] = json.loads(place.read_text("utf-8"))
    except OSError as error:
        raise failure_from(error, Code.INSTALLATION_INCOMPLETE, place) from None
    except ValueError:
        raise Failure(Code.INSTALLATION_INCOMPLETE, "the file is damaged", where=str(place)) from None
    return content
