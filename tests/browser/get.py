"""Gets browsers for the tests where there are none: `python -m tests.browser.get`, or `make browser`.

Without a Chromium it fails. Firefox it takes from the system's packages, where this user may install them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from tests.browser.chromium import HOW_TO_GET_ONE, chromium
from tests.browser.firefox import HOW_TO_GET_ONE as HOW_TO_GET_FIREFOX
from tests.browser.firefox import system_firefox

_DOWNLOAD = [[sys.executable, "-m", "playwright", "install", "chromium"]]


def works() -> bool:
    """Whether a browser starts."""
    with chromium() as browser:
        return browser is not None


def get() -> bool:
    """Try the system's packages, then Playwright's own download."""
    return (_installed("chromium") and works()) or (_done(_DOWNLOAD) and works())


def get_firefox() -> bool:
    """Try the system's packages: Playwright's own Firefox is another one."""
    return _installed("firefox-esr") and system_firefox() is not None


def _installed(package: str) -> bool:
    """Whether this user may install the system's packages, and this one is there now."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    return _done([["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", package]])


def _done(steps: Sequence[Sequence[str]]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return all(subprocess.run(step, env=environment, capture_output=True).returncode == 0 for step in steps)


if __name__ == "__main__":
    if system_firefox() is None and not get_firefox():
        print(f"The tour in Firefox is skipped: {HOW_TO_GET_FIREFOX}")
    if not works() and not get():
        print(f"The browser tests are skipped: {HOW_TO_GET_ONE}")
        sys.exit(1)
