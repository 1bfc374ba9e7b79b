"""What the hub was told, and what it is to be told."""

import datetime as dt

import sqlalchemy as sa
from flask import current_app

from jobboard.core.db import session
from jobboard.hooks.models import FeedShown, Hub, TopicNews


def hub_url() -> str:
    """The address of the WebSub hub; "" when there is none."""
    return str(current_app.config["WEBSUB_HUB"])


def the_hub() -> sa.Select[Hub]:
    """The hub's row, as it is now."""
    return sa.select(Hub).execution_options(populate_existing=True)


def feeds_shown() -> dict[str, list[tuple[int, str]]]:
    """What each feed showed when it was last looked at, by the feed's name."""
    rows = session().execute(sa.select(FeedShown.name, FeedShown.entries))
    return {name: [(post_id, changed) for post_id, changed in entries] for name, entries in rows}


def due_news(now: dt.datetime) -> sa.Select[TopicNews]:
    """The addresses the hub may be told of that no worker is telling, the longest due first."""
    is_free = sa.or_(TopicNews.leased_until.is_(None), TopicNews.leased_until <= now)
    return (
        sa.select(TopicNews)
        .where(TopicNews.due_at <= now, is_free)
        .order_by(TopicNews.due_at, TopicNews.path)
        .execution_options(populate_existing=True)
    )


def count_of_news() -> int:
    """Addresses the hub is still to be told of."""
    return session().execute(sa.select(sa.func.count()).select_from(TopicNews)).scalar_one()
