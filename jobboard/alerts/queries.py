"""Finding alerts and who asked for them: by link, by address, and what is due."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from jobboard.alerts.models import Alert, AlertMail, Frequency, Subscriber
from jobboard.core.db import session
from jobboard.core.tokens import token_hash
from jobboard.mail.models import MailState, OutboxMail
from jobboard.posts.models import Post
from jobboard.posts.queries import is_open, open_posts

#: An alert nobody confirms is forgotten after this.
UNCONFIRMED = dt.timedelta(hours=48)
#: Everybody is asked once a year whether to go on; who does not answer for a month is forgotten.
KEPT_FOR, SILENCE = dt.timedelta(days=365), dt.timedelta(days=30)


def subscriber_by_email(email: str) -> Subscriber | None:
    """Who has this address, whatever its case; with all alerts."""
    statement = sa.select(Subscriber).where(Subscriber.email_key == email.lower())
    return session().execute(statement.options(selectinload(Subscriber.alerts))).scalar_one_or_none()


def subscriber_by_link(token: str) -> Subscriber | None:
    """Whose page this link opens."""
    statement = sa.select(Subscriber).where(Subscriber.link_hash == token_hash(token))
    return session().execute(statement.options(selectinload(Subscriber.alerts))).scalar_one_or_none()


def subscriber_by_stop(token: str) -> Subscriber | None:
    """Whose alerts this link ends."""
    statement = sa.select(Subscriber).where(Subscriber.stop_hash == token_hash(token))
    return session().execute(statement).scalar_one_or_none()


def alert_to_confirm(token: str, now: dt.datetime) -> Alert | None:
    """The alert this link confirms, or confirmed; None when its 48 hours are over."""
    statement = sa.select(Alert).where(Alert.confirm_hash == token_hash(token))
    is_living = sa.or_(Alert.confirmed_at.is_not(None), Alert.created_at > now - UNCONFIRMED)
    return session().execute(statement.where(is_living)).scalar_one_or_none()


def newest_published(now: dt.datetime, until: dt.datetime) -> dt.datetime | None:
    """When the newest of what is open now came to readers, not after `until`; None when there is none."""
    moments = [
        session().execute(
            open_posts(now).where(moment <= until).with_only_columns(moment).order_by(None).order_by(moment.desc()).limit(1)
        ).scalar_one_or_none()
        for moment in (Post.publish_at, Post.news_at)
    ]  # fmt: skip
    return max(filter(None, moments), default=None)


def is_due(now: dt.datetime, newest: dt.datetime | None) -> sa.ColumnElement[bool]:
    """Confirmed alerts to look at: those whose hour has come, and those at once when there is something new."""
    ways = [Alert.frequency != Frequency.instantly]
    if newest is not None:
        ways.append(Alert.since < newest)
    return sa.and_(Alert.confirmed_at.is_not(None), Alert.next_at <= now, sa.or_(*ways))


def due_subscribers(now: dt.datetime, newest: dt.datetime | None, limit: int) -> list[int]:
    """Ids of those with an alert to look at, the longest due first."""
    statement = sa.select(Alert.subscriber_id).where(is_due(now, newest)).group_by(Alert.subscriber_id)
    return list(session().execute(statement.order_by(sa.func.min(Alert.next_at)).limit(limit)).scalars())


def due_alerts(subscriber_id: int, now: dt.datetime, newest: dt.datetime | None) -> list[Alert]:
    """The alerts of one person to look at."""
    statement = sa.select(Alert).where(Alert.subscriber_id == subscriber_id, is_due(now, newest)).order_by(Alert.id)
    return list(session().execute(statement).scalars())


def outdated(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Alerts to be forgotten: never confirmed, or not wanted any more as far as one can tell."""
    unconfirmed = sa.and_(Alert.confirmed_at.is_(None), Alert.created_at <= now - UNCONFIRMED)
    return sa.or_(unconfirmed, Alert.asked_at <= now - SILENCE)


def to_be_asked(now: dt.datetime, today: dt.date, limit: int) -> list[Subscriber]:
    """Those with an alert that has run for a year since they last said that they want it, and without a mail today."""
    wanted = sa.select(Alert.subscriber_id).where(Alert.kept_at <= now - KEPT_FOR, Alert.asked_at.is_(None))
    is_free = sa.or_(Subscriber.mailed_on.is_(None), Subscriber.mailed_on != today)
    statement = sa.select(Subscriber).where(Subscriber.id.in_(wanted), is_free).order_by(Subscriber.id).limit(limit)
    return list(session().execute(statement.options(selectinload(Subscriber.alerts))).scalars())


def are_all_open(post_ids: Iterable[int], now: dt.datetime) -> bool:
    """Whether readers can still see all of these."""
    ids = set(post_ids)
    statement = sa.select(sa.func.count()).select_from(Post).where(Post.id.in_(ids), is_open(now))
    return session().execute(statement).scalar_one() == len(ids)


def alert_mail_by_id(mail_id: int) -> AlertMail | None:
    """What one mail told."""
    return session().get(AlertMail, mail_id)


def unsent_news(subscriber_id: int) -> list[tuple[int, AlertMail]]:
    """The mails of news to one person that have not left, the newest first: (id of the mail, what it tells)."""
    statement = (
        sa.select(OutboxMail.id, AlertMail)
        .join(AlertMail, sa.and_(OutboxMail.about_kind == "alert_mail", OutboxMail.about_id == AlertMail.id))
        .where(AlertMail.subscriber_id == subscriber_id, OutboxMail.state == MailState.queued)
        .order_by(AlertMail.id.desc())
    )
    return [(row[0], row[1]) for row in session().execute(statement)]


def hidden_mails() -> sa.ColumnElement[bool]:
    """Mails that staff do not read: who reads what here is nobody's affair."""
    return sa.and_(OutboxMail.about_kind.is_not(None), OutboxMail.about_kind.in_(("subscriber", "alert_mail")))
