"""Edge. Reads a plan and the files beside it."""

from __future__ import annotations

from pathlib import Path

from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, Failure, failure_from
from agent.host.program_files import json_file
from fleet.plan.plan import Plan
from fleet.plan.plan_document import Files, Schemas, files_named, plan_of

MAX_FILE_BYTES = 64 * 1024 * 1024


def read_plan(path: Path) -> Plan:
    """The plan in a file; raises `file.unreadable` and `plan.invalid`."""
    try:
        text = _read(path).decode()
    except UnicodeDecodeError:
        raise Failure(Code.PLAN_INVALID, "is not UTF-8", where=str(path)) from None
    contents = {}
    for name in files_named(text):
        try:
            contents[name] = _read(path.parent / name)
        except Failure:
            continue  # the plan names the file as a fault, with line and key
    return plan_of(text, Files(contents), schemas())


def schemas() -> Schemas:
    """The schemas that are part of the program; raises `installation.incomplete`."""
    return Schemas(json_file("plan.schema.json"), userdata_schema())


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise failure_from(error, Code.FILE_UNREADABLE, path) from None
    if len(content) > MAX_FILE_BYTES:
        raise Failure(Code.FILE_UNREADABLE, f"is larger than {MAX_FILE_BYTES} bytes", where=str(path))
    return content
