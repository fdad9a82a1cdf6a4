"""Entry point. The options that choose user and endpoint of the SORACOM API, and the API that they stand for."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleet.platform.api import Api

MOST_AT_ONCE = 64


def add_access_options(command: argparse.ArgumentParser) -> None:
    """Adds the options to a command."""
    access = command.add_argument_group("access to the SORACOM API")
    access.add_argument(
        "--profile", metavar="NAME", help="soracom-cli's profile (default: SORACOM_PROFILE, or default)"
    )
    access.add_argument("--coverage-type", choices=("jp", "g"), help="Japanese or global coverage")
    access.add_argument("--endpoint", metavar="URL", help="another endpoint, such as that of a simulator")
    access.add_argument("--mfa", metavar="CODE", default="", help="the one-time code of the second factor")
    access.add_argument("--at-once", type=int, default=8, metavar="N", help="requests at the same time (default: 8)")


def api_of(arguments: argparse.Namespace) -> Api:
    """The API that the options choose; raises `profile.*`."""
    from fleet.platform.api import Api
    from fleet.platform.credentials import AccessOptions
    from fleet.platform.profile import profile_of

    options = AccessOptions(arguments.profile, arguments.coverage_type, arguments.endpoint, arguments.mfa)
    profile = profile_of(options, os.environ, Path.home())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kitting"
    return Api(profile, cache, at_once=min(MOST_AT_ONCE, max(1, arguments.at_once)))
