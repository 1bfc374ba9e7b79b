"""What applying asks the database: the same few statements whatever an opening asks, and nothing that memory knows."""

import io

import pytest
import sqlalchemy as sa

from jobboard.applications.models import Answer, Application, Document, Event
from jobboard.core import clock
from jobboard.core.db import session, write_new
from jobboard.mail.queries_templates import own_words
from jobboard.openings.models import Place
from jobboard.posts.models import Post, PostText
from jobboard.transfer.exports_pdf import pdf_of
from tests.applying import fill
from tests.factories import make_offer
from tests.pages import errors_of, form_of

GOOD = {"name": "Nour Haddad", "email": "nour@example.org", "text": "I keep servers running."}
ADDRESS = "/en/jobs/operator/apply/"


def questions(number):
    kinds = ("text", "yes_no", "number")
    return [{"kind": kinds[place % 3], "label": {"en": f"Question {place}"}} for place in range(number)]


def answers(number):
    given = ("Words", "yes", "7")
    return {f"q_question{place + 1}": given[place % 3] for place in range(number)}


def upload():
    return (io.BytesIO(pdf_of("Curriculum vitae", ["2010 until today: operations"])), "cv.pdf")


def count(model):
    return session().execute(sa.select(sa.func.count()).select_from(model).execution_options(scope="test")).scalar()


@pytest.mark.parametrize("number", [1, 3, 20])
def test_three_requests_ask_the_same_few_statements_whatever_the_form_asks(client, app, queries, number):
    make_offer("Operator", slug="operator", questions=questions(number))
    session().commit()
    with app.test_request_context(ADDRESS):
        own_words("applications/received", "en")  # in memory since the first application of this process
    opened = form_of(client.get(ADDRESS), "/apply/")
    with queries() as form:
        answer = client.post(ADDRESS, data={**opened, **GOOD, **answers(number), "cv": upload()})
    with queries() as review:
        page = client.get(answer.location)
    seen = form_of(page, having="content")
    with queries() as sending:
        sent = client.post(answer.location, data=seen)
    assert sent.location == f"{ADDRESS}sent/"
    assert (len(form), len(review), len(sending)) == (6, 2, 13), (form, review, sending)
    assert (count(Application), count(Answer), count(Document), count(Event)) == (1, number, 1, 2)


def test_opening_is_kept_until_something_readers_see_changes(client, app, queries):
    offer = make_offer("Operator", slug="operator")
    session().commit()
    client.get(ADDRESS)
    with queries() as log:
        assert "Operator" in client.get(ADDRESS).text
    assert not [one for one in log if "FROM post" in one or "FROM site" in one], log
    offer.texts[0].title = "Operator of nights"
    session().commit()
    assert "Operator of nights" in client.get(ADDRESS).text
    offer.closed_at = clock.now()
    session().commit()
    assert client.get(ADDRESS).status_code == 410


def test_review_shows_what_each_applicant_typed_and_their_own_links(client, app):
    make_offer("Operator", slug="operator")
    session().commit()
    first, second = (fill(client, {**GOOD, "name": name}).location for name in ("Ada <b>", "Ben"))
    pages = [client.get(address).text for address in (first, second)]
    assert "Ada &lt;b&gt;" in pages[0]
    assert "Ada" not in pages[1]
    for page, address in zip(pages, (first, second), strict=True):
        assert f'href="{address.removesuffix("review/")}"' in page
        assert f'href="{address.replace("/en/", "/de/")}" lang="de"' in page
    assert second not in pages[0]
    german = client.get(first.replace("/en/", "/de/"))
    assert 'lang="de"' in german.text[:200]


def test_sentences_of_a_form_are_in_the_language_of_its_page(client, app):
    make_offer("Operator", slug="operator", questions=[{"kind": "number", "label": {"en": "Years"}}])
    session().commit()
    told = {}
    for language in ("en", "de", "en"):
        address = f"/{language}/jobs/operator/apply/"
        opened = form_of(client.get(address), "/apply/")
        told[language] = errors_of(client.post(address, data={**opened, **GOOD, "q_question1": "many"}))
    assert told["en"] != told["de"]
    assert len(told["en"]) == len(told["de"]) == 1


def test_rows_that_readers_see_are_written_with_the_session(app):
    for row in (Post(), PostText(), Place()):
        with pytest.raises(ValueError, match="content version"):
            write_new(row)
