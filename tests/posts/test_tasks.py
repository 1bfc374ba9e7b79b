"""Texts that another renderer made are rendered anew by the worker, and nobody but the reader's eye notices."""

import contextlib
import datetime as dt
import json

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import markdown_anew
from jobboard.core.db import content_version, session
from jobboard.core.markdown import Rendered, render
from jobboard.core.markdown_maker import made_by
from jobboard.files import actions_drawn
from jobboard.files.checker import Checker, CheckerGone
from jobboard.posts.actions import save_text
from jobboard.posts.models import Post, PostCard, PostChange, PostText
from jobboard.posts.models_writing import Revision
from jobboard.posts.tasks import render_texts
from jobboard.search import index
from jobboard.site.actions import write_page
from jobboard.site.models import PageKind, SitePage
from jobboard.site.tasks import render_pages
from tests.factories import make_article

OLD = Rendered("<p>As it was</p>\n", "As it was", 1, "older")
NOON = dt.datetime(2026, 10, 1, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def no_rest(app):
    app.extensions.pop("undrawn_rest_until", None)


@contextlib.contextmanager
def nobody_draws():
    """No process can be asked."""

    def ask(*_order, **_how):
        raise CheckerGone

    actions_drawn._kept.clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Checker, "ask", ask)
        yield


def outdated(title="One", markdown="New *words* $x^2$", rendered=OLD) -> Post:
    """An article whose text another renderer made."""
    post = make_article(title, markdown=markdown)
    save_text(post, "en", title=title, markdown=markdown, rendered=rendered)
    session().commit()
    return post


def stored(post: Post) -> PostText:
    session().expire_all()
    return session().execute(sa.select(PostText).where(PostText.post_id == post.id)).scalar_one()


def found(words: str) -> list[int]:
    matches = index.matches(words)
    return list(session().execute(sa.select(matches.c.id)).scalars())


def test_text_of_another_renderer_is_rendered_anew_and_found_by_its_words(client):
    post = outdated()
    assert not found("words")
    assert (render_texts(), render_texts()) == (1, 0)
    text = stored(post)
    assert text.html == render(text.markdown).html
    assert text.rendered_by == made_by()
    assert found("words") == [text.id]
    assert "New <em>words</em> <math>" in client.get(f"/en/articles/{text.slug}/").text


def test_nobody_is_told_of_a_text_that_was_rendered_anew(client):
    with time_machine.travel(NOON, tick=False) as traveller:
        post = outdated()
        url = f"/en/articles/{stored(post).slug}/"

        def told():
            item = json.loads(client.get("/en/feed.json").text)["items"][0]
            return (
                {name: value for name, value in item.items() if name != "content_html"},
                client.get("/sitemap.xml").text,
                [line for line in client.get(url).text.splitlines() if "ld+json" in line],
                session().execute(sa.select(Post.version, Post.updated_at)).all(),
                session().execute(sa.select(sa.func.count()).select_from(Revision)).scalar_one(),
                session().execute(sa.select(sa.func.count()).select_from(PostChange)).scalar_one(),
            )

        before, version = told(), content_version()
        traveller.shift(dt.timedelta(days=9))
        assert render_texts() == 1
        assert told() == before
        assert content_version() == version + 1


def test_batch_raises_the_version_once_and_one_that_changes_nothing_not_at_all():
    for number in range(3):
        outdated(f"Post {number}")
    version = content_version()
    assert render_texts() == 3
    assert content_version() == version + 1
    same = render("Same")
    post = outdated("Same", "Same", Rendered(same.html, same.text, same.minutes, "older"))
    version = content_version()
    assert render_texts() == 1
    assert content_version() == version
    assert stored(post).rendered_by == made_by()


def test_many_are_rendered_in_several_turns(monkeypatch):
    monkeypatch.setattr(markdown_anew, "AT_ONCE", 2)
    posts = [outdated(f"Post {number}") for number in range(5)]
    assert [render_texts() for _turn in range(4)] == [2, 2, 1, 0]
    assert {stored(post).rendered_by for post in posts} == {made_by()}


@pytest.mark.parametrize("markdown", ["Saved meanwhile", "New *words* $x^2$"])
def test_text_that_is_saved_in_between_stays_as_it_was_saved(monkeypatch, markdown):
    post = outdated()

    def slowly(source):
        rendered = render(source)
        save_text(
            post, "en", title="Other", markdown=markdown, rendered=Rendered("<p>Saved</p>\n", "Saved", 1, "newer")
        )
        session().commit()
        return rendered

    monkeypatch.setattr(markdown_anew, "render", slowly)
    render_texts()
    text = stored(post)
    assert (text.title, text.markdown, text.html, text.rendered_by) == ("Other", markdown, "<p>Saved</p>\n", "newer")
    assert not found("words")


def test_nothing_is_written_while_a_text_is_rendered(monkeypatch):
    outdated()

    def looked(source):
        assert not session().info.get("writing")
        assert not session().in_transaction()
        return render(source)

    monkeypatch.setattr(markdown_anew, "render", looked)
    assert render_texts() == 1


def test_minutes_to_read_follow_on_cards():
    post = outdated(markdown="word " * 900)
    card = sa.select(PostCard.html).where(PostCard.post_id == post.id, PostCard.language == "en")
    assert "1 minute" in session().execute(card).scalar_one()
    assert render_texts() == 1
    assert stored(post).reading_minutes == 4
    assert "4 minutes" in session().execute(card).scalar_one()


def test_formula_that_nobody_can_set_now_keeps_what_is_stored_and_is_tried_later():
    with time_machine.travel(NOON, tick=False) as traveller:
        waiting = outdated("Waits", "$never_{drawn}$")
        other = outdated("Does not", "Words")

        with nobody_draws():
            assert (render_texts(), render_texts()) == (1, 0)
            assert stored(waiting).html == OLD.html
            assert stored(other).html == "<p>Words</p>\n"
        assert render_texts() == 0
        traveller.shift(markdown_anew.REST)
        assert render_texts() == 1
        assert "<math" in stored(waiting).html


def test_text_that_was_saved_while_nobody_could_draw_is_mended():
    with nobody_draws():
        post = make_article("One", markdown="$later_{on}$")
        session().commit()
    assert stored(post).rendered_by == ""
    assert "formula-source" in stored(post).html
    assert render_texts() == 1
    assert "<math" in stored(post).html


def test_legal_pages_follow_too_and_stay_the_versions_they_are(client):
    pages = [write_page(PageKind.imprint, "en", f"Version {number}", OLD) for number in (1, 2)]
    session().commit()
    at = [page.created_at for page in pages]
    assert (render_pages(), render_pages()) == (2, 0)
    session().expire_all()
    rows = session().execute(sa.select(SitePage).order_by(SitePage.version)).scalars().all()
    assert [(row.version, row.html) for row in rows] == [(1, "<p>Version 1</p>\n"), (2, "<p>Version 2</p>\n")]
    assert [row.created_at for row in rows] == at
    assert "Version 2" in client.get("/en/imprint/").text


def test_what_is_saved_now_is_of_this_renderer():
    make_article("One", markdown="Words")
    write_page(PageKind.imprint, "en", "Words")
    session().commit()
    assert (render_texts(), render_pages()) == (0, 0)
