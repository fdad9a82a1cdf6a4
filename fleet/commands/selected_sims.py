"""Entry point. The commands that do one thing to each SIM that is named, listed or tagged.

Every name and every line of a list is accounted for: done, already so, failed, unknown, or not understood.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import Code, Failure, failure_from
from agent.host.process_entry import print_json
from fleet.commands.api_access import api_of
from fleet.commands.record_file import RecordFile
from fleet.commands.terminal import is_confirmed, print_line

if TYPE_CHECKING:
    from fleet.field.named_sims import NamedSims, NoSim
    from fleet.field.sim_selection import Selected
    from fleet.platform.api import Api
    from fleet.platform.sim import Sim

MOST_ASKED_AFTER = 1
"""More SIMs than this are changed after a confirmation only."""


def for_each_sim(
    arguments: argparse.Namespace,
    operation: Callable[[Api, Sim], object],
    done: str,
    is_so: Callable[[Sim], bool] = lambda _: False,
    warning: Callable[[Sequence[Sim]], str] = lambda _: "",
) -> int:
    """Runs an operation for every selected SIM that is not so already; what is known is done first.

    Exit code 65 where a name or a line means no SIM, 75 where an operation failed, 77 without a confirmation.

    Args:
        arguments: the selection and the options, as `add_selection` adds them.
        operation: takes the API and a SIM; returns the SIM as it is then, or anything else.
        done: a past participle, such as `stopped`.
        is_so: whether a SIM is so already.
        warning: what to say before anything is done to these SIMs; empty for nothing.
    """
    from fleet.field.sim_selection import selected_sims, selection_of

    selection = selection_of(arguments.sim, arguments.tag, _listed(arguments.list))
    with api_of(arguments) as api:
        selected = selected_sims(api, selection)
        not_meant = [*selection.not_understood, *selected.unknown]
        for one in (*not_meant, *selected.not_looked_up, *(again for _, again in selected.repeated)):
            print_line(arguments, f"{_place(one.line)}{one.text}: {one.why}")
        work = [sim for sim, _ in selected.sims.values() if not is_so(sim)]
        if text := warning(work):
            print_line(arguments, text)
        if len(work) > MOST_ASKED_AFTER and not is_confirmed(
            f"{len(work)} SIMs will be {done}. Continue?", yes=arguments.yes
        ):
            return os.EX_NOPERM
        results = [
            _result(arguments, sim, f"already {done}", None, selected)
            for sim, _ in selected.sims.values()
            if is_so(sim)
        ]
        results += _carried_out(arguments, api, work, operation, done, selected)
    done_ids = {result["sim"] for result in results if result["done"]}
    failed = len(results) - len(done_ids) + len(selected.not_looked_up)
    if arguments.json:
        again = [{**_not_meant(one), "sim": sim_id, "done": sim_id in done_ids} for sim_id, one in selected.repeated]
        print_json([*results, *again, *map(_not_meant, (*selected.not_looked_up, *not_meant))])
    elif len(results) > 1 or not_meant or failed or selected.repeated:
        counts = f"{done} or already so: {len(done_ids)}, failed: {failed}, no SIM: {len(not_meant)}"
        print_line(arguments, counts + (f", named again: {len(selected.repeated)}" if selected.repeated else ""))
    if failed:
        return os.EX_TEMPFAIL
    return os.EX_DATAERR if not_meant else os.EX_OK


def _carried_out(
    arguments: argparse.Namespace,
    api: Api,
    sims: Sequence[Sim],
    operation: Callable[[Api, Sim], object],
    done: str,
    selected: Selected,
) -> Iterator[dict[str, object]]:
    from fleet.platform.parallel import in_parallel

    for sim, result in in_parallel(api.at_once, lambda sim: operation(api, sim), sims):
        failure = result if isinstance(result, Failure) else None
        yield _result(arguments, sim, _with_status(done, sim, result), failure, selected)


def _with_status(done: str, before: Sim, result: object) -> str:
    """What was done, with the status of the SIM where it is another one than before."""
    from fleet.platform.sim import Sim as ChangedSim

    if not isinstance(result, ChangedSim) or result.status is before.status:
        return done
    return f"{done}, now {result.status.value}"


def _result(
    arguments: argparse.Namespace, sim: Sim, done: str, failure: Failure | None, selected: Selected
) -> dict[str, object]:
    """The result for one SIM, printed and recorded."""
    named = selected.sims[sim.sim_id][1]
    members: dict[str, object] = {
        "sim": sim.sim_id,
        "name": sim.name,
        "given": named.text if named else "",
        "line": named.line if named else None,
        "done": not failure,
        "failure": str(failure or ""),
    }
    if arguments.record:
        with RecordFile(arguments.record) as record:
            record.write(**members, what=done)
    print_line(arguments, f"{sim.label}: {failure or done}")
    return members


def _not_meant(one: NoSim) -> dict[str, object]:
    return {"sim": "", "name": "", "given": one.text, "line": one.line, "done": False, "failure": one.why}


def _place(line: int | None) -> str:
    return f"line {line}: " if line else ""


def add_selection(command: argparse.ArgumentParser) -> None:
    """Adds the arguments that select SIMs."""
    command.add_argument(
        "sim", nargs="*", metavar="SIM", help="SIM ids, IMSIs, MSISDNs, IMEIs, names or serial numbers"
    )
    command.add_argument("--tag", metavar="NAME=VALUE", help="every SIM with this tag")
    command.add_argument(
        "--list", type=Path, metavar="FILE", help="a SIM on each line, or a CSV with a column simId, imsi, imei or name"
    )
    command.add_argument("--yes", action="store_true", help="do not ask, even for more than one SIM")
    command.add_argument("--record", type=Path, metavar="FILE", help="append the results, a JSON object on each line")


def _listed(path: Path | None) -> NamedSims:
    from fleet.field.named_sims import NamedSims, read_list

    if path is None:
        return NamedSims()
    try:
        return read_list(path.read_bytes())
    except ValueError as error:
        raise Failure(Code.FILE_UNREADABLE, str(error), where=str(path)) from None
    except OSError as error:
        raise failure_from(error, Code.FILE_UNREADABLE, path) from None
