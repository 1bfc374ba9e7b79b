"""Addresses a text had before lead to the one it has, and belong to nobody else."""

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobboard.core import clock
from jobboard.core.db import session
from jobboard.posts.actions import free_slug, save_text, withdraw_to_draft
from jobboard.posts.models import Kind, Post, PostText
from jobboard.posts.models_writing import OldSlug
from jobboard.posts.queries import published_text
from jobboard.posts.queries_writing import moved_text
from tests.factories import make_article, make_offer
from tests.pages import form_of

MAKERS = {"articles": make_article, "jobs": make_offer}


def rename(post: Post, slug: str, locale: str = "en") -> PostText:
    text = next(one for one in post.texts if one.locale == locale)
    words = {"title": text.title, "markdown": text.markdown, "summary": text.summary}
    return save_text(post, locale, **words, slug=slug)


@pytest.mark.parametrize("room", ["articles", "jobs"])
def test_every_old_address_leads_straight_to_the_newest(client, room):
    post = MAKERS[room]("First", slug="first")
    for slug in ("second", "third"):
        rename(post, slug)
    session().commit()
    for slug in ("first", "second"):
        answer = client.get(f"/en/{room}/{slug}/?src=mail")
        assert (answer.status_code, answer.location) == (301, f"/en/{room}/third/?src=mail")
        assert answer.headers["Cache-Control"] == "public, no-cache"
    assert client.get(f"/en/{room}/first/picture.png").location == f"/en/{room}/third/picture.png"
    assert client.get(f"/en/{room}/third/").status_code == 200
    for page in ("/en/", "/en/feed.atom", f"/sitemap-{post.kind.value}-1.xml"):
        text = client.get(page).text
        assert f"/{room}/first/" not in text
        assert f"/{room}/second/" not in text


def test_form_of_an_application_leads_on_too(client):
    offer = make_offer("First", slug="first")
    rename(offer, "second")
    session().commit()
    assert client.get("/en/jobs/first/apply/").location == "/en/jobs/second/apply/"
    sent = client.post("/en/jobs/first/apply/", data={"name": "Nour"})
    assert (sent.status_code, sent.location) == (308, "/en/jobs/second/apply/")


def test_closed_opening_says_so_at_its_old_address_as_well(client):
    offer = make_offer("First", slug="first", closed_at=clock.now() - dt.timedelta(minutes=1))
    rename(offer, "second")
    session().commit()
    assert client.get("/en/jobs/first/", follow_redirects=True).status_code == 410


def test_address_taken_back_leads_in_no_circle(client):
    post = make_article("First", slug="first")
    rename(post, "second")
    rename(post, "first")
    session().commit()
    assert client.get("/en/articles/first/").status_code == 200
    assert client.get("/en/articles/second/").location == "/en/articles/first/"


def test_draft_gives_its_address_away_without_a_trace(client):
    post = make_article("First", slug="first", draft=True)
    rename(post, "second")
    session().commit()
    assert client.get("/en/articles/first/").status_code == 404
    assert free_slug(Kind.article, "first") == "first"


def test_text_taken_back_to_draft_leads_nowhere_until_it_is_public_again(client):
    post = make_article("First", slug="first")
    withdraw_to_draft(post)
    rename(post, "second")
    session().commit()
    assert client.get("/en/articles/first/").status_code == 404
    assert free_slug(Kind.article, "first") == "first-2"


def test_no_other_text_of_the_kind_gets_an_old_address(client):
    post = make_article("First", slug="first", texts={"de": {"title": "Erstens", "slug": "erstens"}})
    rename(post, "second")
    assert rename(make_article("Other"), "first").slug == "first-2"
    assert rename(post, "first", "de").slug == "first-3"
    assert rename(make_offer("Other"), "first").slug == "first"
    session().commit()
    assert client.get("/en/articles/first/").location == "/en/articles/second/"


def test_address_is_free_when_its_text_is_gone_or_gives_it_up(client, sign_in):
    sign_in("author")
    gone, kept = make_article("First", slug="gone"), make_article("Second", slug="kept")
    rename(gone, "gone-now")
    rename(kept, "kept-now")
    session().commit()
    session().delete(gone)
    session().commit()
    assert free_slug(Kind.article, "gone") == "gone"
    edit = f"/desk/posts/{kept.id}/en/"
    page = client.get(edit)
    assert "/en/articles/kept/" in page.text
    answer = client.post(
        f"/desk/editor/{kept.id}/addresses/{old_ids()['kept']}/give-up/", data=form_of(page, "/give-up/")
    )
    assert answer.location == edit
    assert client.get("/en/articles/kept/").status_code == 404
    assert free_slug(Kind.article, "kept") == "kept"


def test_address_of_another_post_cannot_be_given_up(client, sign_in):
    sign_in("author")
    mine, other = make_article("First", slug="mine"), make_article("Second", slug="other")
    rename(mine, "mine-now")
    rename(other, "other-now")
    session().commit()
    form = form_of(client.get(f"/desk/posts/{mine.id}/en/"), "/give-up/")
    url = f"/desk/editor/{mine.id}/addresses/{old_ids()['other']}/give-up/"
    assert client.post(url, data=form).status_code == 404
    assert client.get("/en/articles/other/").status_code == 301


def old_ids() -> dict[str, int]:
    return {row.slug: row.id for row in session().execute(sa.select(OldSlug)).scalars()}


def test_saving_a_number_behind_a_taken_address_again_changes_nothing(client):
    make_article("First", slug="first")
    second = make_article("Second", slug="first")
    for _save in range(2):
        assert rename(second, "first").slug == "first-2"
    assert old_ids() == {}


HOSTILE = ["a%00b", "'%20OR%201=1--", "%F0%9F%92%A9", "a" * 3000, "%25", "_", "FIRST", "first%0a", "%ff"]


@pytest.mark.parametrize("slug", HOSTILE)
def test_hostile_addresses_are_not_found(client, slug):
    rename(make_article("First", slug="first"), "second")
    session().commit()
    assert client.get(f"/en/articles/{slug}/").status_code == 404


@pytest.mark.parametrize("typed", ["../x", "Ä", "a--b", "-a", "a/b", "a b", "javascript:x", "x" * 101])
def test_hostile_addresses_are_refused_in_the_form(client, sign_in, typed):
    sign_in("author")
    post = make_article("First", slug="first")
    session().commit()
    url = f"/desk/posts/{post.id}/en/"
    page = client.post(url, data={**form_of(client.get(url), having="version"), "slug": typed})
    assert page.status_code == 422
    assert client.get("/en/articles/first/").status_code == 200


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["a", "b", "c", "a-2", "feed"])), max_size=6))
def test_whatever_is_renamed_each_address_leads_to_one_text(app, renames):
    now = clock.now()
    posts = [make_article(f"Post {number}") for number in range(3)]
    had: dict[str, int] = {}
    for number, slug in renames:
        before = posts[number].texts[0].slug
        after = rename(posts[number], slug).slug
        assert had.get(after, number) == number
        had |= {before: number, after: number}
    session().commit()
    for slug, number in had.items():
        text = published_text(Kind.article, slug, now) or moved_text(Kind.article, slug, now)
        assert text is not None
        assert text.title == f"Post {number}"
    session().rollback()
    for post in posts:
        session().delete(post)
    session().commit()
