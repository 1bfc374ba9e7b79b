"""Lists of the blog with every filter, as readers without JavaScript use them; their feeds, and following them."""

import datetime as dt
import json
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import time_machine

from jobboard.core.db import session
from jobboard.posts.models import Categorization
from jobboard.site.queries import current_site
from tests.factories import copy_post, make_article, make_category, make_offer, make_person
from tests.pages import head_of, html_problems, page_of, sent_of, words_of
from tests.schemas import json_problems, xml_problems

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 3, 4, 12, tzinfo=BERLIN)
ATOM, XML_LANG = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}lang"
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def posts(app):
    """Six posts by two people on two topics in three years and languages; one category has nothing in it."""
    current_site().time_zone, current_site().name = "Europe/Berlin", "Tidenhub"
    data, harbour = make_category("databases", "Databases", "Datenbanken"), make_category("harbour", "Harbour", "Hafen")
    make_category("empty", "Empty", "Leer")
    ada, bo = make_person("Ada Berg", slug="ada"), make_person("Bo Çelik", slug="bo")
    german = {"de": {"title": "Warum es brach", "slug": "warum", "summary": "Es brach.", "markdown": "Es *brach*."}}
    with time_machine.travel(NOW, tick=False):
        rows = [
            make_article("Why it broke", slug="why", texts=german, authors=[ada], categories=[data],
                         publish_at=dt.datetime(2025, 7, 3, tzinfo=BERLIN), markdown="It *broke*."),
            make_article("Nur deutsch", slug="nur", locale="de", authors=[bo], categories=[data, harbour],
                         publish_at=dt.datetime(2025, 8, 1, tzinfo=BERLIN)),
            make_article("In French", slug="french", texts={"fr": {"title": "En français", "slug": "francais"}},
                         authors=[ada, bo], categories=[harbour], publish_at=dt.datetime(2024, 1, 2, tzinfo=BERLIN)),
            make_offer("Operator", slug="operator", authors=[bo], categories=[data], workplace="remote", remote=["DE"],
                       publish_at=dt.datetime(2026, 2, 1, tzinfo=BERLIN)),
            make_offer("Designer", slug="designer", authors=[ada],
                       texts={"de": {"title": "Gestaltung", "slug": "gestaltung"}},
                       publish_at=dt.datetime(2026, 2, 2, tzinfo=BERLIN)),
        ]  # fmt: skip
        session().commit()
        yield rows


def titles(response):
    found = [one for one in page_of(response).iter("h3") if "card-title" in one.get("class", "")]
    return [words_of(one).partition(" (")[0] for one in found]


def links(response, cls):
    """{words: address} of the links in elements of a class."""
    boxes = [one for one in page_of(response).iter() if cls in one.get("class", "").split()]
    return {words_of(a): a.get("href") for box in boxes for a in box.iter("a")}


def form(response):
    return next((one for one in page_of(response).iter("form") if "list-filters" in one.get("class", "")), None)


def options(response, name):
    select = next((one for one in form(response).iter("select") if one.get("name") == name), None)
    return None if select is None else [words_of(one) for one in select.iter("option")][1:]


def link_of(response, rel):
    return [one.get("href").removeprefix(SITE) for one in page_of(response).iter("link") if one.get("rel") == rel]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/en/?category=databases", ["Operator", "Nur deutsch", "Why it broke"]),
        ("/en/?kind=article&category=databases&author=ada&year=2025&lang=de", ["Warum es brach"]),
        ("/en/categories/databases/?kind=article&author=bo", ["Nur deutsch"]),
        ("/de/authors/ada/?year=2024", ["In French"]),
        ("/en/archive/2025/?category=harbour", ["Nur deutsch"]),
        ("/en/archive/2025/07/?lang=de", ["Warum es brach"]),
        ("/en/?year=2025&month=08", ["Nur deutsch"]),
        ("/de/?lang=de", ["Gestaltung", "Nur deutsch", "Warum es brach"]),
        ("/en/?lang=fr", ["En français"]),
    ],
)
def test_list_shows_what_was_asked_for(client, posts, path, expected):
    response = client.get(path)
    assert titles(response) == expected
    assert html_problems(response) == []
    assert f"{len(expected)} " in head_of(response, "h2")


def test_what_is_shown_is_said(client, posts):
    assert head_of(client.get("/en/"), "h2") == "Posts", "nothing was chosen"
    english = client.get("/en/?kind=article&category=databases&year=2025&lang=de")
    assert head_of(english, "h1") == "Articles on Databases in German from 2025"
    assert head_of(english, "title") == "Articles on Databases in German from 2025 · Tidenhub"
    assert head_of(english, "h2") == "2 posts"
    german = client.get("/de/authors/ada/?year=2025&month=07")
    assert head_of(german, "h1") == "Artikel und Stellen von Ada Berg vom Juli 2025"
    assert head_of(german, "h2") == "1 Beitrag"
    assert head_of(client.get("/de/categories/databases/"), "h1") == "Datenbanken"
    assert head_of(client.get("/de/archive/2025/07/?lang=de"), "h1") == "Artikel und Stellen auf Deutsch vom Juli 2025"


def test_chips_take_one_choice_away(client, posts):
    page = client.get("/en/?kind=article&category=databases&year=2025&month=07&lang=de")
    assert links(page, "chips") == {
        "Remove this filter: Databases": "/en/?kind=article&year=2025&month=07&lang=de",
        "Remove this filter: 2025": "/en/?kind=article&category=databases&lang=de",
        "Remove this filter: July": "/en/?kind=article&category=databases&year=2025&lang=de",
        "Remove this filter: German": "/en/?kind=article&category=databases&year=2025&month=07",
        "Clear all filters": "/en/",
    }
    on_category = links(client.get("/en/categories/databases/?lang=de"), "chips")
    assert on_category == {
        "Remove this filter: German": "/en/categories/databases/",
        "Clear all filters": "/en/categories/databases/",
    }


def test_kinds_keep_the_other_choices(client, posts):
    kinds = links(client.get("/en/categories/databases/?year=2025&lang=de"), "sorts")
    assert kinds == {}, "there is one kind only"
    kinds = links(client.get("/en/categories/databases/?kind=opening&author=bo&lang=en"), "sorts")
    assert kinds["Everything"] == "/en/categories/databases/?author=bo&lang=en"
    assert links(client.get("/en/?lang=en"), "sorts") == {
        "Articles": "/en/?kind=article&lang=en", "Job offers": "/en/?kind=opening&lang=en"
    }  # fmt: skip


def test_form_offers_what_shows_something_with_its_number(client, posts):
    page = client.get("/en/")
    assert options(page, "category") == ["Databases (3)", "Harbour (2)"]
    assert options(page, "author") == ["Ada Berg (3)", "Bo Çelik (3)"]
    assert options(page, "year") == ["2026 (2)", "2025 (2)", "2024 (1)"]
    assert options(page, "lang") == ["English (4)", "French (1)", "German (3)"]
    assert options(page, "month") is None, "months are those of a chosen year"
    page = client.get("/de/?year=2025")
    assert options(page, "month") == ["Juli (1)", "August (1)"]
    assert options(page, "year") == ["2026 (2)", "2025 (2)", "2024 (1)"], "a choice leaves itself out"
    assert options(client.get("/en/categories/harbour/"), "category") is None, "the path says it"
    assert options(client.get("/en/archive/2025/"), "year") is None


def test_form_without_a_script_leads_to_the_one_address(client, posts):
    page = client.get("/en/?kind=article&lang=de")
    sent = sent_of(form(page)) | {"author": "bo"}
    assert sent == {"kind": "article", "category": "", "author": "bo", "lang": "de"}, "all are of one year"
    answer = client.get(f"{form(page).get('action')}?{urlencode(sent)}")
    assert answer.location == "/en/?kind=article&author=bo&lang=de"
    assert titles(client.get(answer.location)) == ["Nur deutsch"]


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/en/?lang=DE&kind=article", "/en/?kind=article&lang=de"),
        ("/en/?category=gone&author=ada", "/en/?author=ada"),
        ("/en/?author=gone", "/en/"),
        ("/en/categories/databases/?category=harbour&lang=de", "/en/categories/databases/?lang=de"),
        ("/en/archive/2025/?year=2024&month=07&kind=article", "/en/archive/2025/?kind=article"),
        ("/en/?utm_source=mail&lang=de&page=1", "/en/?lang=de"),
        ("/en/?category=%00", "/en/"),
    ],
)
def test_old_and_odd_addresses_lead_to_the_one_that_is_meant(client, posts, path, leads_to):
    assert client.get(path).location == leads_to
    assert client.get(leads_to).status_code == 200


def test_list_of_one_language_shows_those_texts_and_leads_to_them(client, posts):
    page = client.get("/en/?lang=de")
    assert titles(page) == ["Gestaltung", "Nur deutsch", "Warum es brach"]
    cards = [one for one in page_of(page).iter("article") if "card" in one.get("class", "").split()]
    heads = [next(one for one in card.iter("h3")) for card in cards]
    assert [head.get("lang") for head in heads] == ["de"] * 3
    urls = [next(head.iter("a")).get("href") for head in heads]
    assert urls == ["/de/jobs/gestaltung/", "/en/articles/nur/", "/de/articles/warum/"]
    for url in [*urls, "/en/articles/francais/"]:
        assert client.get(url).status_code == 200, f"{url} must not lead elsewhere"
    assert client.get("/de/articles/francais/").location == "/de/articles/french/"
    assert links(client.get("/en/?lang=fr"), "card-title") == {"En français": "/en/articles/francais/"}


def test_nothing_found_names_what_to_leave_out(client, posts):
    page = client.get("/en/?kind=opening&category=databases&lang=de")
    assert head_of(page, "h2") == "No posts"
    ways = links(page, "empty")
    assert ways == {
        "without Openings": "/en/?category=databases&lang=de",
        "without Databases": "/en/?kind=opening&lang=de",
        "without German": "/en/?kind=opening&category=databases",
    }
    assert "without Openings (2 posts)" in words_of(page_of(page))
    assert page.headers["X-Robots-Tag"] == "noindex, follow"
    alone = links(client.get("/de/categories/harbour/?author=ada&year=2026&lang=it"), "empty")
    assert alone == {
        "nur Ada Berg": "/de/categories/harbour/?author=ada", "Alle Filter entfernen": "/de/categories/harbour/"
    }  # fmt: skip


def test_empty_category_is_not_blamed_on_a_choice(client, posts):
    page = client.get("/en/categories/empty/")
    assert "Nothing in this category yet." in words_of(page_of(page))
    assert form(page) is None


@pytest.mark.parametrize(
    ("path", "canonical", "is_indexed"),
    [
        ("/en/", "/en/", True),
        ("/en/?kind=article", "/en/?kind=article", True),
        ("/en/?category=databases", "/en/categories/databases/", True),
        ("/de/?author=bo", "/de/authors/bo/", True),
        ("/en/?year=2025&month=07", "/en/archive/2025/07/", True),
        ("/en/?lang=de", "/en/?lang=de", False),
        ("/en/authors/bo/?category=databases", "/en/categories/databases/?author=bo", False),
        ("/en/archive/2025/?kind=article", "/en/?kind=article&year=2025", False),
    ],
)
def test_search_engines_are_told_one_address_and_no_combinations(client, posts, path, canonical, is_indexed):
    page = client.get(path)
    assert link_of(page, "canonical") == [canonical]
    assert ("X-Robots-Tag" not in page.headers) is is_indexed
    languages = {one.get("hreflang") for one in page_of(page).iter("link") if one.get("hreflang")}
    assert languages == ({"en", "de", "x-default"} if is_indexed else set())


def test_pages_keep_the_choices(client, posts):
    for number in range(13):
        make_article(
            f"More {number}", categories=[make_category("harbour")], publish_at=NOW - dt.timedelta(hours=number + 1)
        )
    session().commit()
    page = client.get("/en/categories/harbour/?kind=article&lang=en")
    assert links(page, "pager")["Next"] == "/en/categories/harbour/?kind=article&lang=en&page=2"
    second = client.get("/en/categories/harbour/?kind=article&lang=en&page=2")
    assert head_of(second, "title").startswith("Articles on Harbour in English · Page 2")
    assert len(titles(second)) == 2
    assert client.get("/en/categories/harbour/?kind=article&lang=en&page=3").status_code == 404


PATHS = {
    "/en/": 7,
    "/en/?kind=article&category=databases&author=ada&year=2025": 7,
    "/en/categories/databases/?lang=en": 8,
    "/en/authors/ada/?kind=article": 9,
    "/en/archive/2025/?author=ada": 8,
    # Texts of another language than the page are loaded and rendered: posts, texts, authors, categories in place of the cards.
    "/en/?lang=de": 10,
}


@pytest.mark.parametrize("number", [1, 3, 300])
def test_same_queries_for_any_number_of_posts(client, queries, number):
    current_site().time_zone = "Europe/Berlin"
    with time_machine.travel(NOW, tick=False):
        post = make_article(
            "One", slug="one", texts={"de": {"title": "Eins", "slug": "eins"}}, authors=[make_person(slug="ada")],
            categories=[make_category("databases")], publish_at=dt.datetime(2025, 7, 1, tzinfo=BERLIN),
        )  # fmt: skip
        session().commit()
        copy_post(post, number - 1)
        session().commit()
        for path, count in PATHS.items():
            session().expunge_all()
            with queries() as log:
                page = client.get(path)
            assert (len(log), len(titles(page))) == (count, min(number, 12)), (path, log)


FEEDS = [
    ("/en/feed.{}", "Tidenhub", "en", 5),
    ("/en/feed.{}?lang=de", "Tidenhub: Articles and openings in German", "de", 3),
    ("/de/feed.{}?lang=fr", "Tidenhub: Artikel und Stellen auf Französisch", "fr", 1),
    ("/en/feed.{}?year=2025&lang=de", "Tidenhub: Articles and openings in German from 2025", "de", 2),
    ("/en/categories/databases/feed.{}", "Databases at Tidenhub", "en", 3),
    ("/en/categories/databases/feed.{}?kind=article&author=ada&lang=de",
     "Tidenhub: Articles on Databases by Ada Berg in German", "de", 1),
    ("/en/authors/ada/feed.{}?year=2024", "Tidenhub: Articles and openings by Ada Berg from 2024", "en", 1),
]  # fmt: skip


@pytest.mark.parametrize(("path", "title", "lang", "count"), FEEDS)
def test_feed_of_any_list_is_valid_and_says_what_it_is(client, posts, path, title, lang, count):
    atom, found = client.get(path.format("atom")), client.get(path.format("json"))
    assert xml_problems("atom", atom.text) == []
    feed = json.loads(found.text)
    assert json_problems("feed", feed) == []
    tree = ET.fromstring(atom.text)
    assert tree.findtext(f"{ATOM}title") == feed["title"] == title
    assert tree.get(XML_LANG) == feed["language"] == lang
    assert len(feed["items"]) == len(tree.findall(f"{ATOM}entry")) == count
    assert tree.findtext(f"{ATOM}id").startswith("urn:uuid:")
    assert feed["feed_url"] == SITE + path.format("json")
    page = client.get(urlsplit(feed["home_page_url"])._replace(scheme="", netloc="").geturl())
    assert len(titles(page)) == count
    assert [SITE + one for one in link_of(page, "alternate") if "/feed." in one] == [
        SITE + path.format("atom"), SITE + path.format("json")
    ]  # fmt: skip


def test_feed_of_a_language_has_each_text_in_it(client, posts):
    tree = ET.fromstring(client.get("/en/feed.atom?lang=de").text)
    entries = tree.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title").partition(" (")[0] for one in entries] == [
        "Gestaltung", "Nur deutsch", "Warum es brach"
    ]  # fmt: skip
    assert {one.get(XML_LANG) for one in entries} == {"de"}
    assert tree.find(f"{ATOM}title").get(XML_LANG) == "en", "the title is in the page's language"
    assert "Es <em>brach</em>" in entries[2].findtext(f"{ATOM}content")
    assert entries[2].find(f"{ATOM}link").get("href") == f"{SITE}/de/articles/warum/"
    items = json.loads(client.get("/en/feed.json?lang=de").text)["items"]
    assert {item["language"] for item in items} == {"de"}
    assert "Es <em>brach</em>" in items[2]["content_html"]


def test_feed_has_one_id_whichever_address_was_asked(client, posts):
    ids = {
        ET.fromstring(client.get(path).text).findtext(f"{ATOM}id")
        for path in (
            "/en/feed.atom?lang=de&category=databases",
            "/en/categories/databases/feed.atom?x=y&lang=de",
            "/en/feed.atom?category=databases&kind=nonsense&lang=DE",
        )
    }
    assert len(ids) == 1
    other = client.get("/en/categories/databases/feed.atom").text
    assert ET.fromstring(other).findtext(f"{ATOM}id") not in ids


def test_feed_of_what_is_gone_is_empty_and_not_everything(client, posts):
    assert client.get("/en/feed.json?category=gone").json["items"] == []
    assert client.get("/en/feed.json?author=gone&lang=de").json["items"] == []
    assert client.get("/en/categories/gone/feed.json").status_code == 404


def test_feeds_of_one_language_stand_where_one_follows(client, posts):
    found = links(client.get("/en/"), "follow")
    assert found["German"] == "/en/feed.atom?lang=de"
    assert found["French"] == "/en/feed.atom?lang=fr"
    assert found["Follow in a feed reader"] == "/en/feed.atom"
    assert found["JSON Feed"] == "/en/feed.json"
    assert found["Get new ones by mail"] == "/en/alerts/posts/"
    found = links(client.get("/de/categories/databases/?kind=article"), "follow")
    assert found["Deutsch"] == "/de/categories/databases/feed.atom?kind=article&lang=de"
    assert found["Neue per Mail erhalten"] == "/de/alerts/posts/?kind=article&category=databases"
    for path in ("/en/?lang=it", "/en/archive/2026/02/"):
        assert "Follow in a feed reader" in links(client.get(path), "follow")
    assert "German" not in links(client.get("/en/authors/bo/?category=databases&year=2026"), "follow"), (
        "one language only"
    )


def test_alert_of_a_time_that_is_over_is_asked_without_it(client, posts):
    assert (
        links(client.get("/en/archive/2025/?lang=de"), "follow")["Get new ones by mail"] == "/en/alerts/posts/?lang=de"
    )
    now = links(client.get("/en/archive/2026/"), "follow")["Get new ones by mail"]
    assert now == "/en/alerts/posts/?year=2026"
    assert "Articles and openings from 2026" in words_of(page_of(client.get(now)))
    back = links(client.get(now), "eyebrow")["Back to the list"]
    assert (back, client.get(back).status_code) == ("/en/?year=2026", 200)


def test_months_of_a_year_keep_the_choices(client, posts):
    months = links(client.get("/en/archive/2025/?author=ada"), "archive-months")
    assert months == {"July": "/en/archive/2025/07/?author=ada"}
    assert client.get("/en/archive/2025/01/").status_code == 404
    assert client.get("/en/archive/2025/?lang=it").status_code == 200, "the year is there, only not in Italian"


def test_categories_renamed_or_emptied_change_what_is_offered(client, posts):
    session().query(Categorization).filter(Categorization.post_id == posts[2].id).delete()
    session().commit()
    assert options(client.get("/en/"), "category") == ["Databases (3)", "Harbour (1)"]
