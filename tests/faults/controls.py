"""Controls: every check finds the fault it is there for. A check that never fails proves nothing."""

import dataclasses
from collections.abc import Iterator

from tests.faults.account import Account, account
from tests.faults.ground import Site
from tests.faults.rounds import plant_server, plant_workers

#: What is planted, and which count must show it: in the server, and in both workers with so many mails to send.
IN_SERVER = [("file_after_answer", "damaged"), ("forgotten_nonce", "doubled"), ("file_then_death", "orphans")]
IN_WORKERS = [("marked_before_sent", "never_mailed", 2), ("no_lease", "duplicates_beyond_kills", 6)]


@dataclasses.dataclass(frozen=True)
class Control:
    """One planted fault and what the account found."""

    plant: str
    check: str
    found: Account

    @property
    def is_found(self) -> bool:
        return bool(getattr(self.found, self.check))


def controls(site: Site) -> Iterator[Control]:
    """Plant each fault in turn."""
    for plant, check in IN_SERVER:
        plant_server(site, plant)
        yield Control(plant, check, account(site, sweeps=check != "orphans"))
    for plant, check, people in IN_WORKERS:
        plant_workers(site, plant, people)
        yield Control(plant, check, account(site))
