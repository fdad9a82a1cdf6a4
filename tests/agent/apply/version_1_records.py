"""Records as version 1 wrote them, made of the present ones: reasons are texts, and a purpose is `is_way_back`."""

import json

from agent.apply.journal.frames import framed, unframed
from agent.handover.reason_json import reason_from_json
from agent.reasons import reason_text


def as_version_1(record):
    """The same record in version 1."""
    if isinstance(record, list):
        return [as_version_1(item) for item in record]
    if not isinstance(record, dict):
        return record
    old = {key: as_version_1(value) for key, value in record.items() if (key, value) != ("kernel", {})}
    if "version" in old:
        old["version"] = 1
        old.pop("in_force", None)
    if "ran_for" in old:
        old.pop("digest", None)
    if "purpose" in old:
        old["is_way_back"] = old.pop("purpose") != "apply"
    if "because" in old:
        old["because"] = text_of(record["because"])
    for rows in ("notes", "changes"):
        if rows in old:
            old[rows] = [[what, where, text_of(because)] for what, where, because in record[rows]]
    if isinstance(old.get("ran"), list):
        old["ran"] = _ran(record["ran"])
    return old


def text_of(because):
    return reason_text(reason_from_json(because))


def _ran(row):
    if row and isinstance(row[0], list):
        return [_ran(item) for item in row]
    return [*row[:4], text_of(row[4])] if row else row


def turn_into_version_1(own):
    """Rewrites all that the root half left in its directory as if version 1 had written it."""
    for path in (own / "transaction").iterdir():
        if path.is_file() and path.name != "lock" and not path.name.startswith("."):
            records, length = unframed(path.read_bytes())
            assert records
            assert length == path.stat().st_size
            path.write_bytes(b"".join(framed(as_version_1(record)) for record in records))
    outcome = own / "outcome.json"
    outcome.write_text(json.dumps(as_version_1(json.loads(outcome.read_text()))))
