"""What is due: mails of news, the yearly question, and forgetting what nobody confirmed or wants."""

import datetime as dt
from collections.abc import Sequence

from flask import current_app

from jobboard.alerts.actions import NEWS, STOP, ask_to_keep, begin_anew, forget_outdated, language_of, next_send
from jobboard.alerts.markup import NewsItem, NewsSection, news_item, topic_url, topic_words
from jobboard.alerts.models import Alert, AlertMail, Frequency, Subscriber
from jobboard.alerts.queries import due_alerts, due_subscribers, newest_published, outdated, to_be_asked, unsent_news
from jobboard.alerts.queries_topics import Topic, new_ids
from jobboard.core import clock, i18n
from jobboard.core.db import session, writing
from jobboard.core.web import site_url
from jobboard.core.work import Sweep
from jobboard.mail.actions import private_link, queue, take_back
from jobboard.posts.models import Post
from jobboard.site.queries import current_site
from jobboard.timeline.actions_cards import addresses, speaking
from jobboard.timeline.queries import posts_by_id

#: People looked at in one run.
AT_ONCE = 20
#: Posts a mail shows of one alert; the list has the rest.
MOST_SHOWN = 20
#: A post counts as new once it has been out for so long: one whose transaction is still running is not jumped over.
SETTLED = dt.timedelta(minutes=1)


def mail_news() -> int:
    """Write the mails that are due, at most `AT_ONCE`; how many people were looked at."""
    now = clock.now()
    until = now - SETTLED
    newest = newest_published(now, until)
    people = due_subscribers(now, newest, AT_ONCE)
    session().rollback()
    for subscriber_id in people:
        _mail_one(subscriber_id, now, until, newest)
    return len(people)


def _mail_one(subscriber_id: int, now: dt.datetime, until: dt.datetime, newest: dt.datetime | None) -> None:
    """One mail for all due alerts of one person, or none where nothing is new. Who was down for days writes one, not three."""
    if due_alerts(subscriber_id, now, newest):
        _take_back_unsent(subscriber_id)
    alerts = due_alerts(subscriber_id, now, newest)
    if not alerts:
        return
    subscriber = alerts[0].subscriber
    is_digest = any(alert.frequency is not Frequency.instantly for alert in alerts)
    today = _today(now)
    if is_digest and subscriber.mailed_on == today:
        _wait(alerts, now)
        return
    seen = {alert.id: alert.since for alert in alerts}
    found, shown = _found(alerts, until, now)
    sections = _sections(alerts, found, language_of(subscriber)) if shown else []
    with writing() as current:
        rows = due_alerts(subscriber_id, now, newest)
        if {alert.id: alert.since for alert in rows} != seen:
            return  # another worker was quicker, or somebody changed their mind meanwhile
        for alert in rows:
            alert.since, alert.next_at = max(until, alert.since), next_send(alert.frequency, now)
        if sections:
            told = AlertMail(subscriber_id=subscriber_id, made_at=now, post_ids=shown)
            told.since = {str(number): moment.isoformat() for number, moment in seen.items()}
            current.add(told)
            current.flush()
            if is_digest:
                rows[0].subscriber.mailed_on = today
            _queue(rows[0].subscriber, told, sections)


def _take_back_unsent(subscriber_id: int) -> None:
    """Of mails that could not leave yet, one is made with the new: a mail server that was away for days is no flood."""
    if not unsent_news(subscriber_id):
        return
    with writing():
        for mail_id, told in unsent_news(subscriber_id):
            if take_back(mail_id, ("alert_mail", told.id), "alerts/news"):
                begin_anew(told, clock.now())


def _today(now: dt.datetime) -> dt.date:
    """The site's day, of which a person gets one mail."""
    return now.astimezone(i18n.site_zone()).date()


def _wait(alerts: Sequence[Alert], now: dt.datetime) -> None:
    """There was a mail today: the next one is tomorrow's."""
    ids = {alert.id for alert in alerts}
    with writing() as current:
        for alert in [current.get(Alert, one) for one in ids]:
            if alert is not None and alert.frequency is not Frequency.instantly:
                alert.next_at = next_send(Frequency.daily, now)


def _found(alerts: Sequence[Alert], until: dt.datetime, now: dt.datetime) -> tuple[dict[int, list[int]], list[int]]:
    """For each alert the ids of what is new, each post under the first alert that finds it; and all ids that are shown."""
    known: set[int] = set()
    found: dict[int, list[int]] = {}
    for alert in alerts:
        ids = [one for one in new_ids(Topic(alert.what, alert.query), alert.since, until, now) if one not in known]
        known.update(ids)
        if ids:
            found[alert.id] = ids
    return found, [one for ids in found.values() for one in ids[:MOST_SHOWN]]


def _sections(alerts: Sequence[Alert], found: dict[int, list[int]], language: str) -> list[NewsSection]:
    posts = posts_by_id([one for ids in found.values() for one in ids[:MOST_SHOWN]])
    with addresses(), speaking(language):
        return [
            NewsSection(
                topic_words(Topic(alert.what, alert.query)),
                site_url(topic_url(Topic(alert.what, alert.query), language)),
                _items(found[alert.id][:MOST_SHOWN], posts, language, Topic(alert.what, alert.query).post_filters.lang),
                max(0, len(found[alert.id]) - MOST_SHOWN),
            )
            for alert in alerts
            if alert.id in found
        ]


def _items(ids: Sequence[int], posts: dict[int, Post], language: str, wanted: str) -> list[NewsItem]:
    marker = current_site().gender_marker
    return [news_item(posts[one], marker, language, wanted) for one in ids if one in posts]


def _queue(subscriber: Subscriber, told: AlertMail, sections: Sequence[NewsSection]) -> None:
    count = sum(len(section.items) + section.more for section in sections)
    queue(
        "alerts/news",
        to_address=subscriber.email,
        to_name="",
        locale=subscriber.locale,
        about=("alert_mail", told.id),
        unsubscribe=private_link(STOP, subscriber.id),
        sections=sections,
        count=count,
        first=sections[0].items[0].title,
        link=private_link(NEWS, told.id),
    )


def forget() -> int:
    """Forget alerts that were never confirmed in time, or whose yearly question nobody answered."""
    now = clock.now()
    if session().query(Alert.id).filter(outdated(now)).first() is None:
        session().rollback()
        return 0
    with writing():
        return forget_outdated(now, AT_ONCE)


def ask_yearly() -> int:
    """Ask those whose alerts have run for a year whether to go on; silence ends them after a month."""
    now = clock.now()
    today = _today(now)
    if not to_be_asked(now, today, 1) or current_app.extensions["mail_transport"] is None:
        session().rollback()
        return 0
    with writing():
        found = to_be_asked(now, today, AT_ONCE)
        for subscriber in found:
            ask_to_keep(subscriber, now)
            subscriber.mailed_on = today
    return len(found)


SWEEPS = [
    Sweep("alerts", 30, mail_news),
    Sweep("old alerts", 3600, forget),
    Sweep("yearly question", 3600, ask_yearly),
]
