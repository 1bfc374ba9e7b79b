"""The archive by the site's years and months, kinds of posts, and the articles before and after."""

import datetime as dt
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.site.queries import current_site
from jobboard.timeline.queries_sitemap import months_shown
from tests.factories import make_article, make_category, make_offer
from tests.pages import page_of, words_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def posts(app):
    current_site().time_zone = "Europe/Berlin"
    category = make_category("operations")
    made = [
        make_article("Old year", publish_at=dt.datetime(2024, 12, 31, 23, 59, tzinfo=BERLIN), categories=[category]),
        make_article("New year", publish_at=dt.datetime(2025, 1, 1, 0, 0, tzinfo=BERLIN), categories=[category]),
        make_offer("Stoker", publish_at=dt.datetime(2025, 6, 30, 23, 30, tzinfo=BERLIN)),
        make_article("Summer", publish_at=dt.datetime(2025, 7, 1, 0, 30, tzinfo=BERLIN)),
        make_article("Draft", draft=True),
    ]
    session().commit()
    return made


def shown(answer):
    page = page_of(answer)
    return [words_of(one) for one in page.iter("h2") if "card-title" in one.get("class", "")] or [
        words_of(one) for one in page.iter("h3") if "card-title" in one.get("class", "")
    ]


def test_years_and_months_are_those_of_the_sites_zone(client, posts):
    index = words_of(page_of(client.get("/en/archive/")))
    assert "2025 3 posts2024 1 post" in index
    year = client.get("/de/archive/2025/")
    assert "Januar 1Juni 1Juli 1" in words_of(page_of(year))
    assert len(shown(year)) == 3
    assert len(shown(client.get("/en/archive/2024/"))) == 1
    month = client.get("/de/archive/2025/07/")
    assert "Juli 2025" in words_of(page_of(month))
    assert shown(month) == ["Summer"]


@pytest.mark.twice
def test_sitemap_has_the_years_and_months_with_posts(client, posts, queries):
    addresses = [
        one.text for one in ET.fromstring(client.get("/sitemap-pages.xml").text).iter() if one.tag.endswith("loc")
    ]
    assert [one.partition("/de/archive/")[2] for one in addresses if "/de/archive/2" in one] == [
        "2024/", "2025/", "2024/12/", "2025/01/", "2025/06/", "2025/07/"
    ]  # fmt: skip
    make_article("Older", publish_at=dt.datetime(2022, 5, 2, tzinfo=BERLIN))
    session().commit()
    with queries() as log:
        assert months_shown(clock.now())[:2] == [(2022, 5), (2024, 12)]
    assert len(log) == 4, "the site's zone, the span, and 39 months, 24 at once"


@pytest.mark.parametrize("path", ["2023/", "2025/02/", "2025/13/", "2025/00/", "25/", "0000/", "9999/"])
def test_time_without_posts_is_unknown(client, posts, path):
    assert client.get(f"/en/archive/{path}").status_code == 404


def test_empty_archive_says_so(client):
    assert "Nothing has been published yet." in words_of(page_of(client.get("/en/archive/")))


@pytest.mark.parametrize("path", ["/en/", "/en/archive/2025/", "/en/categories/operations/"])
def test_list_and_feed_of_one_kind(client, posts, path):
    everything = shown(client.get(path))
    articles = shown(client.get(f"{path}?kind=article"))
    offers = shown(client.get(f"{path}?kind=opening"))
    assert sorted(everything) == sorted(articles + offers)
    assert all("Stoker" not in title for title in articles)
    assert client.get(f"{path}?kind=nonsense").location == path


def test_feed_follows_the_kind(client, posts):
    feed = client.get("/en/feed.json?kind=opening").json
    assert [item["title"].partition(" (")[0] for item in feed["items"]] == ["Stoker"]
    page = client.get("/en/?kind=opening").text
    assert "/en/feed.atom?kind=opening" in page


def test_article_leads_to_the_one_before_after_and_to_related_ones(client, posts):
    def links(slug, rel):
        page = page_of(client.get(f"/en/articles/{slug}/"))
        return [one.get("href") for one in page.iter("a") if one.get("rel") == rel]

    assert links("old-year", "prev") == []
    assert links("old-year", "next") == ["/en/articles/new-year/"]
    assert links("new-year", "prev") == ["/en/articles/old-year/"]
    assert links("new-year", "next") == ["/en/articles/summer/"]
    assert links("summer", "next") == []
    assert "More on this" in words_of(page_of(client.get("/en/articles/new-year/")))


def test_same_number_of_queries_for_one_year_and_for_many(client, posts, queries):
    def counted(path):
        client.get(path)
        with queries() as log:
            client.get(path)
        return len(log)

    few, year = counted("/en/archive/"), counted("/en/archive/2025/")
    for number in range(2000, 2020):
        make_article(f"Of {number}", publish_at=dt.datetime(number, 5, 5, tzinfo=dt.UTC))
    for number in range(8):
        make_article(f"One more {number}", publish_at=dt.datetime(2025, 5, 5 + number, tzinfo=dt.UTC))
    session().commit()
    assert (counted("/en/archive/"), counted("/en/archive/2025/")) == (few, year)
