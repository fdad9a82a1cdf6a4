"""Entry point: `kitting sandbox init`: an operator of one's own in SORACOM's API sandbox, with SIMs to play with.

The sandbox stores what it is told and answers like the platform; it has no network, so no device comes online and no
event handler fires there. (API sandbox: users.soracom.io, tools/api-sandbox; it wants the key of a real account.)
"""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from agent.host.process_entry import print_json
from fleet.platform.api import Api, path_of
from fleet.platform.credentials import AccessOptions, AuthKey, Password, Profile
from fleet.platform.json_shapes import object_of
from fleet.platform.profile import SANDBOXES, checked_endpoint, profile_of, write_profile

MOST_SIMS = 100


def init(arguments: argparse.Namespace) -> int:
    """Makes the operator, its key, its SIMs, and a profile; raises `profile.*` and `platform.*`."""
    if not 0 <= arguments.sims <= MOST_SIMS:
        raise Failure(Code.USAGE, f"--sims takes 0 to {MOST_SIMS}")
    real = profile_of(AccessOptions(arguments.profile, arguments.coverage_type), os.environ, Path.home()).credentials
    if not isinstance(real, AuthKey):
        raise Failure(Code.PROFILE_WRONG, "the sandbox wants the authentication key of a real account")
    directory = Path(os.environ.get("SORACOM_PROFILE_DIR") or Path.home() / ".soracom")
    if (directory / f"{arguments.name}.json").exists():
        raise Failure(
            Code.FILE_UNWRITABLE, "there is such a profile already; choose another --name", where=arguments.name
        )
    endpoint = checked_endpoint(arguments.endpoint or SANDBOXES[arguments.coverage_type or "jp"])
    email, password = f"kitting-{secrets.token_hex(8)}@example.com", f"Kit-{secrets.token_urlsafe(18)}1"
    with Api(Profile(endpoint, Password(password, email=email))) as api:
        api.post_without_token("/sandbox/init", _body(real, email, password, arguments.coverage_type or "jp"))
        operator_id = api.operator_id
        key = object_of(api.post(path_of("operators", operator_id, "auth_keys"), {}, repeatable=False).body, "a key")
        sims = [_sim(api) for _ in range(arguments.sims)]
    members = {"authKeyId": key.get("authKeyId"), "authKey": key.get("authKey"), "endpoint": endpoint, "sandbox": True}
    place = write_profile(directory, arguments.name, members)
    if arguments.json:
        print_json({"profile": arguments.name, "file": str(place), "operator": operator_id, "sims": sims})
    else:
        print(f"{place}: operator {operator_id}, {len(sims)} SIMs")
        print(f"try: kitting prepare plan.yaml --profile {arguments.name}")
    return os.EX_OK


def _body(real: AuthKey, email: str, password: str, coverage: str) -> dict[str, Any]:
    who = {"email": email, "password": password, "authKeyId": real.key_id, "authKey": real.secret}
    return {**who, "registerPaymentMethod": True, "coverageTypes": [coverage]}


def _sim(api: Api) -> str:
    """One SIM, taken over; its id."""
    made = object_of(
        api.post("/sandbox/subscribers/create", {"subscription": "plan-D"}, repeatable=False).body, "a SIM"
    )
    imsi, secret = made.get("imsi"), made.get("registrationSecret")
    if not isinstance(imsi, str) or not isinstance(secret, str):
        raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "expected a SIM with imsi and registrationSecret")
    taken = api.post(path_of("subscribers", imsi, "register"), {"registrationSecret": secret}).body
    told = object_of(taken, "a SIM")
    return str(told.get("simId") or told.get("imsi") or imsi)


def add(commands: Any, command: Any) -> None:
    """Puts the command into the command line."""
    sub: argparse.ArgumentParser = command(
        commands, "sandbox", init, "prepare an API sandbox with SIMs to play with", "init --sims 10"
    )
    sub.add_argument("what", choices=("init",), help="make an operator, its key, its SIMs, and a profile")
    sub.add_argument("--name", default="sandbox", help="of the new profile (default: sandbox)")
    sub.add_argument("--sims", type=int, default=3, help="how many (default: 3)")
