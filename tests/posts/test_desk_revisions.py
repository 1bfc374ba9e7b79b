"""Revisions: each save is kept, what it changed can be read, and any of them comes back."""

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.posts.actions import publish
from jobboard.posts.models import Post
from jobboard.posts.models_writing import Revision
from jobboard.transfer.actions import put_text
from tests.factories import make_article, make_offer, make_person
from tests.pages import form_of, page_of, words_of

QUESTION = {"key": "why", "kind": "text", "label": {"en": "Why?"}}


def written(client, url: str) -> dict:
    return form_of(client.get(url), having="version")


def save(client, url: str, **typed):
    answer = client.post(url, data={**written(client, url), **typed})
    assert answer.status_code == 303, answer.text
    return answer


def revisions() -> list[Revision]:
    session().expire_all()
    return list(session().execute(sa.select(Revision).order_by(Revision.id)).scalars())


def the_post() -> Post:
    session().expire_all()
    return session().execute(sa.select(Post)).scalar_one()


def test_each_save_is_kept_with_who_and_what_was_there_before(client, sign_in):
    author = sign_in("author", name="Alma Berg")
    post = make_article("First", markdown="One")
    session().commit()
    url = f"/desk/posts/{post.id}/en/"
    save(client, url, markdown="Two")
    save(client, url, markdown="Two")  # nothing changed, nothing to keep
    save(client, url, title="Second", markdown="Three")
    assert [(row.title, row.markdown, row.person_id) for row in revisions()] == [
        ("First", "One", None),
        ("First", "Two", author.id),
        ("Second", "Three", author.id),
    ]
    page = client.get(f"/desk/revisions/{post.id}/en/")
    assert "Alma Berg" in page.text
    assert "found as it was" in page.text


def test_new_post_begins_with_one_revision(client, sign_in):
    sign_in("author")
    save(client, "/desk/posts/new/", title="First")
    assert [(row.title, row.locale) for row in revisions()] == [("First", "en")]


def test_what_an_import_changed_is_kept_before_the_next_save(client, sign_in):
    sign_in("author")
    post = make_article("First", markdown="One")
    session().commit()
    url = f"/desk/posts/{post.id}/en/"
    save(client, url, markdown="Two")
    put_text(the_post(), "en", {"title": "First", "markdown": "Imported"}, None)
    session().commit()
    save(client, url, markdown="Three")
    assert [row.markdown for row in revisions()] == ["One", "Two", "Imported", "Three"]


def test_change_is_readable_and_restored_as_a_new_revision(client, sign_in):
    sign_in("author")
    post = make_article("First", slug="first", summary="Short", markdown="A line\n\nIt broke on Sunday.\n")
    session().commit()
    url = f"/desk/posts/{post.id}/en/"
    save(client, url, markdown="A line\n\nIt broke on Monday.\nMore", summary="")
    first, second = revisions()
    shown = client.get(f"/desk/revisions/{post.id}/en/{second.id}/")
    assert "<del>Sunday</del>" in shown.text
    assert "<ins>Monday</ins>" in shown.text
    assert "removed: Short" in words_of(page_of(shown))
    before = f"/desk/revisions/{post.id}/en/{first.id}/"
    assert "<ins>Monday</ins>" in client.get(f"{before}?against=now").text
    answer = client.post(f"{before}restore/", data=form_of(client.get(before), "/restore/"))
    assert answer.location == url
    assert [row.markdown for row in revisions()][2:] == ["A line\n\nIt broke on Sunday.\n"]
    assert (the_post().texts[0].summary, the_post().texts[0].slug) == ("Short", "first")
    assert "It broke on Sunday." in client.get("/en/articles/first/").text


def test_facts_of_an_opening_come_back_with_its_words(client, sign_in):
    sign_in("recruiter")
    contact = make_person("Kim Contact")
    offer = make_offer("Operator", needs=[("de", "C1", True)], places=["DE/Heidelberg"], questions=[QUESTION])
    offer.contact_id = contact.id
    session().commit()
    url = f"/desk/openings/{offer.id}/en/"
    changed = {"languages-0-tag": "", "places-0-city": "", "places-0-country": "", "questions-0-kind": ""}
    save(client, url, **changed, pay_min="60000", pay_period="month", contact_id="0", closes_at="2099-01-01T12:00")
    first, second = revisions()
    text = words_of(page_of(client.get(f"/desk/revisions/{offer.id}/en/{second.id}/")))
    for words in ("removed: German C1, Required", "removed: Heidelberg, Germany", "added: 60,000", "added: per month",
                  "removed: Kim Contact", "removed: en: Why? (Short text)"):  # fmt: skip
        assert words in text
    before = f"/desk/revisions/{offer.id}/en/{first.id}/"
    client.post(f"{before}restore/", data=form_of(client.get(before), "/restore/"))
    session().expire_all()
    restored = session().execute(sa.select(JobOffer)).scalar_one()
    assert [(row.tag, row.level.value) for row in restored.language_needs] == [("de", "C1")]
    assert [row.place.key for row in restored.places] == ["DE/Heidelberg"]
    assert [row.label for row in restored.questions] == [{"en": "Why?"}]
    assert (restored.pay_min, restored.pay_period, restored.contact_id) == (None, None, contact.id)
    assert restored.closes_at is not None  # closing and reopening have ways of their own
    assert revisions()[-1].facts == {**first.facts, "closes_at": revisions()[-1].facts["closes_at"]}


def test_public_opening_does_not_ask_again_what_it_must_not(client, sign_in):
    sign_in("recruiter")
    offer = make_offer("Operator", questions=[{**QUESTION, "label": {"en": "How old are you?"}}], draft=True)
    session().commit()
    url = f"/desk/openings/{offer.id}/en/"
    save(client, url, **{"questions-0-kind": ""})
    publish(session().get_one(JobOffer, offer.id))
    session().commit()
    before = f"/desk/revisions/{offer.id}/en/{revisions()[0].id}/"
    answer = client.post(f"{before}restore/", data=form_of(client.get(before), "/restore/"))
    assert "Nothing was restored." in client.get(answer.location).text
    session().expire_all()
    assert session().execute(sa.select(JobOffer)).scalar_one().questions == []


def test_restoring_over_the_save_of_somebody_else_is_refused(client, sign_in):
    sign_in("author")
    post = make_article("First", markdown="One")
    session().commit()
    url = f"/desk/posts/{post.id}/en/"
    save(client, url, markdown="Two")
    before = f"/desk/revisions/{post.id}/en/{revisions()[0].id}/"
    form = form_of(client.get(before), "/restore/")
    save(client, url, markdown="Three")
    answer = client.post(f"{before}restore/", data=form)
    assert "nothing was restored" in client.get(answer.location).text
    assert the_post().texts[0].markdown == "Three"


def test_revisions_of_other_texts_are_not_found(client, sign_in):
    sign_in("author")
    post, other = make_article("First", texts={"de": {"title": "Erstens"}}), make_article("Other")
    session().commit()
    save(client, f"/desk/posts/{post.id}/en/", markdown="Two")
    [row, *_rest] = revisions()
    assert client.get(f"/desk/revisions/{post.id}/de/{row.id}/").status_code == 404
    assert client.get(f"/desk/revisions/{other.id}/en/{row.id}/").status_code == 404
    assert client.get(f"/desk/revisions/{post.id}/fr/").status_code == 404
    assert client.get(f"/desk/revisions/{post.id}/de/").status_code == 200


def test_revisions_go_with_their_post(client, sign_in):
    sign_in("author")
    post = make_article("First")
    session().commit()
    save(client, f"/desk/posts/{post.id}/en/", markdown="Two")
    session().delete(the_post())
    session().commit()
    assert revisions() == []


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(client, sign_in, queries, count):
    with time_machine.travel(dt.datetime(2026, 10, 1, tzinfo=dt.UTC), tick=False):
        post = make_article("First")
        people = [make_person() for _number in range(count)]
        for number, person in enumerate(people):
            row = Revision(post_id=post.id, locale="en", at=post.created_at, version=number, title=f"Title {number}")
            row.person_id = person.id
            session().add(row)
        session().commit()
        sign_in("author")
        with queries() as log:
            assert client.get(f"/desk/revisions/{post.id}/en/").status_code == 200
        assert len(log) == 13, log


def test_german_page_speaks_german(client, sign_in):
    sign_in("author", locale="de")
    post = make_article("First", markdown="One")
    session().commit()
    save(client, f"/desk/posts/{post.id}/en/", markdown="Two")
    page = client.get(f"/desk/revisions/{post.id}/en/{revisions()[1].id}/")
    assert "Diese Fassung wiederherstellen" in page.text
