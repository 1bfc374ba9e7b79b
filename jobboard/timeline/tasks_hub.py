"""Looking which feeds changed, by writes or by the clock, for a WebSub hub that wants to know (docs/decisions/0030)."""

import datetime as dt

from jobboard.core import clock
from jobboard.core.db import content_version, insert_into, session, writing
from jobboard.core.work import Sweep
from jobboard.hooks.actions import put_news, put_shown
from jobboard.hooks.models import Hub
from jobboard.hooks.queries import feeds_shown, hub_url, the_hub
from jobboard.timeline.actions_cards import addresses
from jobboard.timeline.feeds_announced import Entries, Feed, all_feeds, changed_posts, entries_of, feeds_to_look_at


def look_at_feeds() -> int:
    """Note for the hub which feeds show something else than when they were looked at last; how many."""
    if not hub_url():
        return 0
    now, version = clock.now(), content_version()
    hub = session().execute(the_hub()).scalar_one_or_none()
    if hub is None:
        session().rollback()
        return _begin(version, now)
    seen = hub.version, hub.looked_at
    ids = changed_posts(*seen, now)
    if not ids and hub.version == version:
        session().rollback()
        return 0
    known = feeds_shown()
    shown = {feed: entries_of(feed, now) for feed in feeds_to_look_at(known, ids, version - hub.version, now)}
    changed = {feed: entries for feed, entries in shown.items() if (entries or []) != known.get(feed.name, [])}
    with writing() as current:
        hub = current.execute(the_hub().with_for_update()).scalar_one()
        if (hub.version, hub.looked_at) != seen:
            return 0  # another worker was quicker
        hub.version, hub.looked_at = version, max(now, hub.looked_at)
        _note(changed, now)
    return len(changed)


def _begin(version: int, now: dt.datetime) -> int:
    """The first look ever: what the feeds show is no news, as nobody has asked the hub for them yet."""
    shown = {feed: entries_of(feed, now) or [] for feed in all_feeds(now)}
    with writing() as current:
        row = {"id": 1, "version": version, "looked_at": now, "tries": 0}
        current.execute(insert_into(Hub).values(row).on_conflict_do_nothing())
        put_shown({feed.name: entries for feed, entries in shown.items()})
    return 0


def _note(changed: dict[Feed, Entries | None], now: dt.datetime) -> None:
    put_shown({feed.name: entries or [] for feed, entries in changed.items()})
    with addresses():
        # A feed that is gone, because its category has another address now, is not announced: nobody could fetch it.
        put_news([path for feed, entries in changed.items() if entries is not None for path in feed.paths()], now)


SWEEPS = [Sweep("feeds for the hub", 5, look_at_feeds)]
