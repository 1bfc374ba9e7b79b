"""What the editor asks for: preview, unsaved words, who else is writing; two people saving at once; duplicates."""

import datetime as dt
import json
import re
import threading

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.people.actions import begin_session
from jobboard.posts import desk
from jobboard.posts.models import Kind, Post, PostState
from jobboard.posts.models_writing import Editing, Unsaved
from jobboard.posts.tasks import forget_writing
from tests.conftest import dispose, make_app, own_database
from tests.factories import make_article, make_category, make_offer, make_person
from tests.pages import form_of, html_problems, page_of, words_of

NOON = dt.datetime(2026, 10, 1, 10, tzinfo=dt.UTC)


def written(client, url: str) -> dict:
    """The writing form of a page, as a browser would send it."""
    return form_of(client.get(url), having="version")


def keep(client, url: str, place: str, **typed):
    """What the script of the editor sends while somebody types."""
    return client.post(f"/desk/editor/{place}/keep/", data={**written(client, url), "moment": "1000", **typed})


def the_article(**given) -> Post:
    post = make_article("First", slug="first", markdown="Old *words*.", **given)
    session().commit()
    return post


def test_preview_is_what_will_be_published(client, sign_in):
    sign_in("author")
    post = the_article()
    url = f"/desk/posts/{post.id}/en/"
    source = "## Why\n\nIt *broke*.\n\n```python\nprint(1)\n```\n\n<script>alert(1)</script>\n\n| a |\n|---|\n| 1 |"
    form = written(client, url)
    answer = client.post("/desk/editor/preview/", data={**form, "markdown": source, "locale": "en"})
    assert answer.status_code == 200
    client.post(url, data={**form, "markdown": source})
    inner = re.search(r'<div class="prose" lang="en">(.*)</div>', answer.text, re.DOTALL).group(1)
    assert inner in client.get("/en/articles/first/").text
    assert "<script>" not in inner
    assert session().execute(sa.select(sa.func.count()).select_from(Post)).scalar_one() == 1


@pytest.mark.parametrize(
    ("typed", "status"), [({"locale": "fr"}, 400), ({"csrf_token": "x"}, 400), ({"markdown": "x" * 200_001}, 400)]
)
def test_preview_of_nonsense_is_refused(client, sign_in, typed, status):
    sign_in("author")
    form = written(client, "/desk/posts/new/")
    data = {"csrf_token": form["csrf_token"], "locale": "en", "markdown": "x", **typed}
    assert client.post("/desk/editor/preview/", data=data).status_code == status


def test_previews_are_limited(client, sign_in, monkeypatch):
    monkeypatch.setattr("jobboard.posts.desk_editor.PREVIEWS", "1 per minute")
    sign_in("author")
    data = {"csrf_token": written(client, "/desk/posts/new/")["csrf_token"], "locale": "en", "markdown": "x"}
    assert [client.post("/desk/editor/preview/", data=data).status_code for _try in range(2)] == [200, 429]


def test_unsaved_words_are_offered_taken_over_and_gone_once_saved(client, sign_in):
    with time_machine.travel(NOON, tick=False):
        sign_in("author")
        post = the_article()
        url, place = f"/desk/posts/{post.id}/en/", f"{post.id}/en"
        answer = keep(client, url, place, title="Second", markdown="New words")
        assert "12:00" in answer.json["kept"]
        page = client.get(url)
        assert "You have unsaved words of 12:00" in words_of(page_of(page)).replace("\u202f", " ")
        assert written(client, url)["title"] == "First"
        taken = written(client, f"{url}?unsaved=take")
        assert (taken["title"], taken["markdown"]) == ("Second", "New words")
        assert client.get("/en/articles/first/").text.count("Second") == 0
        assert client.post(url, data=taken).status_code == 303
    assert "unsaved words" not in client.get(url).text
    assert session().execute(sa.select(Unsaved)).first() is None
    assert "New words" in client.get("/en/articles/first/").text


def test_unsaved_words_are_thrown_away_by_a_button(client, sign_in):
    sign_in("author")
    post = the_article()
    url = f"/desk/posts/{post.id}/en/"
    keep(client, url, f"{post.id}/en", title="Second")
    answer = client.post(f"/desk/editor/{post.id}/en/discard/", data=form_of(client.get(url), "/discard/"))
    assert answer.location == url
    assert "unsaved words" not in client.get(url).text


@pytest.mark.parametrize(("kind", "room"), [("article", "posts"), ("opening", "openings")])
def test_words_of_a_new_post_are_kept_too(client, sign_in, kind, room):
    sign_in("recruiter")
    new = f"/desk/{room}/new/?language=de"
    assert keep(client, new, f"new/{kind}/de", title="Neu").status_code == 200
    assert "unsaved words" not in client.get(f"/desk/{room}/new/?language=en").text
    assert "unsaved words" in client.get(new).text
    taken = written(client, f"{new}&unsaved=take")
    assert taken["title"] == "Neu"
    assert client.post(new, data=taken).status_code == 303
    assert session().execute(sa.select(Unsaved)).first() is None


def test_everything_of_an_openings_form_is_kept(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Operator", needs=[("de", "B2", True)])
    session().commit()
    url = f"/desk/openings/{offer.id}/en/"
    typed = {"pay_min": "50000", "languages-1-tag": "fr", "languages-1-level": "A2", "questions-0-label": "Why?"}
    keep(client, url, f"{offer.id}/en", **typed)
    taken = written(client, f"{url}?unsaved=take")
    assert {name: taken[name] for name in typed} == typed


def test_older_words_that_arrive_late_replace_nothing(client, sign_in):
    sign_in("author")
    post = the_article()
    url, place = f"/desk/posts/{post.id}/en/", f"{post.id}/en"
    keep(client, url, place, title="Later", moment="2000")
    keep(client, url, place, title="Earlier", moment="1999")
    assert written(client, f"{url}?unsaved=take")["title"] == "Later"


def test_nobody_sees_the_unsaved_words_of_others(client, sign_in):
    sign_in("author")
    post = the_article()
    url = f"/desk/posts/{post.id}/en/"
    keep(client, url, f"{post.id}/en", title="Second")
    sign_in("author", name="Somebody else")
    assert "unsaved words" not in client.get(url).text
    assert written(client, f"{url}?unsaved=take")["title"] == "First"


@pytest.mark.parametrize("moment", ["", "-1", "1e9", "9" * 16, "١٢"])
def test_moment_that_is_none_is_refused(client, sign_in, moment):
    sign_in("author")
    post = the_article()
    assert keep(client, f"/desk/posts/{post.id}/en/", f"{post.id}/en", moment=moment).status_code == 400


def test_too_many_words_are_refused_and_hostile_ones_kept_as_text(client, sign_in):
    sign_in("author")
    post = the_article()
    url, place = f"/desk/posts/{post.id}/en/", f"{post.id}/en"
    assert keep(client, url, place, markdown="x" * 1_000_001).status_code == 413
    assert keep(client, url, place, title="a\x00b\u202ec </textarea><script>", moment="2000").status_code == 200
    assert written(client, f"{url}?unsaved=take")["title"] == "abc </textarea><script>"


def test_authors_keep_and_preview_nothing_of_openings(client, sign_in):
    sign_in("author")
    offer = make_offer()
    session().commit()
    token = written(client, "/desk/posts/new/")["csrf_token"]
    for place in (f"{offer.id}/en", "new/opening/en"):
        answer = client.post(f"/desk/editor/{place}/keep/", data={"csrf_token": token, "moment": "1"})
        assert answer.status_code == 403
    assert client.get(f"/desk/editor/{offer.id}/en/here/").status_code == 403
    assert client.post(f"/desk/editor/{offer.id}/duplicate/", data={"csrf_token": token}).status_code == 403


def test_unsaved_words_go_after_a_month(client, sign_in):
    with time_machine.travel(NOON, tick=False) as traveller:
        sign_in("author")
        post = the_article()
        keep(client, f"/desk/posts/{post.id}/en/", f"{post.id}/en", title="Second")
        traveller.shift(dt.timedelta(days=29))
        forget_writing()
        assert session().execute(sa.select(sa.func.count()).select_from(Unsaved)).scalar_one() == 1
        assert session().execute(sa.select(Editing)).first() is None
        traveller.shift(dt.timedelta(days=1))
        forget_writing()
        assert session().execute(sa.select(Unsaved)).first() is None


def test_who_else_is_writing_is_told_until_two_minutes_of_silence(client, sign_in):
    with time_machine.travel(NOON, tick=False) as traveller:
        sign_in("author", name="Alma Berg")
        post = the_article(texts={"de": {"title": "Erstens"}})
        url = f"/desk/posts/{post.id}/en/"
        assert "has just opened" not in client.get(url).text
        other = sign_in("recruiter", name="Thilo Brandt")
        assert "Alma Berg has just opened this text." in client.get(url).text
        traveller.shift(dt.timedelta(minutes=1))
        sign_in(person=session().execute(sa.select(Editing)).scalars().first().person)
        here = client.get(f"/desk/editor/{post.id}/en/here/").json
        assert here["others"] == ["Thilo Brandt has had this text open for one minute."]
        sign_in(person=other)
        assert "Alma Berg has had this text open for one minute." in client.get(url).text
        assert "Alma Berg is writing the text in English." in client.get(f"/desk/posts/{post.id}/de/").text
        traveller.shift(dt.timedelta(minutes=2, seconds=1))
        assert "Alma Berg" not in words_of(page_of(client.get(url))).split("Title")[0]


def test_what_is_open_tells_its_version_and_a_token_that_works(client, sign_in):
    person = sign_in("author")
    post = the_article()
    url = f"/desk/posts/{post.id}/en/"
    form = written(client, url)
    with client.session_transaction() as cookie:
        cookie.clear()
    assert client.get(f"/desk/editor/{post.id}/en/here/").status_code == 302
    sent = client.post(url, data={**form, "title": "Typed while signed out"})
    assert sent.status_code == 403
    sign_in(person=person)
    again = client.post(url, data={**form, "title": "Typed while signed out"})
    assert again.status_code == 422
    assert "Typed while signed out" in again.text
    here = client.get(f"/desk/editor/{post.id}/en/here/").json
    assert str(here["version"]) == form["version"]
    saved = client.post(url, data={**form, "title": "Typed while signed out", "csrf_token": here["token"]})
    assert saved.status_code == 303


def test_conflict_shows_both_and_what_differs(client, sign_in):
    sign_in("author", name="Alma Berg")
    post = the_article()
    url = f"/desk/posts/{post.id}/en/"
    mine = written(client, url)
    sign_in("recruiter", name="Thilo Brandt")
    client.post(url, data={**written(client, url), "markdown": "Old *sentences*.\n\nMore."})
    token = written(client, url)["csrf_token"]
    page = client.post(url, data={**mine, "csrf_token": token, "markdown": "Old *words*, mine."})
    assert page.status_code == 409
    assert html_problems(page) == []
    assert "Thilo Brandt saved it at" in page.text
    assert "<del>sentences</del>" in page.text
    assert "Old *words*, mine." in page.text
    merged = form_of(page, having="version")
    assert client.post(url, data={**merged, "markdown": "Both."}).status_code == 303
    assert "Both." in client.get("/en/articles/first/").text


def test_words_typed_before_somebody_saved_lead_to_the_same_comparison(client, sign_in):
    author = sign_in("author")
    post = the_article()
    url = f"/desk/posts/{post.id}/en/"
    keep(client, url, f"{post.id}/en", markdown="Typed early")
    sign_in("recruiter")
    client.post(url, data={**written(client, url), "markdown": "Saved meanwhile"})
    sign_in(person=author)
    assert html_problems(client.get(url)) == []
    page = client.post(url, data=written(client, f"{url}?unsaved=take"))
    assert page.status_code == 409
    assert "Typed early" in page.text
    assert "Saved meanwhile" in client.get("/en/articles/first/").text


def test_conflict_names_the_facts_the_other_changed(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Operator")
    session().commit()
    url = f"/desk/openings/{offer.id}/en/"
    client.post(url, data=written(client, url))
    mine = written(client, url)
    client.post(url, data={**written(client, url), "response_days": "14", "level": "senior"})
    page = client.post(url, data={**mine, "title": "Operator at night"})
    assert page.status_code == 409
    text = words_of(page_of(page))
    assert "Facts that the other version changed" in text
    assert "added: Senior" in text
    assert "added: 14" in text


@pytest.fixture(params=["sqlite", "postgresql"])
def racing_app(request, tmp_path):
    url = own_database(request, "race")
    app = make_app(tmp_path, url)
    yield app
    dispose(app)
    if url:
        request.getfixturevalue("postgres").drop_database("race")


def save_at_once(app) -> list[int]:
    """Two people open a text and save it in the same moment; the answers."""
    with app.app_context():
        post_id = make_article("First", slug="first").id
        people = [make_person(role=Role.author) for _number in range(2)]
        tokens = [begin_session(person, "Firefox", clock.now()) for person in people]
        session().commit()
    url, barrier, answers = f"/desk/posts/{post_id}/en/", threading.Barrier(2), []

    def save(token: str) -> None:
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        with client.session_transaction() as cookie:
            cookie["token"] = token
        form = written(client, url)
        barrier.wait()
        answers.append(client.post(url, data={**form, "title": f"Saved by {token[:4]}"}).status_code)

    threads = [threading.Thread(target=save, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_of_two_saves_at_once_one_is_told(racing_app):
    assert save_at_once(racing_app) == [303, 409]


def test_control_without_the_check_the_second_overwrites(own_app, monkeypatch):
    monkeypatch.setattr(desk, "refuse_outdated", lambda form, post: None)
    assert save_at_once(own_app) == [303, 303]


def test_duplicate_is_a_draft_with_everything_but_dates_and_address(client, sign_in):
    person = sign_in("recruiter")
    category = make_category("technology")
    texts = {"de": {"title": "Betrieb", "markdown": "Zwei"}}
    needs, questions = [("de", "C1", True)], [{"key": "why", "kind": "text", "label": {"en": "Why?"}}]
    offer = make_offer(
        "Operator", slug="operator", markdown="One", texts=texts, needs=needs, questions=questions,
        places=["DE/Heidelberg"], remote=["AT"], authors=[person], categories=[category], response_days=7,
        closes_at=clock.now() + dt.timedelta(days=9), reference="ats:1",
    )  # fmt: skip
    session().commit()
    url = f"/desk/openings/{offer.id}/en/"
    answer = client.post(f"/desk/editor/{offer.id}/duplicate/", data=form_of(client.get(url), "/duplicate/"))
    assert answer.status_code == 303
    new = session().execute(sa.select(Post).where(Post.id != offer.id)).scalar_one()
    assert answer.location == f"/desk/openings/{new.id}/en/"
    assert (new.kind, new.state, new.publish_at, new.closes_at) == (Kind.opening, PostState.draft, None, None)
    assert (new.reference, new.response_days, new.authors, new.categories) == (None, 7, [person], [category])
    assert {text.locale: (text.title, text.slug, text.markdown) for text in new.texts} == {
        "en": ("Operator", "operator-2", "One"),
        "de": ("Betrieb", "betrieb-2", "Zwei"),
    }
    assert [row.place.key for row in new.places] == ["DE/Heidelberg"]
    assert [row.country for row in new.remote_countries] == ["AT"]
    assert [(row.tag, row.level.value, row.is_required) for row in new.language_needs] == [("de", "C1", True)]
    assert [(row.key, row.label) for row in new.questions] == [("why", {"en": "Why?"})]
    assert client.get("/en/jobs/operator-2/").status_code == 404


def test_article_is_duplicated_too(client, sign_in):
    sign_in("author")
    post = the_article()
    form = form_of(client.get(f"/desk/posts/{post.id}/en/"), "/duplicate/")
    client.post(f"/desk/editor/{post.id}/duplicate/", data=form)
    new = session().execute(sa.select(Post).where(Post.id != post.id)).scalar_one()
    assert [(text.slug, text.markdown) for text in new.texts] == [("first-2", "Old *words*.")]


def test_translation_stands_beside_its_original(client, sign_in):
    sign_in("author")
    post = make_article("First", summary="In short", markdown="## Head\n\nOld [x](#s-head)[^1].\n\n[^1]: Note")
    session().commit()
    page = client.get(f"/desk/posts/{post.id}/de/")
    side = next(one for one in page_of(page).iter("div") if one.get("data-side") == "original")
    assert "First In short Head Old x" in words_of(side)
    assert not [one for one in side.iter() if one.get("id")]
    assert not any(
        one.get("data-side") == "original" for one in page_of(client.get(f"/desk/posts/{post.id}/en/")).iter()
    )


def test_link_for_people_without_account_stands_beside_a_draft(client, sign_in, app):
    sign_in("author")
    draft, public = make_article("Draft", draft=True), make_article("Public")
    session().commit()
    page = client.get(f"/desk/posts/{draft.id}/en/")
    link = re.search(r'data-copy="[^"]*(/en/preview/[^"]+)"', page.text).group(1)
    with client.session_transaction() as cookie:
        cookie.clear()
    assert "Draft" in client.get(link).text
    sign_in("author")
    assert "/preview/articles/" not in client.get(f"/desk/posts/{public.id}/en/").text


def test_script_gets_json_and_nothing_else(client, sign_in):
    sign_in("author")
    post = the_article()
    answer = client.get(f"/desk/editor/{post.id}/en/here/")
    assert answer.mimetype == "application/json"
    assert set(json.loads(answer.text)) == {"others", "version", "token"}
