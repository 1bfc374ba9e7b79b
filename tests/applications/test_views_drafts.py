"""A form on its way: looked over, kept over reload, day and device, and sent exactly as it was looked at."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.applications import views_sending
from jobboard.applications.models import Application
from jobboard.applications.models_draft import Draft
from jobboard.applications.tasks import drop_old_drafts
from jobboard.core import clock
from jobboard.core.db import session
from jobboard.files.models import StoredFile
from jobboard.files.storage import storage
from jobboard.files.tasks import drop_staged
from jobboard.mail.actions import fill_links
from jobboard.transfer.exports_pdf import pdf_of
from tests.applying import action_of, again, apply, fill, send
from tests.factories import make_offer
from tests.pages import errors_of, form_of, kept_of, page_of, words_of

PDF = pdf_of("Curriculum vitae", ["2010 until today: operations"])
GOOD = {"name": "Nour Haddad", "email": "nour@example.org", "text": "I keep servers running."}
ADDRESS = "/en/jobs/operator/apply/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def offer(app):
    found = make_offer("Operator", slug="operator", texts={"de": {"title": "Betrieb", "slug": "betrieb"}})
    session().commit()
    return found


def upload(name="cv.pdf", data=PDF):
    return (io.BytesIO(data), name)


def rows(model):
    session().rollback()
    session().expire_all()
    return list(session().execute(sa.select(model).execution_options(scope="test")).scalars())


def reviewed(client, location):
    """What the review shows, by label."""
    [shown] = [one for one in page_of(client.get(location)).iter("dl") if "summary-list" in one.get("class", "")]
    return {words_of(row[0]): words_of(row[1]) for row in shown.iter("div")}


def test_everything_is_looked_over_before_it_is_sent(client, offer):
    response = fill(client, {**GOOD, "phone": "0461 5550123", "cv": upload(), "talent_pool": "y"})
    shown = reviewed(client, response.location)
    assert shown["Name"] == "Nour Haddad"
    assert shown["Telephone"] == "+49 461 5550123", "of the country of the site"
    assert shown["CV or other document"] == "cv.pdf"
    assert shown["Talent pool"].startswith("Keep my application for 12 months")
    assert rows(Application) == []
    assert send(client, response).location == f"{ADDRESS}sent/"
    [row] = rows(Application)
    assert (row.phone, row.consent.words) == ("+494615550123", shown["Talent pool"])
    assert row.consent.until - row.consent.given_at == dt.timedelta(days=365)


def test_review_leads_back_to_the_form_with_everything_in_it(client, offer):
    location = fill(client, {**GOOD, "cv": upload()}).location
    page = client.get(location.removesuffix("review/"))
    form = form_of(page, having="token")
    assert {name: form[name] for name in GOOD} == GOOD
    assert kept_of(page)[0].startswith("Kept: cv.pdf")
    changed = client.post(action_of(page), data={**form, "text": "Better words."})
    assert changed.location == location, "it is the same form all the time"
    assert reviewed(client, location)["Message"] == "Better words."
    assert len(rows(Draft)) == 1


def test_what_was_changed_in_another_window_is_looked_over_again(client, offer):
    location = fill(client, GOOD).location
    seen = form_of(client.get(location), having="content")
    page = client.get(location.removesuffix("review/"))
    client.post(action_of(page), data={**form_of(page, having="token"), "text": "Other words."})
    answer = client.post(location, data=seen)
    assert answer.status_code == 409
    assert "changed in another window" in answer.text
    assert "Other words." in answer.text
    assert rows(Application) == []
    client.post(location, data=form_of(answer, having="content"))
    assert [row.text for row in rows(Application)] == ["Other words."]


def test_questions_that_changed_meanwhile_are_asked_before_sending(client, offer):
    location = fill(client, GOOD).location
    make_question(offer)
    answer = client.get(location)
    assert answer.status_code == 422
    assert errors_of(answer) == ["On call? – This field is needed."]
    assert send(client, again(client, answer, {"q_on_call": "yes"})).location == f"{ADDRESS}sent/"


def make_question(offer):
    from jobboard.openings.models import Question, QuestionKind

    words = {"kind": QuestionKind.yes_no, "label": {"en": "On call?"}, "is_required": True}
    offer.questions.append(Question(position=0, key="on_call", **words))
    session().commit()


@pytest.mark.parametrize("fields", [{}, {"name": ""}])
def test_draft_is_a_page_of_its_holder_alone(client, offer, fields):
    response = fill(client, {**GOOD, **fields, "cv": upload()})
    address = action_of(response) if response.status_code == 422 else response.location.removesuffix("review/")
    page = client.get(address)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    wrong = client.get(address[:-6] + "xxxxx/")
    assert wrong.status_code == 410
    assert GOOD["text"] not in wrong.text
    make_offer("Editor", slug="editor")
    session().commit()
    assert client.get(address.replace("operator", "editor")).status_code == 410, "a draft is one opening's"


def test_draft_and_its_file_go_after_a_day_and_words_in_the_window_are_not_lost(client, offer):
    response = fill(client, {**GOOD, "name": "", "cv": upload()})
    form, address = form_of(response, having="token"), action_of(response)
    [key] = [one.key for one in rows(StoredFile)]
    with time_machine.travel(clock.now() + 23 * HOUR):
        assert drop_old_drafts() == drop_staged() == 0
        assert client.get(address).status_code == 200
    with time_machine.travel(clock.now() + 25 * HOUR):
        assert client.get(address).status_code == 410
        assert (drop_old_drafts(), drop_staged()) == (1, 1)
        with pytest.raises(FileNotFoundError):
            b"".join(storage().read(key))
        assert rows(Draft) == rows(StoredFile) == []
        answer = send(client, client.post(address, data={**form, **GOOD}))
    assert answer.location == f"{ADDRESS}sent/"
    assert [row.name for row in rows(Application)] == ["Nour Haddad"]


def test_unfinished_form_is_mailed_as_a_link_that_holds_a_week(client, offer, outbox):
    unfinished = {"name": "Nour", "email": "nour@example.org", "later": "1", "cv": upload()}
    response = fill(client, unfinished)
    assert response.status_code == 303
    page = client.get(response.location)
    assert "The link is on its way" in page.text
    assert errors_of(page) == []
    [mail] = outbox()
    assert (mail.kind, mail.to_address, mail.locale) == ("applications/draft", "nour@example.org", "en")
    assert "/apply/" not in mail.text, "the link is written when the mail leaves"
    [line] = [line for line in fill_links(mail.text, mail.to_address).splitlines() if "/apply/" in line]
    with time_machine.travel(clock.now() + dt.timedelta(days=6)):
        assert drop_old_drafts() == drop_staged() == 0
        found = client.get(line.removeprefix("http://127.0.0.1:8000"))
        assert kept_of(found)[0].startswith("Kept: cv.pdf")
        assert again(client, found, {"text": "Done."}).location == f"{ADDRESS}sent/"
    assert [one.kind for one in outbox()] == ["applications/received"], "the mail that led to the draft ended with it"


def test_link_by_mail_needs_a_good_address_and_nothing_else(client, offer, outbox):
    answer = fill(client, {"later": "1", "email": "nour@"})
    assert answer.status_code == 422
    assert errors_of(answer) == ["E-mail address – This is not an e-mail address. Example: name@example.org"]
    answers = [fill(client, {"later": "1", "email": "nour@example.org"}) for _time in range(4)]
    assert [one.status_code for one in answers] == [303, 303, 303, 429]
    assert len(outbox()) == 3


def keep(client, form, **more):
    answer = client.post(f"{ADDRESS}keep/", data={**form, **more})
    return answer.status_code, answer.get_json()


def test_files_travel_at_once_and_can_be_taken_back(client, offer):
    form = form_of(client.get(ADDRESS), "/apply/")
    status, kept = keep(client, {**form, "name": "Nour"}, cv=upload("Lebenslauf 履歴書.pdf"))
    assert status == 200
    assert kept["files"] == {"cv": {"name": "Lebenslauf 履歴書.pdf", "size": "1 kB"}}
    page = client.get(kept["draft"])
    assert form_of(page, having="token")["name"] == "Nour"
    assert "Lebenslauf 履歴書.pdf" in kept_of(page)[0]
    status, refused = keep(client, form, cv=upload("cv.pdf", b"MZ"))
    assert refused["errors"]["cv"].startswith("The content of this file is not what its name says.")
    assert refused["files"]["cv"]["name"] == "Lebenslauf 履歴書.pdf", "the good one stays"
    status, without = keep(client, form, **{"cv-remove": "1"})
    assert without["files"] == {}
    assert drop_staged() == 1
    assert len(rows(Draft)) == 1


def test_nothing_is_kept_without_the_forms_token_or_after_the_end(client, offer):
    form = form_of(client.get(ADDRESS), "/apply/")
    assert keep(client, {**form, "token": "nonsense"}, cv=upload())[0] == 409
    offer.closed_at = clock.now() - HOUR
    session().commit()
    status, answer = keep(client, form, cv=upload())
    assert (status, list(answer)) == (409, ["message"])
    assert rows(Draft) == rows(StoredFile) == []


def test_form_is_the_same_in_another_language(client, offer):
    location = fill(client, GOOD).location
    german = client.get(location.replace("/en/jobs/operator/", "/de/jobs/betrieb/"))
    assert "Stimmt alles?" in german.text
    answer = client.post(
        location.replace("/en/jobs/operator/", "/de/jobs/betrieb/"), data=form_of(german, having="content")
    )
    assert answer.location == "/de/jobs/betrieb/apply/sent/"
    assert [row.locale for row in rows(Application)] == ["de"]


def test_draft_of_somebody_else_never_stands_at_an_old_link(client, offer):
    first = fill(client, GOOD).location
    client.post(first, data=form_of(client.get(first), having="content"))
    second = fill(client, {**GOOD, "name": "Somebody Else"}).location
    assert first != second
    assert client.get(first).location == f"{ADDRESS}sent/"


def test_grace_period_is_a_setting(client, offer, app):
    location = fill(client, GOOD).location
    offer.closed_at = clock.now() - dt.timedelta(minutes=5)
    session().commit()
    assert client.get(location).status_code == 410, "closed before the form was opened"
    offer.closed_at = clock.now() + dt.timedelta(minutes=5)
    session().commit()
    with time_machine.travel(clock.now() + dt.timedelta(minutes=30)):
        assert client.get(location).status_code == 200
        app.config["GRACE"], usual = dt.timedelta(minutes=20), app.config["GRACE"]
        try:
            assert client.get(location).status_code == 410
        finally:
            app.config["GRACE"] = usual


def test_applying_takes_no_name_of_another_field(client, offer):
    """Nothing beyond the form's fields is taken from a request (mass assignment)."""
    columns = {column.name: "1" for column in Application.__table__.columns if column.name not in {*GOOD, "phone"}}
    assert apply(client, {**columns, **GOOD}).location == f"{ADDRESS}sent/"
    [row] = rows(Application)
    assert (row.stage.value, row.locked_at, row.is_suspect, row.first_id) == ("received", None, False, None)


def test_form_kept_again_after_it_was_sent_loses_nothing(client, offer):
    """One window sends, another goes on with the same form: what is acknowledged is stored."""
    form = form_of(client.get(ADDRESS), "/apply/")
    first = client.post(ADDRESS, data={**form, **GOOD})
    send(client, first)
    assert keep(client, {**form, **GOOD, "text": "Later words."})[0] == 409
    second = client.post(ADDRESS, data={**form, **GOOD, "text": "Later words."})
    assert second.status_code == 409
    assert again(client, second, {}).location == f"{ADDRESS}sent/"
    assert [row.text for row in rows(Application)] == [GOOD["text"], "Later words."]


def test_draft_whose_time_is_over_goes_on_while_the_sweep_has_not_been_there(client, offer):
    response = fill(client, {**GOOD, "name": ""})
    form, address = form_of(response, having="token"), action_of(response)
    with time_machine.travel(clock.now() + 25 * HOUR):
        assert client.get(address).status_code == 410
        assert keep(client, {**form, "name": "Nour"})[0] == 200
        assert send(client, client.post(address, data={**form, **GOOD})).location == f"{ADDRESS}sent/"


def test_words_that_were_slow_on_their_way_replace_nothing_newer(client, offer):
    form = form_of(client.get(ADDRESS), "/apply/")
    _status, kept = keep(client, {**form, "text": "newer", "moment": "2000"})
    keep(client, {**form, "text": "older", "moment": "1000"})
    assert form_of(client.get(kept["draft"]), having="token")["text"] == "newer"
    client.post(kept["draft"], data={**form, **GOOD, "text": "without JavaScript", "moment": ""})
    assert form_of(client.get(kept["draft"]), having="token")["text"] == "without JavaScript"


def test_host_that_sends_a_lot_is_asked_to_wait_and_nothing_is_kept(client, offer, monkeypatch):
    monkeypatch.setattr(views_sending, "KEPT_PER_HOST", "2 per hour")
    answers = [fill(client, {**GOOD, "name": ""}) for _time in range(3)]
    assert [one.status_code for one in answers] == [422, 422, 429]
    assert form_of(answers[-1], having="token")["text"] == GOOD["text"]
    assert len(rows(Draft)) == 2
    assert keep(client, form_of(answers[0], having="token"))[0] == 429


def test_link_by_mail_says_nothing_that_was_typed(client, offer, outbox):
    fill(client, {"name": "You won! https://spam.example", "email": "stranger@example.org", "later": "1"})
    [mail] = outbox()
    assert "spam.example" not in mail.text + mail.html + mail.to_name + mail.subject
