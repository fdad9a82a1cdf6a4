"""What setup.cfg cannot say: an editable install serves the modules from the checkout under their own names.

A wheel moves them into `kitting_agent/application` (setup.cfg, package_dir), which only a copy can do. In a checkout
`python -m agent`, the tests and the tools import `agent`, `fleet` and `simulator` from where they stand.
"""

from setuptools import setup
from setuptools.command.editable_wheel import editable_wheel


class FromCheckout(editable_wheel):
    """`pip install --editable`."""

    def finalize_options(self) -> None:
        """Replaces the places inside a wheel by the places in the checkout."""
        self.distribution.packages = ["kitting_agent", "agent", "fleet", "simulator", "story"]
        self.distribution.package_dir = {"kitting_agent": "packaging/kitting_agent"}
        super().finalize_options()


setup(cmdclass={"editable_wheel": FromCheckout})
