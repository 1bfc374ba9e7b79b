"""Asking for alerts, confirming, changing and ending them; and the mails about that. Nothing here commits."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from jobboard.alerts.markup import topic_words
from jobboard.alerts.models import FREQUENCY_LABELS, Alert, AlertMail, Frequency, Subscriber, fresh_epoch
from jobboard.alerts.queries import (
    alert_mail_by_id,
    are_all_open,
    outdated,
    subscriber_by_email,
)
from jobboard.alerts.queries_topics import Topic
from jobboard.core import clock, i18n
from jobboard.core.db import session
from jobboard.core.tokens import link_token, token_hash
from jobboard.core.web import site_url
from jobboard.mail.actions import LinkEnded, private_link, queue
from jobboard.mail.models import OutboxMail

#: Purposes of links: one's own page, ending everything, confirming one alert, and the page as a mail of news links it.
PAGE, STOP, CONFIRM, NEWS = "subscriber", "alert_stop", "alert_confirm", "alert_mail"
#: Mails are read in the morning: daily and weekly ones leave at this hour of the site's zone, weekly ones on Mondays.
HOUR, MONDAY = dt.time(7), 0


def next_send(frequency: Frequency, now: dt.datetime) -> dt.datetime:
    """When a mail of this frequency is due next, after `now`; in UTC. "At once" is due whenever there is something new."""
    if frequency is Frequency.instantly:
        return now
    zone = i18n.site_zone()
    day = now.astimezone(zone).date()
    while True:
        at = dt.datetime.combine(day, HOUR, zone).astimezone(dt.UTC)
        if at > now and (frequency is Frequency.daily or day.weekday() == MONDAY):
            return at
        day += dt.timedelta(days=1)


def ask(email: str, topic: Topic, frequency: Frequency, locale: str) -> Alert:
    """Somebody wants an alert: nothing is sent but one mail that asks whether it was the address's owner.

    Asked again it is asked again; one that is confirmed already stays as it is, and its owner is told where to change it.
    """
    now = clock.now()
    subscriber = subscriber_by_email(email) or _new_subscriber(email, locale)
    alert = next((one for one in subscriber.alerts if (one.what, one.query) == (topic.what, topic.query)), None)
    if alert is None:
        alert = Alert(what=topic.what, query=topic.query, frequency=frequency, created_at=now, since=now, next_at=now)
        subscriber.alerts.append(alert)
    elif alert.confirmed_at is None:
        alert.frequency, alert.created_at, alert.confirm_epoch = frequency, now, fresh_epoch()
    session().flush()
    alert.confirm_hash = token_hash(confirm_token(alert))
    kind = "alerts/confirm" if alert.confirmed_at is None else "alerts/already"
    link = private_link(CONFIRM, alert.id) if alert.confirmed_at is None else private_link(PAGE, subscriber.id)
    _mail(subscriber, kind, about=("subscriber", subscriber.id), link=link, **_told(alert))
    return alert


def _told(alert: Alert) -> dict[str, str]:
    """What a mail says of an alert, in the language it is written in."""
    with i18n.force_locale(language_of(alert.subscriber)):
        words = topic_words(Topic(alert.what, alert.query))
        return {"words": words, "frequency": str(FREQUENCY_LABELS[alert.frequency])}


def _new_subscriber(email: str, locale: str) -> Subscriber:
    found = Subscriber(email=email, email_key=email.lower(), locale=locale)
    session().add(found)
    session().flush()
    found.link_hash = token_hash(page_token(found))
    found.stop_hash = token_hash(stop_token(found))
    return found


def _mail(
    subscriber: Subscriber, kind: str, *, about: tuple[str, int], unsubscribe: str | None = None, **context: Any
) -> OutboxMail:
    return queue(
        kind,
        to_address=subscriber.email,
        to_name="",
        locale=subscriber.locale,
        about=about,
        unsubscribe=unsubscribe,
        **context,
    )


def confirm(alert: Alert) -> Alert:
    """The owner of the address wants it: it tells what is published from now on. Doing so twice changes nothing."""
    if alert.confirmed_at is None:
        now = clock.now()
        alert.confirmed_at = alert.kept_at = alert.since = now
        alert.next_at = next_send(alert.frequency, now)
    return alert


def change_frequency(alert: Alert, frequency: Frequency) -> Alert:
    """Hear more or less often from now on; what was not told yet still will be."""
    if frequency is not alert.frequency:
        alert.frequency, alert.next_at = frequency, next_send(frequency, clock.now())
    return alert


def keep(subscriber: Subscriber) -> Subscriber:
    """The answer to the yearly question: all of them go on."""
    for alert in subscriber.alerts:
        alert.kept_at, alert.asked_at = clock.now(), None
    return subscriber


def end_alert(alert: Alert) -> None:
    """End one alert; with the last one the address is forgotten."""
    subscriber = alert.subscriber
    if len(subscriber.alerts) == 1:
        end_all(subscriber)
    else:
        subscriber.alerts.remove(alert)


def end_all(subscriber: Subscriber) -> None:
    """End every alert of an address and forget it, with the mails about them that have or have not left."""
    mails = sa.select(AlertMail.id).where(AlertMail.subscriber_id == subscriber.id)
    session().execute(_mails_about("alert_mail", mails))
    session().execute(_mails_about("subscriber", [subscriber.id]))
    session().execute(sa.delete(AlertMail).where(AlertMail.subscriber_id == subscriber.id))
    session().delete(subscriber)


def _mails_about(kind: str, ids: "Iterable[int] | sa.Select[int]") -> sa.Delete:
    return sa.delete(OutboxMail).where(OutboxMail.about_kind == kind, OutboxMail.about_id.in_(ids))


def forget_outdated(now: dt.datetime, limit: int) -> int:
    """Forget alerts nobody confirmed or wants any more; how many."""
    statement = sa.select(Alert).where(outdated(now)).order_by(Alert.id).limit(limit)
    found = list(session().execute(statement.with_for_update(of=Alert)).scalars())
    for alert in found:
        end_alert(alert)
        session().flush()
    return len(found)


def ask_to_keep(subscriber: Subscriber, now: dt.datetime) -> OutboxMail:
    """The yearly question, one for all of an address's alerts."""
    for alert in subscriber.alerts:
        if alert.confirmed_at is not None:
            alert.asked_at = now
    mail = _mail(
        subscriber, "alerts/keep", about=("subscriber", subscriber.id), unsubscribe=private_link(STOP, subscriber.id),
        link=private_link(PAGE, subscriber.id), topics=[_told(one)["words"] for one in subscriber.alerts],
    )  # fmt: skip
    return mail


def mark_failed(mail: OutboxMail) -> None:
    """A mail did not arrive: its address gets no more. One that was outdated before it could leave is made anew instead."""
    if mail.about_kind == "alert_mail":
        told = alert_mail_by_id(mail.about_id or 0)
        if told is not None and not are_all_open(told.post_ids, clock.now()):
            _go_back(told)
            session().delete(mail)
            return
        subscriber = session().get(Subscriber, told.subscriber_id) if told is not None else None
    else:
        subscriber = session().get(Subscriber, mail.about_id or 0)
    if subscriber is not None:
        end_all(subscriber)


def _go_back(told: AlertMail) -> None:
    """Let the alerts begin again where they were before this mail, which nobody got."""
    now = clock.now()
    subscriber = session().get(Subscriber, told.subscriber_id)
    if subscriber is not None:
        subscriber.mailed_on = None
        for alert in subscriber.alerts:
            if (since := told.since.get(str(alert.id))) is not None:
                alert.since, alert.next_at = dt.datetime.fromisoformat(since), now
    session().delete(told)


def language_of(subscriber: Subscriber) -> str:
    """The language of somebody's mails and pages: theirs where there is a catalog for it."""
    return subscriber.locale if subscriber.locale in i18n.languages() else i18n.default_language()


def page_token(subscriber: Subscriber) -> str:
    """The token of one's own page."""
    return link_token(PAGE, subscriber.id, subscriber.link_epoch)


def stop_token(subscriber: Subscriber) -> str:
    """The token that ends everything with one click, and opens nothing."""
    return link_token(STOP, subscriber.id, subscriber.link_epoch)


def confirm_token(alert: Alert) -> str:
    """The token that confirms one alert."""
    return link_token(CONFIRM, alert.id, alert.confirm_epoch)


def page_address(subscriber_id: int, to_address: str) -> str:
    """The absolute link to one's own page; asked for when a mail leaves. Raises `LinkEnded` when it is gone."""
    found = _subscriber(subscriber_id, to_address)
    return site_url(f"/{language_of(found)}/alerts/{page_token(found)}/")


def stop_address(subscriber_id: int, to_address: str) -> str:
    """The absolute link of the one click that ends everything. Raises `LinkEnded` when it is gone."""
    found = _subscriber(subscriber_id, to_address)
    return site_url(f"/{language_of(found)}/alerts/stop/{stop_token(found)}/")


def confirm_address(alert_id: int, to_address: str) -> str:
    """The absolute link that confirms an alert. Raises `LinkEnded` when it is gone."""
    alert = session().get(Alert, alert_id)
    found = _subscriber(alert.subscriber_id if alert else 0, to_address)
    return site_url(f"/{language_of(found)}/alerts/confirm/{confirm_token(alert)}/") if alert else ""


def news_address(mail_id: int, to_address: str) -> str:
    """The link to one's own page in a mail of news. Raises `LinkEnded` when something the mail names is closed meanwhile.

    Then the mail does not leave, and `mark_failed` lets a new one be written: nothing is sent for closed openings.
    """
    told = alert_mail_by_id(mail_id)
    if told is None or not are_all_open(told.post_ids, clock.now()):
        raise LinkEnded(f"something in alert mail {mail_id} is closed")
    return page_address(told.subscriber_id, to_address)


def _subscriber(subscriber_id: int, to_address: str) -> Subscriber:
    found = session().get(Subscriber, subscriber_id)
    if found is None or found.email_key != to_address.lower():
        raise LinkEnded(f"subscriber {subscriber_id} is gone, or another address's")
    return found
