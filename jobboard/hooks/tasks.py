"""Telling the hub: lease one address, tell it outside of any transaction, then write down what came of it."""

import dataclasses
import datetime as dt
import logging

import sqlalchemy as sa

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.core.web import site_url
from jobboard.core.work import Sweep, wait_after
from jobboard.hooks.actions import SETTLE
from jobboard.hooks.client import LONGEST_TELL, HubClient, NotTold, Refused
from jobboard.hooks.models import Hub, TopicNews
from jobboard.hooks.queries import due_news, hub_url, the_hub

log = logging.getLogger("jobboard.hooks")

#: Addresses of one run of the sweep: the worker looks after other work between two runs.
BATCH = 20
#: A worker has an address to itself for so long: longer than telling can take.
LEASE = dt.timedelta(seconds=LONGEST_TELL + 40)


@dataclasses.dataclass(frozen=True)
class Claim:
    """An address this worker may tell the hub of, and which of its changes this is."""

    path: str
    number: int
    until: dt.datetime


def tell_hub() -> int:
    """Tell the hub of what is due, at most `BATCH` feeds; how many were tried. A hub that does not answer is left alone."""
    if not hub_url():
        return 0
    client = HubClient(hub_url())
    for count in range(BATCH):
        claimed = _claim()
        if claimed is None:
            return count
        try:
            client.tell(site_url(claimed.path))
        except NotTold as problem:
            _leave_alone(claimed, problem)
            return count + 1
        except Refused as problem:
            log.warning("the hub does not want to know of %s: %s", claimed.path, problem)
            _done(claimed, str(problem))
        else:
            _done(claimed, None)
    return BATCH


def _claim() -> Claim | None:
    """Lease the address that is longest due; None when there is none, or the hub is left alone."""
    now = clock.now()
    waits = sa.select(Hub.id).where(Hub.waits_until > now)
    if (
        session().execute(due_news(now).with_only_columns(TopicNews.path).limit(1)).first() is None
        or session().execute(waits).first() is not None
    ):
        session().rollback()
        return None  # looked without the write lock
    with writing() as current:
        if current.execute(waits).first() is not None:
            return None
        row = current.execute(due_news(now).limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()
        if row is None:
            return None
        row.leased_until = now + LEASE
        return Claim(row.path, row.number, row.leased_until)


def _done(claimed: Claim, refusal: str | None) -> None:
    """The hub answered: forget the address, unless its feed has changed once more meanwhile."""
    now = clock.now()
    with writing() as current:
        hub = current.execute(the_hub()).scalar_one_or_none()
        if hub is not None:
            hub.tries, hub.waits_until = 0, None
            hub.told_at = now if refusal is None else hub.told_at
            hub.last_error = refusal and f"{refusal} ({claimed.path})"[:300]
        row = current.get(TopicNews, claimed.path)
        if row is not None and row.number == claimed.number:
            current.delete(row)
        elif row is not None:
            row.leased_until, row.due_at = None, now + SETTLE


def _leave_alone(claimed: Claim, problem: NotTold) -> None:
    """The hub did not answer: nothing is sent for a while, each time for longer; what waits stays, a row for each feed."""
    now = clock.now()
    with writing() as current:
        row = current.get(TopicNews, claimed.path)
        if row is not None and row.leased_until == claimed.until:
            row.leased_until = None
        hub = current.execute(the_hub()).scalar_one_or_none()
        if hub is not None:
            hub.tries += 1
            hub.waits_until = now + max(wait_after(hub.tries), dt.timedelta(seconds=problem.wait))
            hub.last_error = str(problem)
            log.warning("the hub was not told, try %d: %s", hub.tries, problem)


SWEEPS = [Sweep("hub", 5, tell_hub)]
