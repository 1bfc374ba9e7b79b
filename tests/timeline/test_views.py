import datetime as dt
from xml.etree import ElementTree as ET

import pytest
import time_machine

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.timeline.tasks import make_due
from tests.factories import make_article, make_category, make_offer, make_person

ATOM = "{http://www.w3.org/2005/Atom}"
HOUR = dt.timedelta(hours=1)


def test_root_asks_the_browser_for_its_language_and_nothing_else_does(client):
    german = client.get("/", headers={"Accept-Language": "de-AT,en;q=0.5"})
    assert german.location == "/de/"
    assert german.headers["Vary"] == "Accept-Language"
    assert client.get("/", headers={"Accept-Language": "fr"}).location == "/en/"
    english = client.get("/en/", headers={"Accept-Language": "de"})
    assert b'lang="en"' in english.data


def test_timeline_shows_both_kinds_newest_first_with_authors_and_categories(client):
    alma = make_person("Alma Berg")
    bo = make_person("Bo Çelik")
    technology, job = make_category("technology", "Technology", "Technik"), make_category("job", "Job", "Job")
    make_article("Older", authors=[alma, bo], categories=[technology, job], publish_at=clock.now() - 2 * HOUR)
    make_offer("Newer", authors=[bo], categories=[job])
    session().commit()
    page = client.get("/de/").text
    assert page.index("Newer (m/w/d)") < page.index("Older")
    assert "Technik" in page
    assert "Alma Berg" in page
    assert "Bo Çelik" in page


def test_post_in_another_language_is_marked(client):
    make_article("Ein Ausfall", locale="de", summary="Was geschah.")
    session().commit()
    page = client.get("/en/").text
    assert 'lang="de"' in page
    assert "German" in page


@pytest.mark.parametrize("count", [1, 3, 300])
def test_timeline_takes_the_same_number_of_queries_for_any_number_of_posts(client, queries, count):
    people = [make_person(f"Person {number}") for number in range(3)]
    for number in range(count):
        make = make_offer if number % 2 else make_article
        make(f"Post {number}", authors=people, categories=[make_category("technology")])
    make_offer("With facts", places=["DE/Heidelberg"], remote=["DE"], needs=[("de", "C1", True)])
    session().commit()
    for is_worker_done in (False, True):
        with queries() as log:
            assert client.get("/en/").status_code == 200
        assert len(log) == 7, (is_worker_done, log)
        while make_due():
            pass


def test_drafts_scheduled_and_closed_posts_are_nowhere(client):
    person, category = make_person("Alma", slug="alma"), make_category("technology")
    given = {"authors": [person], "categories": [category]}
    make_article("Draft post", draft=True, **given)
    make_article("Scheduled post", publish_at=clock.now() + HOUR, **given)
    make_article("Closed post", closed_at=clock.now(), **given)
    session().commit()
    for path in ("/en/", "/en/authors/alma/", "/en/categories/technology/"):
        for address in (path, f"{path}feed.atom"):
            page = client.get(address)
            assert page.status_code == 200, address
            for title in ("Draft post", "Scheduled post", "Closed post"):
                assert title not in page.text, address


def test_scheduled_post_appears_in_the_second_it_is_due(client):
    due = dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC)
    with time_machine.travel(due - dt.timedelta(seconds=1), tick=False) as clock_:
        make_article("Summer time", publish_at=due)
        session().commit()
        assert "Summer time" not in client.get("/en/").text
        clock_.shift(1)
        assert "Summer time" in client.get("/en/").text


def test_unchanged_page_answers_304(client):
    make_article()
    session().commit()
    first = client.get("/en/")
    again = client.get("/en/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Cache-Control"] == "public, no-cache"
    make_article("Something new")
    session().commit()
    assert client.get("/en/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_pages_go_on_and_one_too_far_is_not_found(client):
    for number in range(14):
        make_article(f"Post number {number}", publish_at=clock.now() - (number + 1) * HOUR)
    session().commit()
    assert "Post number 13" not in client.get("/en/").text
    assert "Post number 13" in client.get("/en/?page=2").text
    assert client.get("/en/?page=3").status_code == 404
    for odd in ("0", "-1", "x", "1e3", "99999999999999999999"):
        assert client.get(f"/en/?page={odd}").location == "/en/"


@pytest.mark.parametrize("path", ["/en/", "/de/authors/alma/", "/en/categories/technology/"])
def test_feed_is_valid_atom(client, path):
    alma = make_person("Alma <Berg>", slug="alma")
    category = make_category("technology", "Technology & more")
    make_article("A <b> & more", authors=[alma], categories=[category], markdown="Hello *you*", summary="Short")
    offer = make_offer("Developer", authors=[alma], categories=[category], locale="de")
    session().commit()
    response = client.get(f"{path}feed.atom")
    assert response.content_type == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.data)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"].endswith(f"{path}feed.atom")
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for entry in entries:
        assert entry.findtext(f"{ATOM}id").startswith("urn:uuid:")
        assert entry.findtext(f"{ATOM}title")
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Alma <Berg>"
        assert dt.datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo
    titles = {entry.findtext(f"{ATOM}title") for entry in entries}
    assert titles == {"A <b> & more", "Developer (m/w/d)"}
    german = next(entry for entry in entries if offer.uid in entry.findtext(f"{ATOM}id"))
    assert german.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert client.get(links["alternate"].removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_feed_without_posts_is_still_a_feed(client):
    assert ET.fromstring(client.get("/en/feed.atom").data).findtext(f"{ATOM}updated")


def test_old_feed_addresses_lead_to_the_feed(client):
    assert client.get("/rss").location == "/en/feed.atom"
    assert client.get("/feed").status_code == 301


@pytest.mark.parametrize("path", ["/fr/", "/en/authors/nobody/", "/en/categories/nothing/", "/de/articles/nothing/"])
def test_unknown_address_gets_the_sites_own_404(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "<html" in response.text
