"""What search engines read of the blog is valid by their rules and says what the page says."""

import datetime as dt

import pytest

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.posts.actions_series import ensure_series, set_series
from tests.factories import make_article, make_category, make_person
from tests.pages import html_problems, page_of, structured

LINKS = [{"label": "Mastodon", "url": "https://social.example/@alma"}]


@pytest.fixture
def article(app):
    alma = make_person("Alma Berg", slug="alma", job={"en": "Editor"}, links=LINKS, bio={"en": "Writes *much*."})
    linux, soon = make_category("linux", "Linux"), clock.now() - dt.timedelta(hours=1)
    post = make_article(
        "Why </script><b> broke " + "x" * 120, slug="why", authors=[alma, make_person("Bo")], categories=[linux],
        publish_at=soon, texts={"de": {"title": "Warum", "slug": "warum"}},
    )  # fmt: skip
    post.updated_at = soon - dt.timedelta(days=3)
    set_series(post, ensure_series("Outages", "en"), 1)
    session().commit()
    return post


def test_article_says_what_it_is(client, article):
    page = client.get("/en/articles/why/")
    assert html_problems(page) == []
    found = structured(page)
    posting, trail = found["BlogPosting"], found["BreadcrumbList"]
    assert posting["mainEntityOfPage"]["@id"] == "http://127.0.0.1:8000/en/articles/why/"
    assert [one["name"] for one in posting["author"]] == ["Alma Berg", "Bo"]
    assert posting["author"][0]["url"] == "http://127.0.0.1:8000/en/authors/alma/"
    assert posting["author"][0]["sameAs"] == ["https://social.example/@alma"]
    assert posting["dateModified"] == posting["datePublished"], "never before it was published"
    assert posting["datePublished"][-6:] in {"+01:00", "+02:00"}, "the site's offset"
    assert client.get(posting["image"][0].removeprefix("http://127.0.0.1:8000")).content_type == "image/png"
    assert [one["name"] for one in trail["itemListElement"]][:2] == ["Blog", "Linux"]
    german = structured(client.get("/de/articles/warum/"))["BlogPosting"]
    assert (german["inLanguage"], german["headline"]) == ("de", "Warum")


def test_tags_for_other_sites_never_say_that_it_changed_before_it_appeared(client, article):
    tags = {one.get("property"): one.get("content") for one in page_of(client.get("/en/articles/why/")).iter("meta")}
    assert tags["article:modified_time"] == tags["article:published_time"]


def test_front_page_author_and_lists_say_what_they_are(client, article):
    home = structured(client.get("/de/"))
    assert set(home) == {"Organization", "WebSite"}
    assert home["WebSite"]["url"] == "http://127.0.0.1:8000/de/"
    author = structured(client.get("/en/authors/alma/"))
    assert author["ProfilePage"]["mainEntity"]["description"] == "Writes much."
    assert author["ProfilePage"]["mainEntity"]["jobTitle"] == "Editor"
    paths = ("/en/authors/alma/", "/de/categories/linux/", "/en/series/outages/", "/en/categories/", "/de/series/")
    for path in paths:
        steps = structured(client.get(path))["BreadcrumbList"]["itemListElement"]
        assert steps[-1]["item"].endswith(path)
        assert {client.get(step["item"].removeprefix("http://127.0.0.1:8000")).status_code for step in steps} == {200}
