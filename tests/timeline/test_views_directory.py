"""The lists of all categories, authors and series; and what an author's page and an opening's say of each other."""

import datetime as dt

import pytest

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.posts.actions_series import ensure_series, set_series
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import html_problems, page_of, words_of

LISTS = ("categories", "authors", "series")


def lines(response):
    [found] = [one for one in page_of(response).iter("ul") if one.get("class") == "directory"]
    return [words_of(line) for line in found.iter("li")]


@pytest.fixture
def blog(app):
    alma, bo = make_person("Alma Berg", job={"de": "Redaktion"}), make_person("Bo Çelik", slug="bo")
    linux, empty = make_category("linux", "Linux", "Linux"), make_category("empty", "Empty", "Leer")
    linux.description = {"de": "Alles über Server."}
    article = make_article("One", authors=[alma, bo], categories=[linux])
    make_article("Two", authors=[alma], categories=[linux])
    make_offer("Operator", authors=[alma], categories=[linux])
    make_offer("Closed", authors=[bo], categories=[empty], closed_at=clock.now() - dt.timedelta(hours=1))
    set_series(article, ensure_series("Outages", "en"), 1)
    make_person("Nobody")
    session().commit()


def test_lists_say_how_much_there_is(client, blog):
    assert lines(client.get("/en/categories/")) == ["Linux Alles über Server. 2 articles · 1 job offer"]
    assert lines(client.get("/en/authors/")) == [
        "AB Alma Berg Redaktion 2 articles · 1 job offer", "BÇ Bo Çelik 1 article"
    ]  # fmt: skip
    assert lines(client.get("/en/series/")) == ["Outages 1 article"]
    page = client.get("/en/categories/").text
    assert '<p lang="de">Alles über Server.</p>' in page
    assert "<p>Alles über Server.</p>" in client.get("/de/categories/").text
    assert '<p class="lead" lang="de">Alles' in client.get("/en/categories/linux/").text


@pytest.mark.parametrize("language", ["en", "de"])
def test_lists_are_linked_and_in_the_sitemap(client, blog, language):
    archive, sitemap = client.get(f"/{language}/archive/").text, client.get("/sitemap-pages.xml").text
    for name in LISTS:
        page = client.get(f"/{language}/{name}/")
        assert page.status_code == 200
        assert html_problems(page) == []
        assert f'href="/{language}/{name}/"' in archive
        assert f"/{language}/{name}/<" in sitemap
    assert f"/{language}/series/outages/<" in sitemap
    assert f'href="/{language}/authors/"' in client.get(f"/{language}/authors/bo/").text


@pytest.mark.parametrize("name", LISTS)
def test_empty_lists_say_so(client, name):
    page = client.get(f"/de/{name}/")
    assert page.status_code == 200
    assert "directory" not in [one.get("class") for one in page_of(page).iter("ul")]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.twice
def test_lists_ask_as_often_for_many(client, queries, name):
    taken = set()
    for number in (1, 3, 30):
        for one in range(number):
            person, topic = make_person(f"Person {one}"), make_category(f"topic-{number}-{one}")
            post = make_article("Post", authors=[person], categories=[topic])
            set_series(post, ensure_series(f"Series {number} {one}", "en"), 1)
        session().commit()
        session().expunge_all()
        with queries() as log:
            assert client.get(f"/en/{name}/").status_code == 200
        taken.add(len(log))
    assert taken == {3}, log


def test_author_and_contact_lead_to_each_other(client):
    alma, kim = make_person("Alma Berg", slug="alma"), make_person("Kim Lee", slug="kim")
    make_article("Words", authors=[alma])
    make_offer("Operator", slug="operator", contact=alma, places=["DE/Kiel"], contract="permanent")
    make_offer("Closed", contact=alma, closed_at=clock.now())
    make_offer("Other", slug="other", contact=kim)
    session().commit()
    page = client.get("/en/authors/alma/").text
    assert "Operator (m/w/d)" in page
    assert "Permanent · Kiel" in page
    assert "Closed" not in page
    assert '<a href="/en/authors/alma/"><bdi>Alma Berg' in client.get("/en/jobs/operator/").text
    assert "/en/authors/kim/" not in client.get("/en/jobs/other/").text
    alma.left_at = clock.now()
    session().commit()
    assert "Operator (m/w/d)" not in client.get("/en/authors/alma/").text


@pytest.mark.parametrize("number", [1, 3])
def test_article_shows_the_facts_of_openings(client, queries, number):
    topic = make_category("linux")
    make_article("Words", slug="words", categories=[topic])
    for one in range(number):
        make_offer(f"Operator {one}", categories=[topic], places=["DE/Kiel"], needs=[("de", "C1", True)])
    session().commit()
    session().expunge_all()
    with queries() as log:
        page = client.get("/en/articles/words/").text
    assert page.count("Kiel · German C1") == number
    assert len(log) == 18, "\n".join(log)


def test_sentence_to_readers_of_other_languages_has_its_language(client):
    make_article("Wort", slug="wort", locale="de", notice="Because of the law.")
    make_offer("Work", slug="work", locale="en", notice="Wegen des Teams.")
    session().commit()
    assert '<span lang="en">Because of the law.</span>' in client.get("/en/articles/wort/").text
    assert '<span lang="de">Wegen des Teams.</span>' in client.get("/de/jobs/work/").text
