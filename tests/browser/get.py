"""Gets a Chromium for the browser tests where there is none: `python -m tests.browser.get`, or `make browser`."""

import os
import shutil
import subprocess
import sys

from tests.browser.chromium import HOW_TO_GET_ONE, chromium

_APT = [["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]]
_DOWNLOAD = [[sys.executable, "-m", "playwright", "install", "chromium"]]


def works() -> bool:
    """Whether a browser starts."""
    with chromium() as browser:
        return browser is not None


def get() -> bool:
    """Try the system's packages where this user may install them, then Playwright's own download."""
    ways = [_APT] if shutil.which("apt-get") and os.geteuid() == 0 else []
    for way in (*ways, _DOWNLOAD):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = all(subprocess.run(step, env=environment, capture_output=True).returncode == 0 for step in way)
        if done and works():
            return True
    return False


if __name__ == "__main__":
    if not works() and not get():
        print(f"The browser tests are skipped: {HOW_TO_GET_ONE}")
        sys.exit(1)
