"""The search over articles and openings, as readers without JavaScript see it."""

import datetime as dt

import pytest

from jobboard.core import clock
from jobboard.core.db import session
from tests.factories import make_article, make_category, make_offer
from tests.pages import head_of, page_of, sent_of, words_of

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
    asked = {}
    for query in ("q=harbour", "q=harbour&kind=opening&lang=en", "q=harbuor", "q=harbour&lang=de", "q=zeppelin"):
        with queries() as log:
            assert client.get(f"/en/search/?{query}").status_code == 200
        asked[query] = len(log)
    few = 2 if count < 3 else 0  # is a word like this one found much more?
    assert asked == {
        "q=harbour": 4 + few,  # what is found, its posts, the texts of those shown, the site
        "q=harbour&kind=opening&lang=en": 4 + few,
        "q=harbuor": 2 + 5,  # what is found, the site, what was meant
        "q=harbour&lang=de": 2 + few,
        "q=zeppelin": 2 + 2 + 3,  # categories, newest posts, their texts
    }


@pytest.fixture
def translated(app):
    """A post in both languages, one in German alone, and an opening in English."""
    both = {"de": {"title": "Warum die Server standen", "markdown": "Ein Ausfall der Linux-Server, erklärt."}}
    make_article("Why servers stood", slug="why", markdown="An outage of Linux servers.", texts=both)
    make_article("Linux im Amt", slug="amt", locale="de", markdown="Behörden und Linux.")
    make_offer("Linux operator", slug="operator", publish_at=clock.now() - 9 * HOUR)
    session().commit()


def narrowings(page):
    links = [one for nav in page.iter("nav") if "sorts" in nav.get("class", "") for one in nav.iter()]
    return {words_of(one): one.get("href") for one in links if one.tag in {"a", "span"}}


def test_results_can_be_narrowed_to_a_language_and_a_kind(client, translated):
    page = search(client, "q=linux")
    assert narrowings(page) == {
        "All (3)": None,
        "Articles (2)": "/en/search/?q=linux&kind=article",
        "Jobs (1)": "/en/search/?q=linux&kind=opening",
        "All languages (3)": None,
        "English (2)": "/en/search/?q=linux&lang=en",
        "German (2)": "/en/search/?q=linux&lang=de",
    }
    page = search(client, "q=linux&kind=article&lang=de")
    assert hits(page) == ["Linux im Amt", "Warum die Server standen"]
    assert narrowings(page) == {
        "All (2)": "/en/search/?q=linux&lang=de",
        "Articles (2)": None,
        "Jobs (0)": "/en/search/?q=linux&kind=opening&lang=de",
        "All languages (2)": "/en/search/?q=linux&kind=article",
        "English (1)": "/en/search/?q=linux&kind=article&lang=en",
        "German (2)": None,
    }
    assert head_of(client.get("/de/search/?q=linux&lang=de"), "title") == "„linux“: 2 Treffer · Jobboard"


def test_every_narrowing_finds_as_many_as_it_says(client, translated):
    for query in ("q=linux", "q=server", "q=linux&kind=opening", "q=linux&lang=de", "q=amt&kind=article&lang=en"):
        for words, address in narrowings(search(client, query)).items():
            if address:
                assert len(hits(page_of(client.get(address)))) == int(words.rstrip(")").rpartition("(")[2]), address


def test_hit_is_shown_in_the_language_asked_for_and_leads_to_that_text(client, translated):
    page = search(client, "q=server&lang=de")
    heading = next(page.iter("h3"))
    link = next(heading.iter("a"))
    assert (words_of(heading), heading.get("lang"), link.get("href")) == (
        "Warum die Server standen", "de", "/de/articles/warum-die-server-standen/",
    )  # fmt: skip
    assert "Linux-Server" in next(words_of(one) for one in page.iter("p") if list(one.iter("mark")))
    assert "Ein Ausfall der Linux-Server" in client.get(link.get("href")).text
    # Without a language the page's own is shown where it holds the words, else the one that does.
    assert hits(search(client, "q=server")) == ["Why servers stood"]
    assert hits(search(client, "q=ausfall")) == ["Warum die Server standen"]
    (link,) = [one.get("href") for one in next(search(client, "q=ausfall").iter("h3")).iter("a")]
    assert link == "/de/articles/warum-die-server-standen/"


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("lang=de&q=linux", "q=linux&lang=de"),
        ("q=linux&lang=de&kind=article", "q=linux&kind=article&lang=de"),
        ("q=linux&lang=", "q=linux"),
        ("q=linux&lang=%22%3E", "q=linux"),
        ("q=linux&lang=" + "x" * 500, "q=linux"),
    ],
)
def test_language_has_its_place_in_the_one_address(client, translated, given, canonical):
    response = client.get(f"/en/search/?{given}")
    assert response.location == f"/en/search/?{canonical}"
    assert (
        f'rel="canonical" href="http://127.0.0.1:8000/en/search/?{canonical.replace("&", "&amp;")}"'
        in client.get(response.location).text
    )


def leads(page):
    """The ways on: words, address, count in words."""
    lists = [one for one in page.iter("ul") if "leads" in one.get("class", "").split()]
    return [(words_of(line), next(line.iter("a")).get("href")) for one in lists for line in one.iter("li")]


def test_mistyped_word_is_answered_by_what_was_perhaps_meant(client, posts):
    page = search(client, "q=databsae")
    assert "Did you mean:" in words_of(next(page.iter("main")))
    assert leads(page) == [("database (2 results)", "/en/search/?q=database")]
    page = search(client, "q=databsae", language="de")
    assert "Gemeint war vielleicht:" in words_of(next(page.iter("main")))
    assert leads(page) == [("database (2 Treffer)", "/de/search/?q=database")]


def test_suggestion_keeps_what_was_chosen_where_that_finds_something(client, posts):
    assert leads(search(client, "q=databsae&kind=opening")) == [
        ("database (1 result)", "/en/search/?q=database&kind=opening")
    ]
    assert leads(search(client, "q=datenbankservre&kind=opening")) == [
        ("Datenbankserver (1 result)", "/en/search/?q=Datenbankserver")
    ]


def test_word_to_leave_out_is_named(client, posts):
    assert leads(search(client, "q=database+zeppelin")) == [
        ("without “zeppelin” (2 results)", "/en/search/?q=database")
    ]
    page = search(client, "q=old+operator+standen")
    assert [words for words, _url in leads(page)] == [
        "only “old” (1 result)", "only “operator” (1 result)", "only “standen” (1 result)",
    ]  # fmt: skip


def test_what_the_choice_left_out_is_offered(client, posts):
    assert leads(search(client, "q=datenbankserver&kind=opening")) == [
        ("Articles (1 result)", "/en/search/?q=datenbankserver&kind=article")
    ]
    assert leads(search(client, "q=datenbankserver&lang=en")) == [
        ("German (1 result)", "/en/search/?q=datenbankserver&lang=de")
    ]
    assert leads(search(client, "q=datenbankserver&kind=opening&lang=en")) == [
        ("All (1 result)", "/en/search/?q=datenbankserver")
    ]


def test_nothing_like_it_leads_to_categories_and_the_newest(client, posts):
    make_category("unused", "Unused")
    make_article("About harbours", slug="harbours", categories=[make_category("sea", "Sea", "Meer")])
    session().commit()
    page = search(client, "q=zeppelin", language="de")
    links = {words_of(one): one.get("href") for one in page.iter("a")}
    assert links["Meer"] == "/de/categories/sea/"
    assert links["About harbours"] == "/de/articles/harbours/"
    assert "Unused" not in links
    assert links["Stellen mit Filtern durchsuchen"] == "/de/jobs/?q=zeppelin"


def test_words_and_choices_stay_in_the_form(client, posts):
    page = search(client, "q=databsae&kind=opening&lang=en")
    form = next(one for one in page.iter("form") if one.get("role") == "search")
    assert sent_of(form) == {"q": "databsae", "kind": "opening", "lang": "en"}


def test_query_without_a_word_says_so(client, posts):
    assert "“!!!” holds no word that could be looked for." in client.get("/en/search/?q=%21%21%21").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=d", 3),  # one letter is a beginning
        ("q=the", 0),
        ("q=were+the", 0),
        ("q=%22database", 2),
        ("q=%22own+two%22", 1),
        ("q=" + "database+" * 22, 2),
    ],
)
def test_short_common_open_and_long_queries_are_answered(client, posts, query, found):
    page = page_of(client.get(f"/en/search/?{query}", follow_redirects=True))
    assert len(hits(page)) == found
