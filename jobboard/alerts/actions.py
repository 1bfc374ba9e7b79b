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
from jobboard.core.tokens_anew import keep_link
from jobboard.core.web import site_url
from jobboard.mail.actions import LinkEnded, private_link, queue
from jobboard.mail.models import GivenUp, OutboxMail

#: Purposes of links: one's own page, ending everything, confirming one alert, and the page as a mail of news links it.
PAGE, STOP, CONFIRM, NEWS = "subscriber", "alert_stop", "alert_confirm", "alert_mail"
#: The yearly question.
KEEP = "alerts/keep"
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
        alert.locale = locale
        subscriber.alerts.append(alert)
    elif alert.confirmed_at is None:
        alert.frequency, alert.created_at, alert.confirm_epoch, alert.locale = frequency, now, fresh_epoch(), locale
    session().flush()
    alert.confirm_hash = token_hash(confirm_token(alert))
    kind = "alerts/confirm" if alert.confirmed_at is None else "alerts/already"
    link = private_link(CONFIRM, alert.id) if alert.confirmed_at is None else private_link(PAGE, subscriber.id)
    language = _asked_in(alert) if alert.confirmed_at is None else language_of(subscriber)
    about = ("subscriber", subscriber.id)
    _mail(subscriber, kind, about=about, language=language, link=link, **_told(alert, language))
    return alert


def _told(alert: Alert, language: str) -> dict[str, str]:
    """What a mail says of an alert. Before it is confirmed a stranger may have asked for it: no words of theirs are sent."""
    with i18n.force_locale(language):
        words = topic_words(Topic(alert.what, alert.query), is_sure=alert.confirmed_at is not None)
        return {"words": words, "frequency": str(FREQUENCY_LABELS[alert.frequency])}


def _asked_in(alert: Alert) -> str:
    """The language of the page on which an alert was asked for, as far as there is a catalog for it."""
    return alert.locale if alert.locale in i18n.languages() else language_of(alert.subscriber)


def _new_subscriber(email: str, locale: str) -> Subscriber:
    found = Subscriber(email=email, email_key=email.lower(), locale=locale)
    session().add(found)
    session().flush()
    found.link_hash = token_hash(page_token(found))
    found.stop_hash = token_hash(stop_token(found))
    return found


def _mail(
    subscriber: Subscriber,
    kind: str,
    *,
    about: tuple[str, int],
    language: str,
    unsubscribe: str | None = None,
    **context: Any,
) -> OutboxMail:
    return queue(
        kind,
        to_address=subscriber.email,
        to_name="",
        locale=language,
        about=about,
        unsubscribe=unsubscribe,
        **context,
    )


def confirm(alert: Alert) -> Alert:
    """The owner of the address wants it: it tells what is published from now on. Doing so twice changes nothing.

    All mails are in the language in which something was asked for last.
    """
    if alert.confirmed_at is None:
        now = clock.now()
        alert.subscriber.locale = _asked_in(alert)
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
    language = language_of(subscriber)
    return _mail(
        subscriber,
        KEEP,
        about=("subscriber", subscriber.id),
        language=language,
        unsubscribe=private_link(STOP, subscriber.id),
        link=private_link(PAGE, subscriber.id),
        topics=[_told(one, language)["words"] for one in subscriber.alerts],
    )


def mark_failed(mail: OutboxMail, why: GivenUp) -> None:
    """A mail did not arrive. An address that nobody has gets no more; in every other case whoever asked is not at fault.

    News that were outdated before they could leave are told anew at once, those whose time was over with the next mail.
    Where a server wants no such mail, what it told is lost: sent again each day it would be refused each day.
    """
    told = alert_mail_by_id(mail.about_id or 0) if mail.about_kind == "alert_mail" else None
    subscriber = session().get(Subscriber, told.subscriber_id if told is not None else mail.about_id or 0)
    if why is GivenUp.address and subscriber is not None:
        end_all(subscriber)
    elif told is not None and not are_all_open(told.post_ids, clock.now()):
        begin_anew(told, clock.now())
        session().delete(mail)
    elif told is not None and why is GivenUp.time:
        begin_anew(told, next_send(Frequency.daily, clock.now()))
        session().delete(mail)
    elif mail.kind == KEEP and subscriber is not None:
        for alert in subscriber.alerts:  # nobody was asked: silence says nothing, and the question comes again
            alert.asked_at = None


def begin_anew(told: AlertMail, at: dt.datetime) -> None:
    """Let the alerts begin again where they were before this mail, which nobody got; the next one is due at a moment."""
    subscriber = session().get(Subscriber, told.subscriber_id)
    if subscriber is not None:
        subscriber.mailed_on = None
        for alert in subscriber.alerts:
            if (since := told.since.get(str(alert.id))) is not None:
                alert.since, alert.next_at = dt.datetime.fromisoformat(since), at
    session().delete(told)


def language_of(subscriber: Subscriber) -> str:
    """The language of somebody's mails and pages: theirs where there is a catalog for it."""
    return i18n.interface_for(subscriber.locale)


def page_token(subscriber: Subscriber) -> str:
    """The token of one's own page."""
    return link_token(PAGE, subscriber.id, subscriber.link_epoch, subscriber.link_hash)


def stop_token(subscriber: Subscriber) -> str:
    """The token that ends everything with one click, and opens nothing."""
    return link_token(STOP, subscriber.id, subscriber.link_epoch, subscriber.stop_hash)


def confirm_token(alert: Alert) -> str:
    """The token that confirms one alert."""
    return link_token(CONFIRM, alert.id, alert.confirm_epoch, alert.confirm_hash)


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
    return site_url(f"/{_asked_in(alert)}/alerts/confirm/{confirm_token(alert)}/") if alert and found else ""


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


keep_link(Subscriber.link_hash, page_token)
keep_link(Subscriber.stop_hash, stop_token)
keep_link(Alert.confirm_hash, confirm_token)
