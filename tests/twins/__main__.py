"""`python -m tests.twins`: what the tests will find here, one line each. With `missing`: Debian packages that would help."""

import os
import sys

from tests.twins import chromium, postgres, s3


def main() -> None:
    """Look only, start nothing but `postgres --version`."""
    postgres_found = os.environ.get(postgres.SETTING) or next(postgres.usable(), None)
    chromium_found = chromium.program()
    if sys.argv[1:] == ["missing"]:
        packages = [] if chromium_found else ["chromium", "fonts-liberation"]
        packages += [] if postgres_found else ["postgresql"]
        sys.stdout.write(" ".join(packages))
        return
    for name, found, how in (
        ("Chromium", chromium_found, chromium.HOW_TO_GET),
        ("PostgreSQL", postgres_found, postgres.HOW_TO_GET),
        ("SeaweedFS", s3.weed(), s3.HOW_TO_GET),
    ):
        sys.stdout.write(f"{name}: {found or f'not found, its tests are skipped. To get it: {how}'}\n")


main()
