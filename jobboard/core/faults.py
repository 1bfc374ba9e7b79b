"""Named points at which a test can end this process, to prove that nothing acknowledged is ever lost."""

import os
import signal


def failpoint(name: str) -> None:
    """End this process at once (SIGKILL) when `JOBBOARD_FAILPOINT` names this point; otherwise nothing."""
    if os.environ.get("JOBBOARD_FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
