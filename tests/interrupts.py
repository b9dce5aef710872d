"""Ctrl+C for processes that tests start.

What a shell starts in the background ignores it, and so does all that this starts; a run of the tests may be that.
"""

import signal


def heed() -> None:
    """For `preexec_fn`: the process takes Ctrl+C as one in the foreground does."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
