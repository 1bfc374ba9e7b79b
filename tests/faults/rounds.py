"""Rounds: people apply, server and workers are killed at random moments, and everything goes on."""

import random
import time

from tests.faults.ground import Kills, Site, wait_for
from tests.twins.smtp import ANYONE

WORKERS = ("worker 1", "worker 2")
#: Who applies at the same time.
PEOPLE = 4


def run(site: Site, rounds: int, seconds: float, chance: random.Random, people: int = PEOPLE) -> int:
    """So many rounds; how many applications had to be sent again."""
    again = 0
    for _number in range(rounds):
        _round(site, seconds, chance, people)
        again += site.settle()
        site.kill("last worker")
    return again


def _round(site: Site, seconds: float, chance: random.Random, people: int) -> None:
    """While people apply: each worker is killed once and started again, and the server at the end or before it."""
    for name in ("server", *WORKERS):
        if name not in site.running:
            site.start(name)
    moments = sorted((chance.uniform(0.1, seconds), name) for name in ("server", *WORKERS))
    known = len(site.ledger.entries)
    with site.people(people):
        wait_for(lambda: len(site.ledger.entries) > known, lambda: "nobody could open the form")
        began = time.monotonic()
        for moment, name in moments:
            time.sleep(max(0.0, began + moment - time.monotonic()))
            ended = site.kill(name)
            assert ended == -9, f"the {name} had ended by itself: {ended}"
            site.start(name)


def plant_server(site: Site, plant: str) -> None:
    """Two people apply at a server with a planted fault that is killed after each; then it is mended, and all settles."""
    site.reset()
    for _person in range(2):
        site.start("server", plant)
        site.apply()
        site.kill("server")
    site.settle()


def plant_workers(site: Site, plant: str, people: int) -> None:
    """Two workers with a planted fault send the mails of so many people; then they are mended, and all settles."""
    site.reset()
    site.mailbox.clear()
    site.mailbox.delay(ANYONE, 0.1, times=None)
    site.start("server")
    for _person in range(people):
        site.apply()
    for name in WORKERS:
        site.start(name, plant)
    wait_for(site.has_sent_everything, lambda: "the workers have done nothing")
    for name in WORKERS:
        site.kill(name)
    site.kills = Kills()  # no mail was waiting, so these explain no mail that came twice
    site.settle()
