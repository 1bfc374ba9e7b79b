"""Alerts across time: asked for, confirmed, told once, never of what is closed, ended by one click and by nothing else."""

import contextlib
import datetime as dt
import itertools
import random
import re
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.datastructures import MultiDict

from jobboard.alerts.actions import next_send
from jobboard.alerts.models import Alert, AlertMail, Frequency, Subscriber, What
from jobboard.alerts.queries_topics import new_ids, topic_from
from jobboard.alerts.tasks import ask_yearly, forget, mail_news
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.mail.actions import fill_links
from jobboard.mail.actions_reports import Outcome, read_report, take_report
from jobboard.mail.models import MailState, OutboxMail
from jobboard.mail.tasks import deliver
from jobboard.mail.transport import open_transport
from jobboard.posts.actions import close, reopen, set_authors
from jobboard.site.queries import current_site
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import errors_of, page_of
from tests.pages import words_of as words_in
from tests.twins.smtp import Mailbox

BERLIN = ZoneInfo("Europe/Berlin")
#: A Wednesday.
START = dt.datetime(2026, 3, 4, 12, tzinfo=BERLIN)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def server():
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def box(app, server, monkeypatch):
    server.clear()
    current_site().time_zone = "Europe/Berlin"
    current_site().gender_marker = ""
    session().commit()
    monkeypatch.setitem(app.extensions, "mail_transport", open_transport(server.url))
    return server


@pytest.fixture
def at(box):
    """Jump to a moment: `at(START + DAY)`."""
    with contextlib.ExitStack() as stack:
        traveller = stack.enter_context(time_machine.travel(START, tick=False))
        yield traveller.move_to


def work():
    """What the worker does until nothing is due any more."""
    for sweep in (mail_news, deliver):
        while sweep():
            session().rollback()
    session().expire_all()


def words_of(response):
    return words_in(page_of(response))


def link(message, part):
    """The path of the first link in a mail that holds `part`."""
    words = message.get_body(("plain",)).get_content().split()
    return urlsplit(next(word for word in words if word.startswith("http") and part in word)).path


def ask(client, address="robin@example.org", frequency="daily", path="jobs", language="en", **query):
    url = f"/{language}/alerts/{path}/?{urlencode(query, doseq=True)}"
    return client.post(url, data={"email": address, "frequency": frequency})


def subscribe(client, box, address="robin@example.org", **given):
    """Ask and confirm; the path of one's own page."""
    assert ask(client, address, **given).status_code == 303
    work()
    answer = client.post(link(box.to(address)[-1], "/confirm/"))
    assert answer.status_code == 303
    box.clear()
    return urlsplit(answer.location).path


def news_of(box, address="robin@example.org"):
    return [message for message in box.to(address) if message["List-Unsubscribe"]]


def subjects(box, address="robin@example.org"):
    return [message["Subject"] for message in news_of(box, address)]


def soon():
    """A moment after what happened just now: the clock of a test stands still."""
    return clock.now() + dt.timedelta(seconds=1)


def publish(title, **given):
    offer = make_offer(title, publish_at=soon(), **given)
    session().commit()
    return offer


def count_of(model):
    session().expire_all()
    return session().execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_alert_is_confirmed_by_a_button_and_tells_what_is_published_from_then_on(client, box, at):
    publish("Before")
    form = client.get("/en/alerts/jobs/?workplace=remote&unknown=1")
    assert "Openings: Remote" in words_of(form)
    assert ask(client, workplace="remote").location == "/en/alerts/asked/"
    work()
    [mail] = box.to("robin@example.org")
    assert mail["Subject"] == "Please confirm: Openings: Remote"
    confirm = link(mail, "/confirm/")
    assert "Openings: Remote" in words_of(client.get(confirm))  # a scanner opens it
    publish("Not yet", workplace="remote")
    at(START + DAY)
    work()
    assert news_of(box) == []
    page = client.post(confirm)
    assert "done=confirmed" in page.location
    publish("Deckhand", workplace="remote", closes_at=START + 30 * DAY)
    publish("Cook", workplace="on_site")
    at(START + 2 * DAY)
    work()
    [mail] = news_of(box)
    assert mail["Subject"] == "Deckhand"
    text = mail.get_body(("plain",)).get_content()
    assert "Deckhand" in text
    assert "Apply by" in text
    assert "Cook" not in text
    assert "Not yet" not in text
    assert "img" not in mail.get_body(("html",)).get_content()
    at(START + 3 * DAY)
    work()
    assert len(news_of(box)) == 1  # nothing new, no mail


def test_language_is_kept_and_foreign_titles_are_marked(client, box, at):
    subscribe(client, box, language="de", frequency="instantly")
    publish("Deckhand")
    at(START + HOUR)
    work()
    [mail] = news_of(box)
    assert mail["Content-Language"] == "de"
    assert "Abbestellen" in mail.get_body(("plain",)).get_content() or "/de/alerts/" in link(mail, "/alerts/")
    assert 'lang="en"' in mail.get_body(("html",)).get_content()


def test_unconfirmed_alert_and_its_address_are_forgotten_after_48_hours(client, box, at):
    ask(client)
    work()
    confirm = link(box.to("robin@example.org")[0], "/confirm/")
    at(START + 48 * HOUR - dt.timedelta(seconds=1))
    assert forget() == 0
    assert client.get(confirm).status_code == 200
    at(START + 48 * HOUR)
    assert client.get(confirm).status_code == 410
    assert client.post(confirm).status_code == 410
    assert forget() == 1
    assert (count_of(Alert), count_of(Subscriber), count_of(OutboxMail)) == (0, 0, 0)


def test_asking_twice_is_told_to_the_owner_only(client, box, at):
    subscribe(client, box, workplace="remote")
    first = ask(client, workplace="remote", frequency="weekly")
    second = ask(client, "nobody@example.org", workplace="remote")
    assert (first.status_code, first.location) == (second.status_code, second.location)
    work()
    [mail] = box.to("robin@example.org")
    assert mail["Subject"] == "You have this already: Openings: Remote"
    alert = session().execute(sa.select(Alert).where(Alert.confirmed_at.is_not(None))).scalar_one()
    assert alert.frequency is Frequency.daily  # a stranger changes nothing


def test_everything_due_on_one_day_is_one_mail_and_each_post_is_told_once(client, box, at):
    category = make_category("operations", "Operations", "Betrieb")
    session().commit()
    subscribe(client, box, frequency="weekly")
    subscribe(client, box, workplace="remote")
    subscribe(client, box, path="posts", category="operations")
    publish("Deckhand", workplace="remote", categories=[category])
    make_article("An outage", publish_at=soon(), categories=[category])
    session().commit()
    monday = dt.datetime(2026, 3, 9, 7, tzinfo=BERLIN)
    at(monday)  # the worker was down since Wednesday: one mail, not three
    work()
    [mail] = news_of(box)
    assert mail["Subject"] == "Deckhand and 1 more"
    assert mail.get_body(("plain",)).get_content().count("Deckhand") == 1
    publish("Stoker")
    at(monday + 2 * HOUR)
    work()
    assert len(news_of(box)) == 1  # one a day at most
    at(monday + DAY)
    work()
    assert len(news_of(box)) == 1  # nothing new for the daily ones
    at(monday + 7 * DAY)
    work()
    assert subjects(box) == ["Deckhand and 1 more", "Stoker"]


def test_alert_at_once_does_not_wait_for_the_morning(client, box, at):
    subscribe(client, box, frequency="instantly")
    for number, title in enumerate(("Deckhand", "Stoker"), start=1):
        publish(title)
        work()
        assert len(news_of(box)) == number - 1  # its transaction may still be running
        at(START + number * HOUR)
        work()
        assert len(news_of(box)) == number


def test_what_closed_before_the_mail_could_leave_is_not_in_it(client, box, at):
    subscribe(client, box)
    gone, stays = publish("Deckhand"), publish("Stoker")
    at(START + DAY)
    assert mail_news() == 1
    close(session().get(type(gone), gone.id), clock.now())
    session().commit()
    work()
    work()
    [mail] = news_of(box)
    assert mail["Subject"] == "Stoker"
    assert "Deckhand" not in mail.get_body(("html",)).get_content()
    close(session().get(type(stays), stays.id), clock.now())
    session().commit()
    assert session().execute(sa.select(OutboxMail).where(OutboxMail.state == MailState.failed)).first() is None
    assert count_of(Subscriber) == 1  # nobody's address was at fault


def test_nothing_is_sent_when_all_of_it_closed_meanwhile(client, box, at):
    subscribe(client, box)
    offer = publish("Deckhand")
    close(offer, clock.now() + HOUR)
    session().commit()
    at(START + DAY)
    work()
    assert news_of(box) == []


def test_one_click_ends_everything_and_opening_the_link_ends_nothing(client, box, at):
    subscribe(client, box)
    subscribe(client, box, path="posts")
    publish("Deckhand")
    at(START + DAY)
    work()
    [mail] = news_of(box)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = next(one.raw for one in box.deliveries if b"One-Click" in one.raw)
    assert re.search(rb"\r\nList-Unsubscribe: <http://127\.0\.0\.1:\d+/en/alerts/stop/[^\s>]+>\r\n", raw), (
        "as it is sent"
    )
    assert mail["List-Id"].endswith("<alerts.127.0.0.1>")
    url = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
    for _time in range(3):
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200
    assert count_of(Alert) == 2
    program = client.application.test_client()  # a mail server's POST says nothing about where it comes from
    webmail = {"Sec-Fetch-Site": "cross-site", "Origin": "https://webmail.example"}
    answer = program.post(url, data={"List-Unsubscribe": "One-Click"}, headers=webmail)
    assert answer.status_code == 200, "RFC 8058 §3.1: no redirect"
    assert (count_of(Alert), count_of(Subscriber), count_of(AlertMail)) == (0, 0, 0)
    assert program.post(url, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(url).location == "/en/alerts/ended/", "the page's own button"
    publish("Stoker")
    at(START + 3 * DAY)
    work()
    assert len(news_of(box)) == 1


def test_page_changes_how_often_and_ends_one(client, box, at):
    page = subscribe(client, box, workplace="remote")
    subscribe(client, box, path="posts")
    one, two = session().execute(sa.select(Alert).order_by(Alert.id)).scalars()
    one_id, two_id = one.id, two.id
    answer = client.get(page)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-store"
    client.post(page, data={"alert": one_id, f"alert{one_id}-frequency": "weekly"})
    assert session().get(Alert, one_id, populate_existing=True).frequency is Frequency.weekly
    client.post(page, data={"alert": one_id, f"alert{one_id}-frequency": "hourly"})
    client.post(page, data={"alert": two_id, "end": "1"})
    session().expire_all()
    assert [alert.id for alert in session().execute(sa.select(Alert)).scalars()] == [one_id]
    assert client.post(page, data={"alert": two_id, "end": "1"}).status_code == 400
    assert client.post(page, data={"alert": one_id, "end": "1"}).location == "/en/alerts/ended/"
    assert count_of(Subscriber) == 0
    assert client.get(page).status_code == 404


def test_yearly_question_goes_unanswered_and_ends_them_or_is_answered(client, box, at):
    silent = subscribe(client, box, "silent@example.org")
    page = subscribe(client, box)
    at(START + 364 * DAY)
    assert ask_yearly() == 0
    at(START + 365 * DAY)
    assert ask_yearly() == 2
    assert ask_yearly() == 0
    work()
    assert [mail["Subject"] for mail in box.to("robin@example.org")] == ["Do you still want these mails?"]
    assert "Yes, keep them" in words_of(client.get(page))
    client.post(page, data={"keep": "1"})
    at(START + 396 * DAY)
    assert forget() == 1
    assert client.get(silent).status_code == 404
    assert client.get(page).status_code == 200
    at(START + 366 * DAY + 365 * DAY)
    assert ask_yearly() == 1


def test_address_that_refuses_mail_gets_no_more(client, box, at):
    subscribe(client, box)
    publish("Deckhand")
    box.refuse("robin@example.org", "550 5.1.1 no such user")
    at(START + DAY)
    work()
    assert (count_of(Alert), count_of(Subscriber)) == (0, 0)
    assert news_of(box) == []


REPORT = """\
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 {words}

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
"""


@pytest.mark.parametrize(
    ("status", "words", "left"),
    [
        ("5.1.1", "no such user", 0),
        ("5.2.1", "mailbox disabled", 0),
        ("5.7.1", "looks like spam", 1),
        ("5.2.2", "mailbox full", 1),
        ("5.0.0", "5.1.10 <robin@example.org> null MX", 1),
    ],
)
def test_only_a_report_that_nobody_has_the_address_ends_it(client, box, at, status, words, left):
    subscribe(client, box)
    publish("Deckhand")
    at(START + DAY)
    work()
    mail = session().execute(sa.select(OutboxMail).where(OutboxMail.kind == "alerts/news")).scalar_one()
    report = read_report(REPORT.format(status=status, words=words, message_id=mail.message_id).encode())
    assert take_report(report) is Outcome.marked
    session().commit()
    assert count_of(Subscriber) == left


@pytest.mark.parametrize("answer", ["550 5.7.1 blocked by our list", "554 5.7.1 looks like spam", "552 5.2.2 full"])
def test_server_that_refuses_the_mail_is_not_the_address(client, box, at, answer):
    subscribe(client, box)
    publish("Deckhand")
    box.refuse("robin@example.org", answer)
    at(START + DAY)
    work()
    assert (count_of(Alert), count_of(Subscriber)) == (1, 1)
    publish("Stoker")
    at(START + 2 * DAY)
    work()
    assert subjects(box) == ["Stoker"], "what was refused is not sent again and again"


def test_mail_server_away_for_days_loses_nobody_and_is_no_flood(client, box, at):
    page = subscribe(client, box)
    subscribe(client, box, "weekly@example.org", frequency="weekly")
    box.stop()
    for day in range(1, 10):
        publish(f"Role {day}")
        for hour in range(0, 24, 4):
            at(dt.datetime(2026, 3, 4, 8, tzinfo=BERLIN) + day * DAY + hour * HOUR)
            work()
    assert count_of(Subscriber) == 2
    box.start()
    at(START + 12 * DAY)
    work()
    assert subjects(box) == ["Role 9 and 8 more"]
    assert subjects(box, "weekly@example.org") == ["Role 9 and 8 more"]
    assert client.get(page).status_code == 200


def test_yearly_question_that_could_not_be_asked_ends_nothing_and_is_the_only_mail_of_its_day(client, box, at):
    page = subscribe(client, box)
    publish("Deckhand")
    box.refuse("robin@example.org", "554 5.7.1 no")
    at(START + 365 * DAY + 20 * HOUR)  # the morning's mail is due as well
    assert ask_yearly() == 1
    work()
    assert ask_yearly() == 0, "one mail a day"
    at(START + 366 * DAY + 20 * HOUR)
    work()
    assert subjects(box) == ["Deckhand"]
    assert ask_yearly() == 0
    at(START + 367 * DAY + 20 * HOUR)
    assert ask_yearly() == 1
    at(START + 402 * DAY)
    session().expire_all()
    assert client.get(page).status_code == 200


def test_post_that_comes_with_a_date_in_the_past_is_news_and_so_is_an_opening_opened_again(client, box, at):
    subscribe(client, box)
    subscribe(client, box, path="posts", kind="article")
    at(START + DAY)
    work()
    make_offer("Deckhand", publish_at=clock.now() - 9 * HOUR)
    make_article("An outage", publish_at=clock.now() - 9 * HOUR)
    again = make_offer("Stoker", publish_at=START - 90 * DAY)
    again.news_at = None
    close(again, START - 30 * DAY)
    session().commit()
    at(START + 2 * DAY)
    work()
    assert subjects(box) == ["Deckhand and 1 more"]
    reopen(again)
    session().commit()
    at(START + 3 * DAY)
    work()
    assert subjects(box) == ["Deckhand and 1 more", "Stoker"]


def test_stranger_cannot_have_words_of_their_own_mailed(client, box, at):
    ask(client, q="You won 1000 EUR at evil.example", workplace="remote")
    ask(client, path="posts", author="You won 1000 EUR", category="evil.example")
    work()
    for mail in box.to("robin@example.org"):
        whole = mail["Subject"] + "".join(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert "won" not in whole
        assert "evil" not in whole
    assert box.to("robin@example.org")[0]["Subject"] == "Please confirm: Openings: with certain words, Remote"
    assert "You won 1000 EUR" in words_of(client.get(link(box.to("robin@example.org")[0], "/confirm/")))


def test_language_is_that_in_which_something_was_asked_for_last_and_a_stranger_does_not_change_it(client, box, at):
    subscribe(client, box, frequency="instantly")
    ask(client, path="posts", language="de")
    publish("Deckhand")
    at(START + HOUR)
    work()
    assert [mail["Content-Language"] for mail in box.to("robin@example.org")] == ["de", "en"]
    client.post(link(box.to("robin@example.org")[0], "/de/alerts/confirm/"))
    publish("Stoker")
    at(START + 2 * HOUR)
    work()
    assert news_of(box)[-1]["Content-Language"] == "de"


def test_text_part_has_summary_and_language(client, box, at):
    subscribe(client, box, language="de", frequency="instantly")
    publish("Deckhand", summary="Ropes and paint. " * 9)
    at(START + HOUR)
    work()
    text = news_of(box)[0].get_body(("plain",)).get_content()
    assert "* Deckhand (Englisch)" in text
    assert "\n  Ropes and paint." in text
    assert max(len(line) for line in text.splitlines() if "paint" in line) <= 78


def test_days_of_the_clock_change_have_one_mail_at_seven(app, at):
    current_site().time_zone = "Europe/Berlin"
    session().commit()
    moment = dt.datetime(2026, 3, 28, 7, tzinfo=BERLIN).astimezone(dt.UTC)
    sent = []
    for _day in range(3):
        moment = next_send(Frequency.daily, moment)
        sent.append(moment)
    assert [one.astimezone(BERLIN).hour for one in sent] == [7, 7, 7]
    assert [one.hour for one in sent] == [5, 5, 5]
    assert sent[0] - dt.datetime(2026, 3, 28, 6, tzinfo=dt.UTC) == 23 * HOUR
    assert next_send(Frequency.weekly, dt.datetime(2026, 10, 24, tzinfo=dt.UTC)).astimezone(BERLIN) == dt.datetime(
        2026, 10, 26, 7, tzinfo=BERLIN
    )


@pytest.mark.parametrize("seed", range(3))
def test_alert_and_list_never_disagree(client, box, at, seed):
    """Of random filters the ids an alert of the very beginning finds are those of the list's feed, in its order."""
    chance = random.Random(seed)
    categories = [make_category(slug) for slug in ("operations", "design")]
    for number in range(12):
        make_offer(
            f"Role {number} {chance.choice(['harbour', 'ledger'])}",
            publish_at=START - number * HOUR,
            closes_at=chance.choice([None, START - dt.timedelta(minutes=1) if number > 3 else None, START + 9 * DAY]),
            workplace=chance.choice(["on_site", "hybrid", "remote"]),
            categories=chance.sample(categories, chance.randint(0, 2)),
            needs=[("de", chance.choice(["A2", "B2", "C1"]), chance.random() < 0.6)],
        )
    session().commit()
    values = {"workplace": ["remote", "on_site"], "category": ["operations", "design"], "speaks": ["de:B1"]}
    values |= {"q": ["harbour"], "closing": ["14"]}
    for names in itertools.chain([()], itertools.combinations(values, 1), itertools.combinations(values, 2)):
        query = [(name, chance.choice(values[name])) for name in names]
        feed = client.get("/en/jobs/feed.json", query_string=query).json
        session().rollback()
        topic = topic_from(What.openings, MultiDict(query))
        found = new_ids(topic, START - 365 * DAY, START + DAY, clock.now())
        assert [item["id"] for item in feed["items"]] == [uid_of(one) for one in found], query


def uid_of(post_id):
    from jobboard.posts.models import Post

    return f"urn:uuid:{session().get(Post, post_id).uid}"


def test_program_and_flood_are_answered_like_everybody_and_write_nothing(client, box, at):
    url = "/en/alerts/jobs/"
    data = {"email": "robin@example.org", "frequency": "daily"}
    assert client.post(url, data={**data, "website": "x"}).location == "/en/alerts/asked/"
    assert count_of(Subscriber) == 0
    for _time in range(6):
        assert client.post(url, data=data).location == "/en/alerts/asked/"
    assert session().execute(sa.select(sa.func.count()).select_from(OutboxMail)).scalar_one() == 4


@pytest.mark.parametrize("language", ["en", "de"])
def test_bad_input_is_told_and_kept(client, box, at, language):
    answer = client.post(f"/{language}/alerts/posts/", data={"email": "robin@", "frequency": "hourly"})
    assert answer.status_code == 422
    assert len(errors_of(answer)) == 2
    assert 'value="robin@"' in answer.text


def test_part_of_the_blog_in_words_and_when_it_is_gone(client, box, at):
    person = make_person("Alma Berg", slug="alma-berg")
    make_category("privacy", "Privacy", "Datenschutz")
    before = make_article("Before", authors=[person])
    session().commit()
    page = client.get("/en/alerts/posts/?author=alma-berg&category=privacy&kind=article")
    assert "Articles on Privacy by Alma Berg" in words_of(page)
    page = subscribe(client, box, path="posts", author="alma-berg", frequency="instantly")
    later = make_article("An outage", authors=[person], publish_at=soon())
    session().commit()
    for post in (before, later):
        set_authors(post, [])
    session().commit()
    at(START + HOUR)
    work()
    assert news_of(box) == []
    assert client.get(page).status_code == 200


def test_same_number_of_queries_for_one_and_for_many(client, box, at, queries):
    def counted():
        with queries() as log:
            mail_news()
        session().rollback()
        return len(log)

    subscribe(client, box)
    publish("First")
    at(START + DAY)
    one = counted()
    work()
    for number in range(15):
        make_offer(f"Role {number}", publish_at=soon(), categories=[make_category(f"topic-{number}")])
    session().commit()
    at(START + 2 * DAY)
    assert counted() == one


def test_links_of_a_mail_go_to_its_address_only(client, box, at):
    subscribe(client, box)
    publish("Deckhand")
    at(START + DAY)
    mail_news()
    mail = session().execute(sa.select(OutboxMail).where(OutboxMail.kind == "alerts/news")).scalar_one()
    assert "/alerts/" not in mail.text.replace("[[private-link:alert", "")
    with pytest.raises(Exception, match="another address"):
        fill_links(mail.text, "eve@example.org")


def test_alert_of_one_language_tells_those_texts_and_nothing_else(client, box, at):
    person = make_person("Alma Berg", slug="alma-berg")
    make_article("Before", authors=[person])
    session().commit()
    page = client.get("/en/alerts/posts/?author=alma-berg&lang=de")
    assert "Articles and openings by Alma Berg in German" in words_of(page)
    subscribe(client, box, path="posts", author="alma-berg", lang="de", frequency="instantly")
    texts = {"de": {"title": "Warum es brach", "slug": "warum"}}
    make_article("Why it broke", slug="why", texts=texts, authors=[person], publish_at=soon())
    make_article("English only", authors=[person], publish_at=soon())
    make_article("Von jemand anderem", locale="de", publish_at=soon())
    session().commit()
    at(START + HOUR)
    work()
    [message] = news_of(box)
    text = message.get_body(("plain",)).get_content()
    assert "Warum es brach" in text
    assert "/de/articles/warum/" in text
    own_page = client.get(link(message, "/alerts/"))
    assert 'href="/en/authors/alma-berg/?lang=de"' in own_page.text, "the list it follows"
    assert "/en/authors/alma-berg/?lang=de" in message.get_body(("html",)).get_content(), "the list it follows"
    assert "English only" not in text
    assert "Von jemand anderem" not in text
    assert "Why it broke" not in text
