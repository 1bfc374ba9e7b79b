"""The applicant's own page behind a signed link: what it shows, what it keeps to itself, and withdrawing."""

import datetime as dt
import io

import pytest

from jobboard.applications.actions import move, tell
from jobboard.applications.models import Document, DocumentKind, EventKind, Stage
from jobboard.applications.models_reasons import WithdrawReason
from jobboard.applications.queries import by_id
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.files.actions import claim, keep_staged, receive
from jobboard.mail.tasks import mark_sent
from tests.factories import application_link, make_application, make_offer, make_person
from tests.pages import errors_of, form_of, head_of, page_of, words_of


@pytest.fixture
def offer(app):
    texts = {"de": {"title": "Systemadministration", "slug": "systemadministration"}}
    return make_offer("System administrator", slug="system-administrator", texts=texts, response_days=14)


def address(row, more="", language="en"):
    return f"/{language}/applications/{application_link(row)}/{more}"


def with_document(row, data=b"Ten years of operations.\n", name="cv.txt"):
    stored = claim(keep_staged(receive(io.BytesIO(data), name)))
    row.documents.append(Document(file=stored, kind=DocumentKind.cv))
    session().commit()
    return row.documents[0]


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        (
            "en",
            "System administrator (m/w/d)",
            ["Your application has arrived.", "Robin Okafor", "I keep servers running."],
        ),
        (
            "de",
            "Systemadministration (m/w/d)",
            ["Die Bewerbung ist angekommen.", "Robin Okafor", "I keep servers running."],
        ),
    ],
)
def test_page_shows_where_it_stands_and_what_was_sent(client, offer, language, title, words):
    row = make_application(offer, received_at=dt.datetime(2026, 5, 4, 8, tzinfo=dt.UTC))
    session().commit()
    response = client.get(address(row, language=language))
    assert (response.status_code, head_of(response, "h1")) == (200, title)
    text = words_of(page_of(response))
    assert [one for one in words if one not in text] == []
    assert {"en": "May 18, 2026", "de": "18. Mai 2026"}[language] in text, "received on the 4th, 14 days promised"


def test_page_is_for_nobody_else(client, offer):
    row = make_application(offer)
    document = with_document(row)
    for more in ("", "withdraw/", f"documents/{document.id}/"):
        headers = client.get(address(row, more)).headers
        assert "no-store" in headers["Cache-Control"], more
        assert headers["Referrer-Policy"] == "no-referrer", more
        assert "noindex" in headers["X-Robots-Tag"], more
        assert "Set-Cookie" not in headers, more


@pytest.mark.parametrize("change", [str.lower, str.swapcase, lambda link: link[:-1], lambda link: f"{link}A"])
def test_wrong_link_looks_like_an_unknown_address(client, offer, change):
    row = make_application(offer)
    session().commit()
    link = application_link(row)
    for more in ("", "withdraw/", "documents/1/"):
        assert client.get(f"/en/applications/{change(link)}/{more}").status_code == 404
    assert client.post(f"/en/applications/{change(link)}/withdraw/").status_code == 404
    assert by_id(row.id).stage is Stage.received


def test_link_ends_when_its_epoch_is_raised(client, offer):
    row = make_application(offer)
    link = address(row)
    row.link_epoch, row.link_hash = 2, None
    session().commit()
    assert client.get(link).status_code == 404


def test_document_comes_back_as_it_was_sent_and_only_to_its_own_link(client, offer):
    mine, others = make_application(offer), make_application(offer)
    document = with_document(mine, "Größe: ganz\n".encode())
    with_document(others)
    response = client.get(address(mine, f"documents/{document.id}/"))
    assert response.data == "Größe: ganz\n".encode()
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(address(mine, f"documents/{others.documents[0].id}/")).status_code == 404


def test_looking_at_the_question_withdraws_nothing(client, offer):
    row = make_application(offer)
    session().commit()
    assert client.get(address(row, "withdraw/")).status_code == 200
    assert client.head(address(row, "withdraw/")).status_code == 200
    session().expire_all()
    assert by_id(row.id).stage is Stage.received


@pytest.mark.parametrize(("reason", "kept"), [("too_slow", WithdrawReason.too_slow), ("", None)])
def test_withdrawing_is_done_once_and_said(client, offer, reason, kept):
    row = make_application(offer, stage=Stage.interview)
    session().commit()
    form = form_of(client.get(address(row, "withdraw/")))
    response = client.post(address(row, "withdraw/"), data={**form, "reason": reason})
    assert (response.status_code, response.location) == (303, address(row))
    client.post(address(row, "withdraw/"), data={**form, "reason": "other"})
    session().expire_all()
    row = by_id(row.id)
    assert (row.stage, row.told_stage, row.withdraw_reason) == (Stage.withdrawn, Stage.withdrawn, kept)
    assert [event.kind for event in row.events] == [EventKind.withdrawn]
    page = client.get(address(row)).text
    assert "You withdrew your application." in page
    assert "/withdraw/" not in page


def test_a_reason_nobody_offered_is_refused(client, offer):
    row = make_application(offer)
    session().commit()
    response = client.post(address(row, "withdraw/"), data={"reason": "boredom"})
    assert response.status_code == 422
    assert errors_of(response) == ["Why? Only if you like to say – Not a valid choice."]
    assert by_id(row.id).stage is Stage.received


@pytest.fixture
def decided(offer):
    """An application in review, rejected by a recruiter, who has not told yet."""
    row = make_application(offer, stage=Stage.reviewing)
    session().commit()
    return row


def test_decided_rejection_shows_nowhere_until_it_is_told(client, decided, offer):
    before = words_of(page_of(client.get(address(decided))))
    recruiter = make_person(role=Role.recruiter)
    move(decided, Stage.rejected, recruiter)
    mail = tell(decided, offer, recruiter)
    session().commit()
    assert words_of(page_of(client.get(address(decided)))) == before
    mark_sent(mail)
    session().commit()
    told = words_of(page_of(client.get(address(decided))))
    assert "We have decided on another application." in told
    assert "/withdraw/" not in client.get(address(decided)).text


def test_applicant_may_withdraw_while_a_rejection_is_not_told_and_is_not_rejected_after_that(
    client, decided, offer, outbox
):
    recruiter = make_person(role=Role.recruiter)
    move(decided, Stage.rejected, recruiter)
    tell(decided, offer, recruiter)
    session().commit()
    assert [mail.kind for mail in outbox()] == ["applications/rejected"]
    assert client.post(address(decided, "withdraw/")).status_code == 303
    session().expire_all()
    row = by_id(decided.id)
    assert (row.stage, row.told_stage, row.told_at) == (Stage.withdrawn, Stage.withdrawn, None)
    assert (row.events[-1].from_stage, row.events[-1].to_stage) == (Stage.reviewing, Stage.withdrawn)
    assert outbox() == []


def test_page_takes_the_same_number_of_statements_whatever_was_sent(client, offer, queries):
    counts = []
    for documents in (1, 3):
        row = make_application(offer)
        for _number in range(documents):
            with_document(row)
        session().expire_all()
        with queries() as log:
            assert client.get(address(row)).status_code == 200
        counts.append(len(log))
    assert counts[0] == counts[1] <= 12
