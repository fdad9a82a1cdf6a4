"""The one package that a wheel installs. The program lies in `application/` beside this file.

`application/` holds `agent/`, `fleet/`, `simulator/`, `story/` and `config/` as they stand at the top of the
repository. It is no package: a process that runs the program puts it first on its own search path, so that no other
process finds modules of these names (docs/decisions/0001-one-package-in-site-packages.md).
"""

from kitting_agent.search_path import put_application_first

__all__ = ["put_application_first"]
