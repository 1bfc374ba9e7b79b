"""The rounds of `make faults`, a few of them: what is acknowledged is kept, whatever is killed; and each check can fail."""

import random

import pytest

from tests.conftest import own_database
from tests.faults.account import account
from tests.faults.controls import controls
from tests.faults.ground import Site
from tests.faults.rounds import run
from tests.twins.smtp import Mailbox


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def site(request, tmp_path_factory):
    """A site whose processes can be killed."""
    url = own_database(request, "faults")
    with Mailbox() as mailbox:
        found = Site(request.param, tmp_path_factory.mktemp("faults"), url, mailbox)
        yield found
        found.close()


def test_nothing_acknowledged_is_lost_or_doubled_when_everything_is_killed(site):
    site.reset()
    run(site, rounds=1, seconds=0.5, chance=random.Random(7), people=2)
    found = account(site)
    assert found.violations == {}
    assert found.acknowledged == found.mails - found.duplicates > 0


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_every_check_finds_the_fault_it_is_there_for(site):
    for control in controls(site):
        assert control.is_found, control
        if control.check == "orphans":
            assert account(site).violations == {}, "the sweeps find what a death leaves behind"
