"""What machines read is valid by its schema, says what is true, and forgets an opening in the second it closes."""

import datetime as dt
import io
import json
import re
from decimal import Decimal
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from jobboard.core import clock
from jobboard.core.db import session, writing
from jobboard.posts.actions import save_text
from jobboard.posts.models import Post, PostText
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import html_problems, page_of, structured
from tests.schemas import json_problems, xml_problems

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CLOSING = dt.datetime(2031, 10, 26, 0, 59, 59, tzinfo=dt.UTC)
FEEDS = ["/en/", "/de/", "/en/jobs/", "/de/jobs/", "/en/categories/linux/", "/en/authors/alma/"]


@pytest.fixture
def site(app):
    """An article in two languages, a German one, and openings of every kind of workplace; "closing" closes."""
    linux, alma = make_category("linux", "Linux", "Linux"), make_person("Alma Berg", slug="alma")
    make_article(
        "Why <it> broke & what we did", slug="why", authors=[alma], categories=[linux], markdown="## So\n\nIt *broke*.",
        texts={"de": {"title": "Warum es brach", "slug": "warum", "markdown": "Es brach."}},
    )  # fmt: skip
    make_article("Draft", slug="draft", draft=True)
    make_offer(
        "Closing", slug="closing", closes_at=CLOSING, workplace="remote", remote=["DE", "AT"], contract="permanent",
        hours="full_or_part_time", pay_min=Decimal(50_000), pay_max=Decimal(60_000), pay_currency="EUR", pay_period="year",
        categories=[linux], authors=[alma], summary="Servers & <people>.", markdown="Servers ]]> and more.",
    )  # fmt: skip
    make_offer("Hybrid", slug="hybrid", workplace="hybrid", places=["DE/Kiel", "AT/Wien"], categories=[linux])
    make_offer("Nowhere", slug="nowhere", contract="internship", level="entry")
    session().commit()


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response


def places(client, path):
    """(path, last change) of every address in a sitemap file."""
    tree = ET.fromstring(read(client, path).text)
    return {urlsplit(one.findtext(f"{SITEMAP}loc")).path: one.findtext(f"{SITEMAP}lastmod") for one in tree}


def test_sitemap_is_valid_and_leads_to_every_page_that_is_there(client, site):
    index = places(client, "/sitemap.xml")
    assert list(index) == ["/sitemap-pages.xml", "/sitemap-article-1.xml", "/sitemap-opening-1.xml"]
    found = {}
    for path in ["/sitemap.xml", *index]:
        assert xml_problems("sitemap", client.get(path).text) == [], path
    for path in index:
        found |= places(client, path)
    assert {path for path in found if "/articles/" in path} == {"/en/articles/why/", "/de/articles/warum/"}
    assert {path for path in found if path.startswith("/en/jobs/")} == {
        "/en/jobs/", "/en/jobs/closing/", "/en/jobs/hybrid/", "/en/jobs/nowhere/"
    }  # fmt: skip
    for path in found:
        links = [one for one in page_of(read(client, path)).iter("link") if one.get("rel") == "canonical"]
        assert [urlsplit(one.get("href")).path for one in links] == [path][: len(links)]
        assert links or path.endswith(("/imprint/", "/privacy/")), "legal pages nobody has written yet"
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").text


def test_last_change_in_the_sitemap_is_when_the_text_changed(client, site):
    changed_at = dt.datetime(2031, 5, 4, 3, 2, 1, tzinfo=dt.UTC)
    before = places(client, "/sitemap-article-1.xml")
    assert before == places(client, "/sitemap-article-1.xml"), "not the moment at which it is asked for"
    with time_machine.travel(changed_at, tick=False), writing() as current:
        article = current.execute(sa.select(Post).join(Post.texts).where(PostText.slug == "why")).scalar_one()
        save_text(article, "en", title="Why", summary="", markdown="Otherwise.", slug="why")
    with time_machine.travel(changed_at + dt.timedelta(days=1)):
        assert places(client, "/sitemap-article-1.xml")["/en/articles/why/"] == "2031-05-04T03:02:01+00:00"
        assert places(client, "/sitemap.xml")["/sitemap-article-1.xml"] == "2031-05-04T03:02:01+00:00"


def test_sitemap_beyond_its_files_is_unknown(client, site):
    assert client.get("/sitemap-opening-2.xml").status_code == 404
    assert client.get("/sitemap-draft-1.xml").status_code == 404


def test_file_for_aggregators_is_valid_and_has_every_place(client, site):
    with time_machine.travel(clock.now(), tick=False):  # the file tells its second
        text = read(client, "/jobs.xml").text
        assert client.get("/jobs.xml", headers={"Accept-Language": "de"}).text == text, "one file for everybody"
    assert xml_problems("jobs", text) == []
    jobs = [{row.tag: row.text for row in job} for job in ET.fromstring(text).iter("job")]
    assert [job["title"] for job in jobs] == ["Closing (m/w/d)"] * 2 + ["Hybrid (m/w/d)"] * 2 + ["Nowhere (m/w/d)"]
    assert [(job["country"], job["city"]) for job in jobs[:4]] == [
        ("AT", None), ("DE", None), ("DE", "Kiel"), ("AT", "Wien")
    ]  # fmt: skip
    closing = jobs[0]
    assert (closing["remotetype"], closing["jobtype"], closing["category"]) == (
        "Fully remote",
        "fulltime, parttime",
        "Linux",
    )
    assert closing["expirationdate"] == "2031-10-26T00:59:59+00:00"
    assert "]]>" in closing["description"].replace("&gt;", ">")


def test_file_for_aggregators_is_not_sent_twice(client, site):
    first = read(client, "/jobs.xml")
    again = client.get("/jobs.xml", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    make_offer("New", slug="new")
    session().commit()
    assert client.get("/jobs.xml", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_file_for_aggregators_speaks_the_language_of_each_advert(client, site):
    make_offer(
        "Gärtnerin", locale="de", markdown="Rosen.", level="senior", pay_min=Decimal(20), pay_currency="EUR", pay_period="hour",
        categories=[make_category("garden", "Garden", "Garten")],
    )  # fmt: skip
    session().commit()
    job = next(
        one for one in ET.fromstring(read(client, "/jobs.xml").text).iter("job") if "Gärtnerin" in one.findtext("title")
    )
    assert [job.findtext(name) for name in ("salary", "category", "experience")] == [
        "ab 20\xa0€ pro Stunde",
        "Garten",
        "Senior",
    ]


@pytest.mark.parametrize(
    "query", ["workplace=hybrid", "q=%3Cb%3E%26%22&sort=pay", "q=hybrid&place=DE&speaks=de:C2", "category=nowhere"]
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_feeds_of_a_choice_are_valid(client, site, language, query):
    path = f"/{language}/jobs/feed"
    assert xml_problems("atom", read(client, f"{path}.atom?{query}").text) == []
    assert json_problems("feed", json.loads(read(client, f"{path}.json?{query}").text)) == []


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_are_valid_and_say_the_same(client, site, path):
    atom, found = read(client, f"{path}feed.atom"), read(client, f"{path}feed.json")
    assert xml_problems("atom", atom.text) == []
    assert found.content_type == "application/feed+json; charset=utf-8"
    feed = json.loads(found.text)
    assert json_problems("feed", feed) == []
    entries = ET.fromstring(atom.text).iter("{http://www.w3.org/2005/Atom}entry")
    assert [one.findtext("{http://www.w3.org/2005/Atom}id") for one in entries] == [
        item["id"] for item in feed["items"]
    ]
    assert feed["items"]
    links = [one for one in page_of(read(client, path)).iter("link") if one.get("rel") == "alternate"]
    by_type = {one.get("type"): one.get("href") for one in links if one.get("type")}
    assert by_type["application/feed+json"] == feed["feed_url"] == f"http://127.0.0.1:8000{path}feed.json"
    assert by_type["application/atom+xml"] == f"http://127.0.0.1:8000{path}feed.atom"


def test_texts_that_are_read_elsewhere_name_the_host(client, site):
    body = "Read [why](/en/articles/why/), ![it](/files/a/b.png) and [more](#s-more).\n\n## More"
    make_article("Linked", slug="linked", markdown=body)
    make_offer("Linked", slug="linked", markdown=body, workplace="hybrid", places=["DE/Kiel"])
    session().commit()
    [item] = [one for one in json.loads(read(client, "/en/feed.json").text)["items"] if one["title"] == "Linked"]
    job = next(
        one for one in ET.fromstring(read(client, "/jobs.xml").text).iter("job") if "Linked" in one.findtext("title")
    )
    posting = structured(read(client, "/en/jobs/linked/"))["JobPosting"]
    for text in (item["content_html"], job.findtext("description"), posting["description"]):
        assert 'href="http://127.0.0.1:8000/en/articles/why/"' in text
        assert 'src="http://127.0.0.1:8000/files/a/b.png"' in text
        assert re.search(r'href="http://127.0.0.1:8000/en/(?:articles|jobs)/linked/#s-more"', text)
    assert "&lt;img src=&#34;http://127.0.0.1:8000/files/a/b.png" in read(client, "/en/feed.atom").text


def test_feed_of_a_choice_holds_that_choice(client, site):
    feed = json.loads(read(client, "/en/jobs/feed.json?workplace=hybrid").text)
    assert [item["title"] for item in feed["items"]] == ["Hybrid (m/w/d)"]
    assert "Hybrid" in feed["title"]
    assert feed["home_page_url"] == "http://127.0.0.1:8000/en/jobs/?workplace=hybrid"


MACHINES = [
    "/sitemap-opening-1.xml",
    "/jobs.xml",
    *(f"{path}feed.{form}" for path in FEEDS for form in ("atom", "json")),
    "/en/jobs/?q=servers",
    "/en/search/?q=servers",
    "/en/jobs/hybrid/",
]


@pytest.mark.parametrize("path", MACHINES)
def test_closed_opening_leaves_everything_in_the_same_second(client, site, path):
    with time_machine.travel(CLOSING - dt.timedelta(seconds=1), tick=False):
        first = read(client, path)
        assert "closing" in first.text, path
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    with time_machine.travel(CLOSING, tick=False):
        after = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (after.status_code, "jobs/closing/" in after.text) == (200, False), path


def test_picture_of_a_link_is_a_picture_and_goes_with_the_opening(client, site):
    with time_machine.travel(CLOSING - dt.timedelta(seconds=1), tick=False):
        tags = open_graph(client, "/en/jobs/closing/")
        path = tags["og:image"].removeprefix("http://127.0.0.1:8000")
        response = read(client, path)
        picture = Image.open(io.BytesIO(response.data))
        assert (picture.format, picture.size, response.content_type) == ("PNG", (1200, 630), "image/png")
        assert tags["og:title"] == "Closing (m/w/d)"
        assert tags["og:description"] == "Servers & <people>."
        assert (tags["og:url"], tags["og:locale"]) == ("http://127.0.0.1:8000/en/jobs/closing/", "en_US")
    with time_machine.travel(CLOSING, tick=False):
        assert client.get(path).status_code == 410
        assert "og:image" not in open_graph(client, "/en/jobs/closing/", status=410)
    assert client.get("/en/jobs/unknown/picture.png").status_code == 404


def test_article_tells_networks_when_and_by_whom(client, site):
    tags = open_graph(client, "/de/articles/warum/")
    assert tags["og:type"] == "article"
    assert (tags["og:locale"], tags["og:locale:alternate"]) == ("de_DE", "en_US")
    assert tags["article:author"] == "http://127.0.0.1:8000/de/authors/alma/"
    assert dt.datetime.fromisoformat(tags["article:published_time"]) < clock.now()
    assert read(client, tags["og:image"].removeprefix("http://127.0.0.1:8000")).data[1:4] == b"PNG"


def open_graph(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return {one.get("property"): one.get("content") for one in page_of(response).iter("meta") if one.get("property")}


def test_languages_of_a_page_name_one_for_everybody_else(client, site):
    for path, default in [("/de/jobs/", "/en/jobs/"), ("/de/", "/en/"), ("/de/articles/warum/", "/en/articles/why/")]:
        links = [one for one in page_of(read(client, path)).iter("link") if one.get("hreflang")]
        assert {one.get("hreflang") for one in links} == {"en", "de", "x-default"}
        assert [one.get("href") for one in links if one.get("hreflang") == "x-default"] == [
            f"http://127.0.0.1:8000{default}"
        ]


PAGES = [
    "/", "/jobs/", "/jobs/?workplace=hybrid&speaks=de:B2&q=servers", "/jobs/?q=nothingatall", "/jobs/closing/",
    "/jobs/closing/apply/", "/search/", "/search/?q=servers", "/search/?q=nothingatall", "/articles/why/",
    "/categories/linux/", "/authors/alma/", "/imprint/", "/nowhere-at-all/",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
def test_pages_are_valid_html(client, site, language):
    with time_machine.travel(CLOSING - dt.timedelta(days=1), tick=False):
        for path in PAGES:
            response = client.get(f"/{language}{path}", follow_redirects=True)
            assert html_problems(response) == [], path
    with time_machine.travel(CLOSING, tick=False):
        assert html_problems(client.get(f"/{language}/jobs/closing/")) == []
