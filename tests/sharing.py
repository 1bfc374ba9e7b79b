"""How the workers of a test run share the tests: a file is one worker's, but for files of slow tests that share nothing."""

import pytest
from xdist.scheduler import LoadScopeScheduling

#: Shared test by test.
ONE_BY_ONE = (
    "tests/journeys/",
    "tests/transfer/test_actions_demo.py",
    "tests/access/test_matrix.py",
    "tests/test_faults.py",
)


class ByFile(LoadScopeScheduling):
    """What a module sets up is set up once, and two tests of it never run side by side.

    Said here and not by marks (`xdist_group`): pytest 9.2 forgets those without a word (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(ONE_BY_ONE) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)  # there is none to plan for without xdist
def pytest_xdist_make_scheduler(config, log):
    """In the order of collection, which is by chance: journeys in browsers at the end would be in each other's way."""
    return ByFile(config, log)
