"""The one package that a wheel installs. The program lies in `application/` beside this file.

`application/` holds `agent/`, `fleet/`, `simulator/`, `story/` and `config/` as they stand at the top of the
repository. It is no package: a process that runs the program puts it first on its own search path, so that no other
process finds modules of these names (docs/decisions/0001-one-package-in-site-packages.md).
"""

import os
import sys


def put_application_first() -> None:
    """Makes the program importable in this process, before anything else of the same name.

    An editable install has no `application/`: there, the top of the repository is searched anyway.
    """
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "application"))  # noqa: PTH118, PTH120 (pathlib is slow to import)
