"""The search over articles and openings, as readers without JavaScript see it."""

import datetime as dt

import pytest

from jobboard.core import clock
from jobboard.core.db import session
from tests.factories import make_article, make_offer
from tests.pages import head_of, page_of, words_of

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def posts(app):
    """Two articles and two openings about databases, and things that must not be found."""
    make_article(
        "Replacing our database", slug="replacing", markdown="It was <old>.", publish_at=clock.now() - 9 * HOUR
    )
    make_article(
        "Ein Ausfall", slug="ausfall", locale="de", markdown="Die Datenbankserver standen still.",
        publish_at=clock.now() - 2 * HOUR,
    )  # fmt: skip
    make_offer(
        "Operator", slug="operator", markdown="* run servers\n* own two databases", publish_at=clock.now() - HOUR
    )
    make_offer("Database clerk", slug="clerk", closed_at=clock.now() - HOUR)
    make_article("Database draft", slug="draft", draft=True)
    session().commit()


def search(client, query, language="en"):
    response = client.get(f"/{language}/search/?{query}")
    assert response.status_code == 200, response.location
    return page_of(response)


def hits(page):
    return [words_of(one) for one in page.iter("h3")]


def marked(page):
    return [words_of(one) for one in page.iter("mark")]


def test_page_without_words_asks_for_some(client):
    for language, words in (("en", "Words in articles and jobs"), ("de", "Wörter in Beiträgen und Stellen")):
        response = client.get(f"/{language}/search/")
        assert words in response.text
        assert hits(page_of(response)) == []
        assert "results-title" not in response.text


def test_both_kinds_are_found_titles_first_then_the_newest(client, posts):
    page = search(client, "q=database")
    assert hits(page) == ["Replacing our database", "Operator (m/w/d)"]
    assert marked(page) == ["database", "databases"]
    assert words_of(next(one for one in page.iter("h2"))) == "2 results"
    assert head_of(client.get("/en/search/?q=database"), "title") == "“database”: 2 results · Jobboard"


def test_parts_of_german_compounds_are_found_and_marked_as_a_whole(client, posts):
    page = search(client, "q=server", language="de")
    assert hits(page) == ["Operator (m/w/d)", "Ein Ausfall"]
    assert "Datenbankserver" in marked(page)


def test_kinds_have_counts_and_addresses_of_their_own(client, posts):
    page = search(client, "q=database")
    links = {words_of(one): one.get("href") for one in page.iter("a") if "search" in one.get("href", "")}
    assert links["Jobs (1)"] == "/en/search/?q=database&kind=opening"
    assert hits(search(client, "q=database&kind=opening")) == ["Operator (m/w/d)"]


def test_snippet_shows_the_piece_around_the_words_and_no_markup(client, app):
    make_article("Long", slug="long", markdown="word " * 400 + "the <b>needle</b> & more " + "word " * 400)
    session().commit()
    response = client.get("/en/search/?q=needle")
    snippet = next(words_of(one) for one in page_of(response).iter("p") if list(one.iter("mark")))
    assert snippet.startswith("… word")
    assert "the needle & more" in snippet.replace("<b>", "").replace("</b>", "")
    assert len(snippet) < 300
    assert "<b>" not in response.text


@pytest.mark.parametrize(
    "query", ["q=+database", "page=1&q=database", "q=database&kind=", "q=database&x=1", "kind=opening&q=a"]
)
def test_every_search_has_one_address(client, posts, query):
    response = client.get(f"/en/search/?{query}")
    assert response.status_code == 302
    assert client.get(response.location).status_code == 200


@pytest.mark.parametrize(
    "query", ["q=%22", "q=(((", "q=%00", "q=AND+OR+NOT", "q=a*b%22c'--;", "q=" + "x" * 5000, "q=%F0%9F%9A%A2"]
)
def test_hostile_words_are_harmless(client, posts, query):
    assert client.get(f"/en/search/?{query}", follow_redirects=True).status_code == 200


def test_nothing_found_says_so_and_leads_on(client, posts):
    page = search(client, "q=zeppelin", language="de")
    links = [one.get("href") for one in page.iter("a")]
    assert "Nirgends stehen alle diese Wörter" in words_of(next(page.iter("main")))
    assert {"/de/jobs/", "/de/"} <= set(links)


def test_pages_lead_on_and_end(client, app):
    for number in range(12):
        make_article(f"Harbour {number}")
    session().commit()
    page = search(client, "q=harbour")
    assert len(hits(page)) == 10
    assert "/en/search/?q=harbour&page=2" in [one.get("href") for one in page.iter("a")]
    assert len(hits(search(client, "q=harbour&page=2"))) == 2
    assert client.get("/en/search/?q=harbour&page=3").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 300])
def test_search_asks_the_same_number_of_questions_for_any_number_of_hits(client, app, queries, count):
    for number in range(count):
        (make_article if number % 2 else make_offer)(f"Harbour {number}")
    session().commit()
    client.get("/en/search/?q=other")
    with queries() as log:
        assert client.get("/en/search/?q=harbour").status_code == 200
    assert len(log) == 4, log  # texts found, their posts, the texts of those shown, the site
