"""Renaming an address breaks nothing: pages, feeds, filters and alerts follow; and who has a page of their own."""

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.alerts.models import What
from jobboard.alerts.queries_topics import Topic, new_ids
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.core.old_addresses import move
from jobboard.posts.actions import ensure_category, set_authors
from jobboard.posts.actions_series import ensure_series, set_series
from jobboard.posts.models import Category
from jobboard.posts.models_series import Series
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import form_of

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def renamed(app):
    """A category, a person and a series that had other addresses before."""
    alma, linux = make_person("Alma Berg", slug="alma"), make_category("linux", "Linux")
    article = make_article("An outage", authors=[alma], categories=[linux])
    make_offer("Administrator", slug="administrator", authors=[alma], categories=[linux])
    backups = ensure_series("Backups", "en")
    set_series(article, backups, 1)
    session().commit()
    move(alma, "alma-berg")
    move(linux, "unix")
    move(backups, "keeping")
    session().commit()
    return {"author": alma, "category": linux, "series": backups}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/en/authors/alma/", "/en/authors/alma-berg/"),
        ("/de/authors/alma/?kind=article", "/de/authors/alma-berg/?kind=article"),
        ("/en/authors/alma/feed.atom", "/en/authors/alma-berg/feed.atom"),
        ("/de/authors/alma/feed.json", "/de/authors/alma-berg/feed.json"),
        ("/en/categories/linux/", "/en/categories/unix/"),
        ("/de/categories/linux/feed.atom", "/de/categories/unix/feed.atom"),
        ("/en/categories/linux/feed.json?kind=opening", "/en/categories/unix/feed.json?kind=opening"),
        ("/de/series/backups/", "/de/series/keeping/"),
        ("/en/jobs/?category=linux&sort=closing", "/en/jobs/?category=unix&sort=closing"),
    ],
)
@pytest.mark.twice
def test_old_address_leads_to_the_new_one(client, renamed, old, new):
    answer = client.get(old)
    assert (answer.status_code, answer.location) == (301, new)
    assert client.get(new).status_code == 200


def test_feed_of_a_filter_goes_on_under_its_old_name(client, renamed):
    feed = client.get("/en/jobs/feed.json?category=linux").json
    assert [item["title"] for item in feed["items"]] == ["Administrator (m/w/d)"]


def test_filter_finds_a_category_by_its_new_address_at_once(client):
    linux = make_category("linux", "Linux")
    make_offer("Administrator", categories=[linux])
    session().commit()
    assert "Administrator" in client.get("/en/jobs/?category=linux").text
    move(linux, "unix")
    session().commit()
    page = client.get("/en/jobs/?category=unix").text
    assert "Administrator" in page
    assert 'value="linux"' not in page


def test_stored_alerts_follow(client, renamed):
    now = clock.now()
    for query in ("category=linux", "author=alma", "category=linux&author=alma"):
        assert len(new_ids(Topic(What.posts, query), now - 24 * HOUR, now, now)) == 2, query
    assert len(new_ids(Topic(What.openings, "category=linux"), now - 24 * HOUR, now, now)) == 1
    assert "Linux" in client.get("/en/alerts/jobs/?category=linux").text


def test_address_that_was_somebodys_is_not_given_away(client, sign_in, renamed):
    sign_in("admin")
    page = client.get("/desk/categories/new/")
    typed = {**form_of(page, having="name_en"), "name_en": "Kernel", "slug": "linux"}
    refused = client.post("/desk/categories/new/", data=typed)
    assert refused.status_code == 422
    assert "Another category has or had this address." in refused.text
    assert "Kernel" in refused.text
    assert ensure_category("linux", {"en": "Linux"}) is renamed["category"]
    other = make_article("Another")
    set_series(other, ensure_series("Restoring", "en"), 1)
    session().commit()
    series = session().execute(sa.select(Series).where(Series.slug == "restoring")).scalar_one()
    url = f"/desk/series/{series.id}/"
    refused = client.post(url, data={**form_of(client.get(url), having="slug"), "slug": "backups"})
    assert refused.status_code == 422
    assert "Another series has or had this address." in refused.text


def test_desk_renames_and_takes_back(client, sign_in):
    sign_in("author")
    linux = make_category("linux", "Linux")
    session().commit()
    url = f"/desk/categories/{linux.id}/"
    for slug in ("unix", "linux", "posix"):
        assert client.post(url, data={**form_of(client.get(url), having="slug"), "slug": slug}).status_code == 303
    assert client.get("/en/categories/linux/").location == "/en/categories/posix/"
    assert client.get("/en/categories/unix/").location == "/en/categories/posix/"
    session().delete(session().execute(sa.select(Category)).scalar_one())
    session().commit()
    assert client.get("/en/categories/unix/").status_code == 404


def test_whoever_stands_on_a_public_byline_has_a_page_and_nobody_else(client):
    nina, kim = make_person("Nina Neu", slug="nina-neu"), make_person("Kim Lee", slug="kim")
    article = make_article("Words", authors=[nina], publish_at=clock.now() + HOUR)
    make_article("Draft", authors=[kim], draft=True)
    session().commit()
    paths = [f"/{path}" for path in ("en/authors/nina-neu/", "de/authors/nina-neu/feed.atom")]
    assert {client.get(path).status_code for path in paths} == {404}
    with time_machine.travel(clock.now() + 2 * HOUR, tick=False):
        assert {client.get(path).status_code for path in paths} == {200}
        assert "/en/authors/nina-neu/" in client.get("/sitemap-pages.xml").text
        assert client.get("/en/authors/kim/").status_code == 404
    set_authors(article, [])
    session().commit()
    with time_machine.travel(clock.now() + 2 * HOUR, tick=False):
        assert client.get("/en/authors/nina-neu/").status_code == 404


def test_byline_of_a_closed_opening_still_leads_somewhere(client):
    make_offer("Gone", slug="gone", authors=[make_person(slug="alma")], closed_at=clock.now())
    session().commit()
    assert client.get("/en/jobs/gone/").status_code == 410
    assert client.get("/en/authors/alma/").status_code == 200
