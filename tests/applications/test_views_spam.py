"""Programs: what they send waits apart, is seen by HR, mails nobody, and is never dropped."""

import hashlib
import itertools

import pytest
import sqlalchemy as sa

from jobboard.applications import views_sending
from jobboard.applications.markup_proof import is_proof
from jobboard.applications.models import Application, EventKind
from jobboard.applications.models_reasons import Suspicion
from jobboard.core.db import session
from tests.applying import apply
from tests.factories import make_offer
from tests.pages import form_of, page_of, words_of

GOOD = {"name": "Nour Haddad", "email": "nour@example.org", "text": "I keep servers running."}
SENT = "/en/jobs/operator/apply/sent/"


@pytest.fixture
def offer(app):
    found = make_offer("Operator", slug="operator")
    session().commit()
    return found


@pytest.fixture
def configured(app):
    """Set a setting of the shared app for one test."""
    before = dict(app.config)
    yield app.config
    app.config.update(before)


def rows():
    session().rollback()
    session().expire_all()
    statement = sa.select(Application).order_by(Application.id).execution_options(scope="test")
    return list(session().execute(statement).scalars())


def test_who_fills_in_the_trap_is_answered_as_always_and_waits_apart(client, offer, outbox, sign_in):
    assert apply(client, {**GOOD, "homepage": "https://spam.example"}).location == SENT
    [row] = rows()
    assert (row.is_suspect, row.suspicions) == (True, [Suspicion.trap.value])
    assert outbox() == [], "nobody is mailed on a program's word"
    sign_in("recruiter")
    inbox = client.get("/desk/applications/")
    assert "Nour Haddad" not in inbox.text
    assert "Programs?" in inbox.text
    assert "Nour Haddad" in client.get("/desk/applications/?apart=1").text
    page = client.get(f"/desk/applications/{row.id}/")
    assert "A field that people do not see was filled in." in page.text
    client.post(f"/desk/applications/{row.id}/release/", data=form_of(page, "/release/"))
    [row] = rows()
    assert not row.is_suspect
    assert [event.kind for event in row.events][-2:] == [EventKind.released, EventKind.mailed]
    assert [mail.kind for mail in outbox()] == ["applications/received"]
    assert "Nour Haddad" in client.get("/desk/applications/").text


def test_reviewer_sees_nothing_of_what_waits_apart(client, offer, sign_in):
    from jobboard.applications.actions_reviewers import set_reviewers

    apply(client, {**GOOD, "homepage": "https://spam.example"})
    reviewer = sign_in("reviewer")
    set_reviewers(offer.id, [reviewer])
    session().commit()
    assert client.get(f"/desk/applications/{rows()[0].id}/").status_code == 404
    assert "Nour Haddad" not in client.get("/desk/applications/?apart=1").text


def test_form_sent_faster_than_a_person_can_waits_apart(client, offer, configured):
    configured["FORM_SECONDS"] = 3
    assert apply(client, GOOD).location == SENT
    assert rows()[0].suspicions == [Suspicion.too_fast.value]


def proof_of(token, bits):
    return next(str(n) for n in itertools.count() if is_proof(token, str(n), bits))


def test_proof_is_a_number_for_this_token_and_these_bits():
    number = proof_of("token", 12)
    assert hashlib.sha256(f"token:{number}".encode()).hexdigest().startswith("000")
    assert not is_proof("token", number, 250)
    assert not any(is_proof("token", text, 0) for text in ("", "-1", "1.5", "٣", "9" * 30))


def test_missing_calculation_alone_is_no_suspicion_but_many_from_one_host_are(client, offer, configured):
    configured["PROOF_OF_WORK"] = 8
    for number in range(5):
        apply(client, {**GOOD, "email": f"n{number}@example.org"})
    assert [row.suspicions for row in rows()] == [[], [], [], [Suspicion.no_proof.value], [Suspicion.no_proof.value]]


def test_calculation_done_is_no_suspicion_however_many_come_from_one_host(client, offer, configured):
    configured["PROOF_OF_WORK"] = 8
    for number in range(5):
        form = form_of(client.get("/en/jobs/operator/apply/"), "/apply/")
        proof = proof_of(form["token"], 8)
        fields = {**form, **GOOD, "email": f"n{number}@example.org", "proof": proof}
        answer = client.post("/en/jobs/operator/apply/", data=fields)
        client.post(answer.location, data=form_of(client.get(answer.location), having="content"))
    assert [row.suspicions for row in rows()] == [[]] * 5


@pytest.mark.parametrize("limit", ["PER_HOST", "PER_ADDRESS", "PER_OPENING"])
def test_limits_are_told_in_a_sentence_and_lose_nothing(client, offer, monkeypatch, limit):
    monkeypatch.setattr(views_sending, limit, "2 per hour")
    answers = [apply(client, {**GOOD, "text": f"Number {n}"}) for n in range(3)]
    assert [one.status_code for one in answers] == [303, 303, 429]
    assert "Nothing is lost: please send it again later." in words_of(page_of(answers[-1]))
    assert "Number 2" in answers[-1].text
    assert len(rows()) == 2
