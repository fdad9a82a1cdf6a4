"""Edge. The schema of the userdata document, read from `config/userdata.schema.json` once."""

from __future__ import annotations

from functools import cache

from agent.configuration.schema import Schema
from agent.host.program_files import json_file

NAME = "userdata.schema.json"


@cache
def userdata_schema() -> Schema:
    """The schema of userdata documents; raises `installation.incomplete`."""
    return Schema(json_file(NAME))
