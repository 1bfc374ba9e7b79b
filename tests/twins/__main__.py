"""`python -m tests.twins`: what the tests will find here, one line each. With `missing`: Debian packages that would help."""

import os
import sys

from tests.twins import found


def main() -> None:
    """Look only; start nothing but `postgres --version`."""
    programs = {
        "Chromium": (found.chromium(), found.HOW_TO_GET_CHROMIUM, "chromium fonts-liberation"),
        "PostgreSQL": (
            "the server of " + found.POSTGRES
            if "://" in os.environ.get(found.POSTGRES, "")
            else next(found.usable_postgres(), None),
            found.HOW_TO_GET_POSTGRES,
            "postgresql",
        ),
        "SeaweedFS": (found.weed(), found.HOW_TO_GET_WEED, ""),
    }
    if sys.argv[1:] == ["missing"]:
        sys.stdout.write(" ".join(packages for program, _, packages in programs.values() if not program and packages))
        return
    for name, (program, how, _) in programs.items():
        sys.stdout.write(f"{name}: {program or f'not found, its tests are skipped. To get it: {how}'}\n")


main()
