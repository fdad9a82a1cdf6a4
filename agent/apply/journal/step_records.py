"""Pure. Steps, actions and managed paths as JSON. Reading raises `ValueError`, `TypeError` or `KeyError`."""

from __future__ import annotations

from dataclasses import replace

from agent.apply.journal.frames import Json
from agent.apply.journal.node_records import Contents, node_from_json, node_to_json
from agent.apply.planning.nodes import File, Lost
from agent.apply.planning.steps import ActionStep, FileStep, ManagedPath, Step
from agent.effects import (
    Action,
    ActivateConnections,
    KernelValues,
    OnError,
    Power,
    PowerState,
    RunCommand,
    ServiceVerb,
    Verb,
)
from agent.handover.reason_json import reason_to_json, step_reason_from_json


def step_to_json(step: Step) -> Json:
    """The step; what it writes is left out, since no step is ever done after a restart."""
    match step:
        case FileStep(path, before, after, because, sensitive):
            after = replace(after, content=b"") if isinstance(after, File) else after
            return {
                "path": path,
                "before": node_to_json(before),
                "after": node_to_json(after),
                "because": reason_to_json(because),
                "sensitive": sensitive,
            }
        case ActionStep(action, because, once, sensitive, back):
            members = {"because": reason_to_json(because), "once": once, "sensitive": sensitive, "back": back}
            return {"action": action_to_json(action), **members}


def step_from_json(value: Json, contents: Contents) -> Step:
    """The step that `step_to_json` made this of, with an empty content in place of what it writes."""
    because = step_reason_from_json(value["because"])
    if "action" in value:
        members = (value["once"], value["sensitive"], value["back"])
        return ActionStep(action_from_json(value["action"]), because, *members)
    before = node_from_json(value["before"], contents)
    after = node_from_json(value["after"], lambda _: b"")
    if isinstance(after, Lost):
        raise TypeError("no step leads to a lost node")
    return FileStep(value["path"], before, after, because, value["sensitive"])


def entry_to_json(entry: ManagedPath) -> Json:
    """A managed path."""
    return {
        "wrote": entry.wrote,
        "before": node_to_json(entry.before),
        "because": reason_to_json(entry.because),
        "then": [action_to_json(action) for action in entry.then],
        "sensitive": entry.sensitive,
    }


def entry_from_json(value: Json, contents: Contents) -> ManagedPath:
    """The managed path that `entry_to_json` made this of."""
    before = node_from_json(value["before"], contents)
    then = tuple(action_from_json(action) for action in value["then"])
    return ManagedPath(value["wrote"], before, step_reason_from_json(value["because"]), then, value["sensitive"])


def action_to_json(action: Action) -> Json:
    """An action."""
    match action:
        case RunCommand(argv, limit_s, on_error, own_scope):
            return {"argv": list(argv), "limit_s": limit_s, "on_error": on_error.value, "own_scope": own_scope}
        case ServiceVerb(unit, verb):
            return {"unit": unit, "verb": verb.value}
        case ActivateConnections(connections):
            return {"connections": list(connections)}
        case KernelValues(values, before):
            return {"kernel": [list(pair) for pair in values], "before": [list(pair) for pair in before]}
        case PowerState(power, delay_s):
            return {"power": power.value, "delay_s": delay_s}


def action_from_json(value: Json) -> Action:
    """The action that `action_to_json` made this of."""
    match value:
        case {"argv": argv, "limit_s": limit_s, "on_error": on_error, "own_scope": own_scope}:
            return RunCommand(tuple(argv), limit_s, OnError(on_error), own_scope)
        case {"connections": connections}:
            return ActivateConnections(tuple(connections))
        case {"kernel": values, "before": before}:
            return KernelValues(_pairs(values), _pairs(before))
        case {"power": power, "delay_s": delay_s}:
            return PowerState(Power(power), delay_s)
        case _:
            return ServiceVerb(value["unit"], Verb(value["verb"]))


def _pairs(value: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in value)
