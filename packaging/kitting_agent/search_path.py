"""Edge. The place of the program in the search path of this process."""

import os
import sys


def put_application_first() -> None:
    """Makes the program importable in this process, before anything else of the same name.

    An editable install has no `application/`: there, the top of the repository is searched anyway.
    """
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "application"))  # noqa: PTH118, PTH120 (pathlib is slow to import)
