"""WebSub: a hub is told of every feed whose entries changed, by a write or by the clock, once and only of those."""

import contextlib
import datetime as dt
import json
import threading
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.db import db, session, writing
from jobboard.hooks.models import Hub as HubRow
from jobboard.hooks.models import TopicNews
from jobboard.hooks.tasks import tell_hub
from jobboard.posts.actions import close, publish, save_text, set_categories, withdraw_to_draft
from jobboard.posts.models import Authorship, Post
from jobboard.timeline.actions_cards import addresses
from jobboard.timeline.feeds_announced import all_feeds, entries_of
from jobboard.timeline.tasks_hub import look_at_feeds
from tests.conftest import dispose, make_app
from tests.factories import make_article, make_category, make_offer, make_person
from tests.twins.hub import Hub

START = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def twin():
    with Hub(fetches=False) as hub:
        yield hub


@pytest.fixture
def hub(app, twin, monkeypatch):
    twin.told.clear()
    twin.answers.clear()
    monkeypatch.setitem(app.config, "WEBSUB_HUB", twin.url)
    return twin


@pytest.fixture
def at(hub):
    """Jump to a moment: `at(START + HOUR)`."""
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(time_machine.travel(START, tick=False)).move_to


def work(hub, at):
    """What the worker does until nothing is due any more, a minute later too; the paths the hub was told of meanwhile."""
    session().commit()
    for moment in (clock.now(), clock.now() + MINUTE):
        at(moment)
        for sweep in (look_at_feeds, tell_hub):
            while sweep():
                session().rollback()
    found = sorted(urlsplit(topic)._replace(scheme="", netloc="").geturl() for topic in hub.told)
    hub.told.clear()
    return found


def forms(*names):
    """The addresses of feeds in both languages and forms, from names like "authors/alma/feed?kind=article"."""
    found = []
    for name in names:
        path, mark, query = name.partition("?")
        found += [f"/{code}/{path}.{form}{mark}{query}" for code in ("en", "de") for form in ("atom", "json")]
    return sorted(found)


def of_article(author, *categories):
    places = ["feed", f"authors/{author.slug}/feed", *(f"categories/{slug}/feed" for slug in categories)]
    return forms(*places, *(f"{place}?kind=article" for place in places))


def of_opening(author, *categories):
    return sorted(one.replace("article", "opening") for one in of_article(author, *categories)) and sorted(
        [*(one.replace("=article", "=opening") for one in of_article(author, *categories)), *forms("jobs/feed")]
    )


def test_nothing_is_looked_at_or_told_without_a_hub(app, twin):
    make_article()
    session().commit()
    assert look_at_feeds() == tell_hub() == 0
    assert session().get(HubRow, 1) is None


def test_first_look_is_no_news(hub, at):
    make_article()
    assert work(hub, at) == []


def test_article_is_told_in_each_feed_it_is_in_and_in_no_other(hub, at):
    alma, other = make_person("Alma"), make_person("Other")
    make_article("Before", authors=[other], categories=[make_category("old")])
    work(hub, at)
    make_article(authors=[alma], categories=[make_category("business")])
    assert work(hub, at) == of_article(alma, "business")
    assert work(hub, at) == []


def test_opening_is_told_when_published_edited_and_closed(hub, at):
    alma = make_person("Alma")
    work(hub, at)
    offer = make_offer(authors=[alma])
    assert work(hub, at) == of_opening(alma)
    save_text(offer, "en", title="Another title")
    assert work(hub, at) == of_opening(alma)
    save_text(offer, "de", title="Auf Deutsch")
    assert work(hub, at) == of_opening(alma), "a translation is news"
    close(offer, clock.now())
    assert work(hub, at) == of_opening(alma)


def test_write_that_no_feed_shows_is_not_told(hub, at):
    alma = make_person("Alma")
    article = make_article(authors=[alma])
    work(hub, at)
    make_article("A draft", authors=[alma], draft=True)
    save_text(article, "en", title=article.texts[0].title, slug="another-address")
    alma.name = "Alma Berg-Tal"
    assert work(hub, at) == []


def test_edit_of_what_is_too_old_for_a_feed_is_told_only_where_it_is_shown(hub, at):
    alma, berta = make_person("Alma"), make_person("Berta")
    old = make_article("Old", authors=[berta], publish_at=START - 100 * HOUR)
    for number in range(30):
        make_article(f"New {number}", authors=[alma])
    work(hub, at)
    save_text(old, "en", title="Old and edited")
    assert work(hub, at) == forms(f"authors/{berta.slug}/feed", f"authors/{berta.slug}/feed?kind=article")


def test_feed_that_a_post_leaves_is_told_too(hub, at):
    alma = make_person("Alma")
    article = make_article(authors=[alma], categories=[make_category("old")])
    work(hub, at)
    set_categories(article, [make_category("new")])
    places = [f"categories/{slug}/feed{query}" for slug in ("old", "new") for query in ("", "?kind=article")]
    assert work(hub, at) == forms(*places)
    withdraw_to_draft(article)
    left = [one for one in of_article(alma, "new") if "/authors/" not in one]
    assert work(hub, at) == left, "who stands on no byline has no page and no feed"
    publish(article, clock.now())
    work(hub, at)
    session().delete(article)
    assert work(hub, at) == left


def test_scheduled_post_and_deadline_are_told_when_the_clock_says_so(hub, at):
    alma = make_person("Alma")
    work(hub, at)
    make_offer(authors=[alma], publish_at=START + HOUR, closes_at=START + 3 * HOUR)
    assert work(hub, at) == []
    at(START + HOUR - SECOND)
    session().commit()
    assert look_at_feeds() == 0
    at(START + HOUR)
    assert work(hub, at) == of_opening(alma)
    at(START + 3 * HOUR - SECOND)
    assert look_at_feeds() == 0
    at(START + 3 * HOUR)
    assert work(hub, at) == of_opening(alma)


def test_what_happened_while_the_worker_was_down_is_told_once(hub, at):
    alma = make_person("Alma")
    work(hub, at)
    make_offer(authors=[alma], publish_at=START + HOUR)
    make_article(authors=[alma])
    session().commit()
    at(START + 50 * HOUR)
    assert work(hub, at) == sorted({*of_opening(alma), *of_article(alma)})


@pytest.mark.parametrize("most", [100, 5], ids=["few", "more than are looked at one by one"])
def test_import_is_one_change_of_each_feed(hub, at, monkeypatch, most):
    monkeypatch.setattr("jobboard.timeline.feeds_announced.MOST_CHANGES", most)
    alma, categories = make_person("Alma"), [make_category("business"), make_category("tech")]
    work(hub, at)
    for number in range(20):
        make_article(f"Number {number}", authors=[alma], categories=[categories[number % 2]])
        if number % 10 == 0:
            session().commit()
            look_at_feeds()
    assert work(hub, at) == of_article(alma, "business", "tech")


@pytest.mark.parametrize("count", [1, 3, 300])
def test_looking_takes_the_same_queries_for_any_number_of_posts(hub, at, queries, count):
    alma = make_person("Alma")
    article = make_article("The first", authors=[alma])
    row = {column.name: getattr(article, column.name) for column in Post.__table__.columns if column.name != "id"}
    rows = [{**row, "uid": f"urn:{number}", "publish_at": START - number * HOUR} for number in range(1, count)]
    if rows:
        session().execute(sa.insert(Post.__table__), rows)
        of_alma = sa.select(Post.id, alma.id, 0).where(Post.id != article.id)
        session().execute(sa.insert(Authorship).from_select(["post_id", "person_id", "position"], of_alma))
    work(hub, at)
    make_article("One more", authors=[alma])
    session().commit()
    with queries() as log:
        assert look_at_feeds() == 4
    assert len(log) == 19
    session().commit()
    with queries() as log:
        assert look_at_feeds() == 0
    assert len(log) == 4


def test_hub_that_is_away_is_asked_ever_less_often_and_misses_nothing(hub, at):
    alma = make_person("Alma")
    work(hub, at)
    hub.answers = [503, (429, {"Retry-After": "600"}), 302]
    make_article(authors=[alma])
    assert work(hub, at) == [], "one try and no more"
    assert len(hub.answers) == 2
    row = session().get(HubRow, 1)
    assert (row.tries, row.waits_until - clock.now()) == (1, MINUTE)
    assert "503" in row.last_error
    session().commit()
    at(row.waits_until)
    assert tell_hub() == 1
    session().refresh(row)
    assert (row.tries, row.waits_until - clock.now()) == (2, 10 * MINUTE), "the hub asked for it"
    at(row.waits_until)
    assert tell_hub() == 1
    session().refresh(row)
    assert "302" in row.last_error, "nothing is sent where a redirect leads"
    assert hub.answers == hub.told == []
    at(row.waits_until)
    assert work(hub, at) == of_article(alma)
    session().refresh(row)
    assert (row.tries, row.waits_until, row.last_error) == (0, None, None)


def test_feed_the_hub_refuses_does_not_hold_up_the_others(hub, at, caplog):
    alma = make_person("Alma")
    work(hub, at)
    make_article(authors=[alma])
    hub.answers = [400]
    assert len(work(hub, at)) == len(of_article(alma)) - 1
    assert "does not want to know" in caplog.text
    assert work(hub, at) == []


def test_change_while_the_hub_is_being_told_is_told_again(hub, at, monkeypatch):
    alma = make_person("Alma")
    work(hub, at)
    article = make_article(authors=[alma])
    session().commit()
    look_at_feeds()
    at(START + 5 * MINUTE)

    def tell_and_edit(_client, topic):
        hub.told.append(topic)
        if len(hub.told) == 1:
            save_text(article, "en", title="Edited meanwhile")
            session().commit()
            look_at_feeds()

    with monkeypatch.context() as patch:
        patch.setattr("jobboard.hooks.client.HubClient.tell", tell_and_edit)
        while tell_hub():
            session().rollback()
    first = urlsplit(hub.told[0])
    again = work(hub, at)
    assert f"{first.path}{'?' if first.query else ''}{first.query}" in again


def test_every_feed_that_names_the_hub_is_announced(hub, at, client):
    alma = make_person("Alma")
    make_article(authors=[alma], categories=[make_category("business")])
    make_offer(authors=[alma], categories=[make_category("tech")])
    session().commit()
    with addresses():
        paths = {path for feed in all_feeds(clock.now()) for path in feed.paths()}
    for path in paths:
        answer = client.get(path)
        assert answer.headers["Link"] == f'<{hub.url}>; rel="hub", <http://127.0.0.1:8000{path}>; rel="self"'
    filtered = client.get("/en/jobs/feed.atom?workplace=remote")
    assert "Link" not in filtered.headers
    assert hub.url not in filtered.text
    assert "hubs" not in json.loads(client.get("/en/jobs/feed.json?workplace=remote").text)


def test_without_a_hub_no_feed_names_one(client):
    assert "Link" not in client.get("/en/feed.atom").headers
    assert 'rel="hub"' not in client.get("/en/feed.atom").text
    assert "hubs" not in json.loads(client.get("/en/feed.json").text)


def test_what_is_remembered_of_a_feed_is_what_it_shows(app, client):
    alma = make_person("Alma")
    make_article(authors=[alma], categories=[make_category("business")])
    make_offer(authors=[alma], categories=[make_category("business")])
    make_offer("Closed", authors=[alma], closes_at=clock.now() - SECOND)
    session().commit()
    uids = {post.id: f"urn:uuid:{post.uid}" for post in session().query(Post)}
    for feed in all_feeds(clock.now()):
        with addresses():
            path = next(path for path in feed.paths() if ".json" in path)
        shown = [item["id"] for item in json.loads(client.get(path).text)["items"]]
        assert shown == [uids[post_id] for post_id, _changed in entries_of(feed, clock.now())]


def test_hub_that_fetches_at_once_finds_what_changed(tmp_path, serve):
    """Over HTTP, with the pages the site keeps: what the hub fetches is what it was told of."""
    server = serve()
    with Hub() as hub:
        app = make_app(tmp_path, SITE_URL=server.url, WEBSUB_HUB=hub.url)
        server.start(app)
        with app.app_context(), time_machine.travel(START, tick=True) as traveller:
            with writing():
                article = make_article("First of all")
            look_at_feeds()
            for title in ("Second of all", "Third of all"):
                with writing():
                    save_text(session().merge(article), "en", title=title)
                assert look_at_feeds() == 4
                traveller.shift(MINUTE)
                while tell_hub():
                    pass
                assert len(hub.contents) == 16
                assert all(title.encode() in body for body in hub.contents.values())
        assert hub.problems == []
        dispose(app)


def together(app, sweep):
    """Run a sweep in two workers at once until nothing is left."""

    def work():
        with app.app_context():
            while sweep():
                pass
            db.session.remove()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_two_workers_tell_the_hub_once(own_app):
    with Hub(fetches=False) as hub:
        own_app.config["WEBSUB_HUB"] = hub.url
        with time_machine.travel(START, tick=True) as traveller:
            look_at_feeds()
            with writing():
                make_article()

            together(own_app, look_at_feeds)
            traveller.shift(MINUTE)
            together(own_app, tell_hub)
            assert len(hub.told) == len(set(hub.told)) == 16
            assert session().query(TopicNews).count() == 0
