"""Writing articles, through the desk's door."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.posts.models import Phase, Post
from tests.factories import make_article, make_category, make_person
from tests.pages import html_problems


def token_of(page: str) -> str:
    """The CSRF token of a page's first form."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)


def send(client, url: str, **data):
    """Send a form of the page at `url` as a browser would."""
    data.setdefault("csrf_token", token_of(client.get(url).text))
    return client.post(url, data=data)


def the_post() -> Post:
    session().expire_all()
    return session().execute(sa.select(Post)).scalar_one()


def test_author_writes_previews_and_publishes_an_article(client, sign_in):
    author = sign_in("author", name="Alma Berg")
    category = make_category("technology")
    session().commit()
    form = {
        "title": "Why it broke",
        "summary": "In short",
        "markdown": "## First\n\nIt *broke*.",
        "authors-0": str(author.id),
        "categories-0": str(category.id),
        "preview": "1",
    }
    saved = send(client, "/desk/posts/new/", **form)
    assert saved.status_code == 303
    preview = client.get(saved.location)
    assert "<em>broke</em>" in preview.text
    assert client.get("/en/articles/why-it-broke/").status_code == 404
    post = the_post()
    edit = f"/desk/posts/{post.id}/en/"
    published = client.post(f"/desk/posts/{post.id}/publish/", data={"csrf_token": token_of(client.get(edit).text)})
    assert published.status_code == 303
    assert "Why it broke" in client.get("/en/").text
    assert [one.slug for one in the_post().categories] == ["technology"]
    taken_back = client.post(f"/desk/posts/{post.id}/draft/", data={"csrf_token": token_of(client.get(edit).text)})
    assert taken_back.status_code == 303
    assert client.get("/en/articles/why-it-broke/").status_code == 404


def test_empty_title_is_told_and_nothing_typed_is_lost(client, sign_in):
    sign_in("author")
    page = send(client, "/desk/posts/new/", title=" ", markdown="A long text I typed", slug="Not A Slug")
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    assert "A long text I typed" in page.text
    assert "Not A Slug" in page.text
    assert session().execute(sa.select(Post)).first() is None


def test_translation_is_added_to_the_same_post(client, sign_in):
    sign_in("recruiter")
    post = make_article("Why", slug="why")
    session().commit()
    url = f"/desk/posts/{post.id}/de/"
    version = re.search(r'name="version"[^>]*value="(\d+)"', client.get(url).text).group(1)
    assert send(client, url, title="Warum", version=version).status_code == 303
    assert {text.locale: text.slug for text in the_post().texts} == {"en": "why", "de": "warum"}


def test_two_people_saving_at_once_lose_nothing(client, sign_in):
    sign_in("author")
    post = make_article("First", slug="first")
    session().commit()
    url = f"/desk/posts/{post.id}/en/"
    page = client.get(url).text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)
    token = token_of(page)
    first = client.post(url, data={"csrf_token": token, "version": version, "title": "Saved first"})
    assert first.status_code == 303
    second = client.post(url, data={"csrf_token": token, "version": version, "title": "Typed second"})
    assert second.status_code == 409
    assert "Typed second" in second.text
    assert "Saved first" in second.text
    assert the_post().texts[0].title == "Saved first"


def test_scheduling_speaks_the_sites_time(client, sign_in):
    with time_machine.travel(dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC), tick=False):
        sign_in("author")
        post = make_article("Later", draft=True)
        session().commit()
        token = token_of(client.get(f"/desk/posts/{post.id}/en/").text)
        url = f"/desk/posts/{post.id}/publish/"
        client.post(url, data={"csrf_token": token, "publish_at": "2026-10-25T09:00"})
        assert the_post().publish_at == dt.datetime(2026, 10, 25, 8, tzinfo=dt.UTC)
        assert the_post().phase(clock.now()) is Phase.scheduled


def test_hour_that_does_not_exist_is_refused(client, sign_in):
    sign_in("author")
    post = make_article("Later", draft=True)
    session().commit()
    token = token_of(client.get(f"/desk/posts/{post.id}/en/").text)
    page = client.post(f"/desk/posts/{post.id}/publish/", data={"csrf_token": token, "publish_at": "2027-03-28T02:30"})
    assert page.status_code == 422
    assert "does not exist" in page.text
    assert the_post().phase(clock.now()) is Phase.draft


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(client, sign_in, queries, count):
    sign_in("author")
    for number in range(count):
        make_article(f"Post {number}", authors=[make_person(), make_person()])
    session().commit()
    with queries() as log:
        assert client.get("/desk/posts/?phase=open").status_code == 200
    assert len(log) == 8, log


def test_unknown_article_and_language_are_not_found(client, sign_in):
    sign_in("author")
    post = make_article()
    session().commit()
    assert client.get("/desk/posts/999999/en/").status_code == 404
    assert client.get(f"/desk/posts/{post.id}/fr/").status_code == 404
    assert client.get(f"/desk/posts/{post.id}/de/preview/").status_code == 404


def test_article_is_looked_at_and_never_hindered(client, sign_in):
    sign_in("author")
    post = make_article(
        "Draft", locale="en", draft=True, markdown="[old](/en/articles/gone/) ![](/files/ab/none/a.png)"
    )
    session().commit()
    edit = f"/desk/posts/{post.id}/en/"
    page = client.get(edit)
    assert "The summary is missing." in page.text
    assert "/en/articles/gone/ (there is no such page)" in page.text
    assert "A picture has no words" in page.text
    assert f'href="{edit}#summary"' in page.text
    assert html_problems(page) == []
    published = client.post(f"/desk/posts/{post.id}/publish/", data={"csrf_token": token_of(page.text)})
    assert published.status_code == 303
