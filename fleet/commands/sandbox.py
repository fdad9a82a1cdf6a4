"""Entry point. `kitting sandbox init`: a new operator in SORACOM's API sandbox, with SIMs to try the desk with.

The sandbox stores what it receives and responds like the platform. It has no network: no device connects there, and no
event handler acts. (API sandbox: users.soracom.io, tools/api-sandbox; it requires the key of a real account.)
"""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.errors import Code, Failure
from agent.host.process_entry import print_json
from fleet.commands.command_line import CommandLine

if TYPE_CHECKING:
    from fleet.platform.api import Api
    from fleet.platform.credentials import AuthKey

MOST_SIMS = 100


def init(arguments: argparse.Namespace) -> int:
    """Creates the operator, its key, its SIMs, and a profile; raises `usage`, `profile.*` and `platform.*`."""
    from fleet.platform.profile import SANDBOXES, checked_endpoint, write_profile

    if not 0 <= arguments.sims <= MOST_SIMS:
        raise Failure(Code.USAGE, f"--sims takes 0 to {MOST_SIMS}")
    key = _key_of_a_real_account(arguments)
    directory = Path(os.environ.get("SORACOM_PROFILE_DIR") or Path.home() / ".soracom")
    if (directory / f"{arguments.name}.json").exists():
        detail = "the profile exists already; choose another name with --name"
        raise Failure(Code.FILE_UNWRITABLE, detail, where=arguments.name)
    coverage = arguments.coverage_type or "jp"
    endpoint = checked_endpoint(arguments.endpoint or SANDBOXES[coverage])
    operator_id, sandbox_key, sims = _create_operator(endpoint, key, coverage, arguments.sims)
    place = write_profile(directory, arguments.name, {**sandbox_key, "endpoint": endpoint, "sandbox": True})
    if arguments.json:
        print_json({"profile": arguments.name, "file": str(place), "operator": operator_id, "sims": sims})
    else:
        print(f"{place}: operator {operator_id}, {len(sims)} SIMs")
        print(f"try: kitting prepare plan.yaml --profile {arguments.name}")
    return os.EX_OK


def _key_of_a_real_account(arguments: argparse.Namespace) -> AuthKey:
    from fleet.platform.credentials import AccessOptions, AuthKey
    from fleet.platform.profile import profile_of

    options = AccessOptions(arguments.profile, arguments.coverage_type)
    credentials = profile_of(options, os.environ, Path.home()).credentials
    if not isinstance(credentials, AuthKey):
        raise Failure(Code.PROFILE_WRONG, "the sandbox requires the authentication key of a real account")
    return credentials


def _create_operator(endpoint: str, key: AuthKey, coverage: str, sims: int) -> tuple[str, dict[str, Any], list[str]]:
    """The id of the new operator, its key as members of a profile, and the ids of its SIMs."""
    from fleet.platform.api import Api, path_of
    from fleet.platform.credentials import Password, Profile
    from fleet.platform.json_shapes import object_of

    email, password = f"kitting-{secrets.token_hex(8)}@example.com", f"Kit-{secrets.token_urlsafe(18)}1"
    owner = {"email": email, "password": password, "authKeyId": key.key_id, "authKey": key.secret}
    with Api(Profile(endpoint, Password(password, email=email))) as api:
        body = {**owner, "registerPaymentMethod": True, "coverageTypes": [coverage]}
        api.post_without_token("/sandbox/init", body)
        keys = path_of("operators", api.operator_id, "auth_keys")
        created = object_of(api.post(keys, {}, repeatable=False).body, "a key")
        members = {"authKeyId": created.get("authKeyId"), "authKey": created.get("authKey")}
        return api.operator_id, members, [_create_sim(api) for _ in range(sims)]


def _create_sim(api: Api) -> str:
    """Creates a SIM, registers it with the operator, and returns its id."""
    from fleet.platform.api import path_of
    from fleet.platform.json_shapes import not_understood, object_of

    body = {"subscription": "plan-D"}
    created = object_of(api.post("/sandbox/subscribers/create", body, repeatable=False).body, "a SIM")
    imsi, secret = created.get("imsi"), created.get("registrationSecret")
    if not isinstance(imsi, str) or not isinstance(secret, str):
        raise not_understood("a SIM with imsi and registrationSecret")
    registered = api.post(path_of("subscribers", imsi, "register"), {"registrationSecret": secret}).body
    sim = object_of(registered, "a SIM")
    return str(sim.get("simId") or sim.get("imsi") or imsi)


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "create an operator with SIMs in the API sandbox"
    command = commands.add_with_api("sandbox", init, summary, "init --sims 10")
    command.add_argument("action", choices=("init",), help="create an operator, its key, its SIMs, and a profile")
    command.add_argument("--name", default="sandbox", help="name of the new profile (default: sandbox)")
    command.add_argument("--sims", type=int, default=3, help="number of SIMs (default: 3)")
