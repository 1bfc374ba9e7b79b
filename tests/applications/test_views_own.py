"""What applicants do on their own page: add, change, take along, delete, join and leave; and the lost link."""

import datetime as dt
import io
import json
import zipfile

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.applications.actions import move, note, tell
from jobboard.applications.models import Application, DocumentKind, EventKind, Stage
from jobboard.applications.models_erased import ErasedApplication, ErasureReason, RetentionRun
from jobboard.applications.tasks import erase_due, mail_lost_links
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.core.i18n import site_zone
from jobboard.files.models import ScanState, StoredFile
from jobboard.files.tasks import drop_staged
from jobboard.mail.actions import LinkEnded, fill_links, give_up, queue
from jobboard.mail.markup_templates import OwnWords
from jobboard.mail.models import MailState, OutboxMail
from jobboard.mail.tasks import mark_sent
from jobboard.site.queries import current_site
from tests.applications.test_views_private import address, with_document
from tests.applying import apply
from tests.factories import application_link, make_application, make_offer, make_person
from tests.pages import errors_of, form_of, head_of, page_of, words_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def offer(app):
    texts = {"de": {"title": "Systemadministration", "slug": "systemadministration"}}
    return make_offer("System administrator", slug="system-administrator", texts=texts)


@pytest.fixture
def row(offer):
    found = make_application(offer, email="Robin@example.org")
    session().commit()
    return found


def rows(model=Application):
    session().rollback()
    session().expire_all()
    return list(session().execute(sa.select(model).execution_options(scope="test")).scalars())


def rejected(row, offer):
    """The same application after its answer was told."""
    recruiter = make_person(role=Role.recruiter)
    move(row, Stage.rejected, recruiter)
    mail = tell(row, offer, recruiter)
    session().flush()
    mark_sent(mail)
    session().commit()
    return row


def test_document_is_added_while_somebody_has_to_decide(client, row, offer):
    form = form_of(client.get(address(row)), "/documents/")
    answer = client.post(
        address(row, "documents/"), data={**form, "document": (io.BytesIO(b"Grades.\n"), "Zeugnis.txt")}
    )
    assert answer.status_code == 303
    assert "The document has arrived." in client.get(answer.location).text
    [found] = rows()
    assert [(one.kind, one.file.name, one.file.staged_until) for one in found.documents] == [
        (DocumentKind.added, "Zeugnis.txt", None)
    ]
    assert found.events[-1].kind is EventKind.document_added
    rejected(found, offer)
    more = {"document": (io.BytesIO(b"More.\n"), "more.txt")}
    assert client.post(address(found, "documents/"), data=more).status_code == 303
    assert len(rows()[0].documents) == 1
    assert "Add document" not in client.get(address(found)).text


@pytest.mark.parametrize(
    ("file", "words"), [(None, "Please choose a file."), ((b"MZ", "x.pdf"), "The content of this file is not what")]
)
def test_document_that_cannot_be_taken_is_told(client, row, file, words):
    data = {"document": (io.BytesIO(file[0]), file[1])} if file else {}
    answer = client.post(address(row, "documents/"), data=data)
    assert answer.status_code == 422
    assert words in errors_of(answer)[0]
    assert rows()[0].documents == []


def test_name_and_telephone_are_changed_without_a_new_link(client, row, outbox):
    form = form_of(client.get(address(row, "contact/")), having="email")
    answer = client.post(address(row, "contact/"), data={**form, "name": "R. Okafor", "phone": "+43 1 58058"})
    assert answer.status_code == 303
    [found] = rows()
    assert (found.name, found.phone, found.email) == ("R. Okafor", "+43158058", "Robin@example.org")
    assert client.get(address(found)).status_code == 200
    assert outbox() == []


def asked_for(client, row, email):
    """Ask for another address, and the page its owner is mailed."""
    form = form_of(client.get(address(row, "contact/")), having="email")
    return client.post(address(row, "contact/"), data={**form, "email": email})


def link_in(mail):
    [line] = [line for line in fill_links(mail.text, mail.to_address).splitlines() if "/applications/" in line]
    return line.removeprefix("http://127.0.0.1:8000")


def test_new_address_counts_once_its_owner_says_yes(client, row, outbox):
    old = address(row)
    answer = asked_for(client, row, "robin@new.example")
    assert "One more step for the new address" in client.get(answer.location).text
    [asked] = outbox()
    assert (asked.kind, asked.to_address, asked.to_name) == ("applications/address_new", "robin@new.example", "")
    assert "Robin" not in asked.text, "nothing an applicant typed goes to a stranger"
    assert rows()[0].email == "Robin@example.org"
    page = client.get(link_in(asked))
    assert (page.status_code, rows()[0].email) == (200, "Robin@example.org"), "a mail scanner changes nothing"
    answer = client.post(link_in(asked))
    [found] = rows()
    assert (found.email, found.email_key) == ("robin@new.example", "robin@new.example")
    assert client.get(old).status_code == 404
    assert "this page has a new link" in client.get(answer.location.removeprefix("http://127.0.0.1:8000")).text
    assert client.post(link_in_ended(asked)).status_code == 404
    left = outbox()[-1]
    assert (left.kind, left.to_address) == ("applications/address_left", "Robin@example.org")
    assert "new.example" not in left.text, "who reads the old address learns no other"


def link_in_ended(mail):
    """A link that was used leads nowhere, and is not filled in any more."""
    with pytest.raises(LinkEnded):
        fill_links(mail.text, mail.to_address)
    return "/en/applications/address/" + "x" * 43 + "/"


def test_address_of_somebody_else_tells_and_sends_nothing_of_them(client, row, outbox):
    """Who changes their address to another person's must not get that person's links or titles."""
    victim = make_application(make_offer("Secret role", slug="secret"), email="victim@example.org")
    session().commit()
    asked_for(client, row, "victim@example.org")
    client.post("/en/applications/lost/", data={"email": "victim@example.org"})
    assert mail_lost_links() == 1
    links = [mail for mail in outbox() if mail.kind == "applications/links"]
    assert [mail.about_id for mail in links] == [victim.id]
    with zipfile.ZipFile(io.BytesIO(client.get(address(row, "download/")).data)) as archive:
        assert b"Secret role" not in archive.read("application.json")


def test_strangers_cannot_be_mailed_again_and_again(client, row, outbox):
    answers = [asked_for(client, row, f"somebody{number}@example.org") for number in range(6)]
    assert [one.status_code for one in answers] == [303, 303, 303, 422, 422, 422]
    assert len(outbox()) == 3
    for email in ("ROBIN@example.org", "robin@EXAMPLE.org"):
        assert asked_for(client, row, email).status_code == 303
    assert len(outbox()) == 3, "the same address written otherwise is no other one"
    assert rows()[0].email == "robin@EXAMPLE.org"


def test_mail_that_has_not_left_follows_to_the_new_address(client, row, offer, outbox):
    move(row, Stage.rejected, make_person(role=Role.recruiter))
    waiting = tell(row, offer, make_person(role=Role.recruiter))
    session().commit()
    assert waiting.to_address == "Robin@example.org"
    asked_for(client, row, "robin@new.example")
    client.post(link_in(outbox()[-1]))
    session().refresh(waiting)
    assert waiting.to_address == "robin@new.example"
    with pytest.raises(LinkEnded):
        fill_links(waiting.text, "Robin@example.org")


def test_wrong_contact_is_told_and_changes_nothing(client, row):
    answer = client.post(address(row, "contact/"), data={"name": " ", "email": "robin@", "phone": "call me"})
    assert answer.status_code == 422
    assert len(errors_of(answer)) == 3
    assert rows()[0].email == "Robin@example.org"


def test_archive_holds_everything_and_nothing_that_was_not_told(client, row, offer):
    with_document(row, b"Ten years of operations.\n", "Lebenslauf 履歴書.txt")
    with_document(row, b"Grades.\n", "cv.txt")
    note(row, "A note nobody told.", make_person(role=Role.recruiter))
    move(row, Stage.rejected, make_person(role=Role.recruiter))
    whom = {"to_address": row.email, "to_name": row.name, "locale": "en", "about": ("application", row.id)}
    queue("applications/letter", own=OwnWords("It has left", "Text", {}), **whom).state = MailState.sent
    queue("applications/letter", own=OwnWords("It still waits", "Text", {}), **whom)
    session().commit()
    answer = client.get(address(row, "download/"))
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("application/zip", "private, no-store")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        content = json.loads(archive.read("application.json"))
        assert archive.read(content["documents"][0]["path"]) == b"Ten years of operations.\n"
    assert [one["name"] for one in content["documents"]] == ["Lebenslauf 履歴書.txt", "cv.txt"]
    assert (content["name"], content["message"]) == ("Robin Okafor", "I keep servers running.")
    assert content["stage"]["value"] == "received", "decided is not told"
    subjects = [one["subject"] for one in content["mails"]]
    assert "It has left" in subjects
    assert "It still waits" not in subjects, "it can still be taken back"
    assert "A note nobody told." not in answer.data.decode("latin-1")


def test_deleting_asks_first_and_then_leaves_a_count_and_nothing_else(client, row):
    with_document(row)
    row_id = row.id
    question = client.get(address(row, "delete/"))
    assert "This cannot be undone" in question.text
    assert len(rows()) == 1
    answer = client.post(address(row, "delete/"))
    assert (answer.status_code, head_of(answer, "h1")) == (200, "Everything is deleted")
    assert rows() == []
    assert (drop_staged(), rows(StoredFile)) == (1, [])
    assert [one for one in rows(OutboxMail) if one.about_id == row_id] == []
    [left] = rows(ErasedApplication)
    assert (left.reason, left.stage, left.received_month) == (
        ErasureReason.applicant,
        Stage.received,
        f"{clock.now():%Y-%m}",
    )


def test_rejected_application_is_locked_instead_and_says_until_when(client, row, offer, sign_in):
    rejected(row, offer)
    answer = client.post(address(row, "delete/"))
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "It is locked and will be deleted on" in page.text
    assert row.text not in page.text
    assert client.get(address(row, "download/")).status_code == 200
    assert client.get(address(row, "contact/")).status_code == 303, "nothing is changed any more"
    sign_in("admin")
    assert client.get(f"/desk/applications/{row.id}/").status_code == 404
    assert "Robin Okafor" not in client.get("/desk/applications/").text


def test_decided_but_untold_rejection_is_deleted_like_an_open_one(client, row):
    move(row, Stage.rejected, make_person(role=Role.recruiter))
    session().commit()
    assert "This cannot be undone" in client.get(address(row, "delete/")).text
    client.post(address(row, "delete/"))
    assert rows() == []


def test_answer_that_came_back_does_not_free_what_is_kept_for_claims(client, row, offer):
    """A delivery report may be true or forged; who was told once can make a claim."""
    rejected(row, offer)
    mail = next(one for one in rows(OutboxMail) if one.kind == "applications/rejected")
    give_up(mail, "550 no such box")
    session().commit()
    assert rows()[0].told_at is None, "it counts as not told"
    assert client.post(address(row, "delete/")).status_code == 303
    [found] = rows()
    assert found.locked_at is not None
    with time_machine.travel(clock.now() + 181 * DAY):
        session().execute(sa.delete(RetentionRun))
        session().commit()
        assert erase_due() == 1, "locked is not for ever"


def test_report_after_the_lock_changes_nothing_of_it(client, row, offer):
    rejected(row, offer)
    client.post(address(row, "delete/"))
    told_at = rows()[0].told_at
    give_up(next(one for one in rows(OutboxMail) if one.kind == "applications/rejected"), "550 no such box")
    session().commit()
    assert rows()[0].told_at == told_at


def test_mails_about_what_is_locked_or_was_never_sent_are_not_for_staff(client, row, offer, sign_in):
    rejected(row, offer)
    mail = next(one for one in rows(OutboxMail) if one.kind == "applications/rejected")
    sign_in("admin")
    assert client.get(f"/desk/mail/{mail.id}/").status_code == 200
    client.post(address(row, "delete/"))
    assert client.get(f"/desk/mail/{mail.id}/").status_code == 404
    assert "Robin" not in client.get("/desk/mail/").text
    mail.about_kind, mail.about_id = "draft", 1
    session().commit()
    assert client.get(f"/desk/mail/{mail.id}/").status_code == 404


def test_date_of_the_lock_leaves_the_talent_pool_out(client, row, offer):
    client.post(address(row, "pool/"), data={"join": "1"})
    rejected(rows()[0], offer)
    day = (rows()[0].told_at + 180 * DAY).astimezone(site_zone())
    assert f"deleted on {day:%B} {day.day}, {day.year}" in words_of(page_of(client.get(address(row, "delete/"))))


@pytest.mark.parametrize("what", ["withdraw/", "delete/", "pool/"])
def test_button_pressed_twice_is_no_error(client, row, what):
    data = {"join": "1"} if what == "pool/" else {}
    first, second = (client.post(address(row, what), data=data) for _twice in (1, 2))
    assert first.status_code in {200, 303}
    assert second.status_code in {303, 404}


def test_infected_document_is_not_in_the_archive(client, row, app):
    document = with_document(row, b"infected\n", "cv.txt")
    document.file.scan_state = ScanState.infected
    session().commit()
    with zipfile.ZipFile(io.BytesIO(client.get(address(row, "download/")).data)) as archive:
        assert [name for name in archive.namelist() if name != "application.json"] == [
            "documents/01 cv.txt - missing.txt"
        ]


def test_page_says_when_it_is_deleted_once_that_is_known(client, row, offer):
    assert "180 days after it has ended" in client.get(address(row)).text
    rejected(row, offer)
    [found] = rows()
    day = (found.told_at + 180 * DAY).astimezone(site_zone())
    assert f"is deleted on {day:%B} {day.day}, {day.year}" in words_of(page_of(client.get(address(found))))


def test_talent_pool_is_joined_and_left_by_one_button_each(client, row):
    answer = client.post(address(row, "pool/"), data={"join": "1"})
    assert "You are in it until" in client.get(answer.location).text
    [found] = rows()
    assert found.consent.words.startswith("Keep my application for 12 months")
    answer = client.post(address(row, "pool/"), data={"leave": "1"})
    assert "You are not in it." in client.get(answer.location).text
    [found] = rows()
    assert found.consent is None
    assert found.consents[0].withdrawn_at is not None, "the proof of both stays"


def test_german_consent_is_kept_in_german(client, row):
    client.post(address(row, "pool/", "de"), data={"join": "1"})
    assert rows()[0].consent.words.startswith("Meine Bewerbung 12 Monate lang behalten")


@pytest.mark.parametrize("email", ["robin@example.org", "ROBIN@EXAMPLE.ORG", "nobody@example.org"])
def test_lost_link_answers_everybody_alike_and_mails_the_stored_address_only(client, row, outbox, email):
    second = make_application(make_offer("Editor", slug="editor"), email="robin@example.org")
    session().commit()
    answer = client.post("/en/applications/lost/", data={"email": email})
    assert (answer.status_code, answer.location) == (303, "/en/applications/lost/?asked=1")
    assert "If an application came from this address" in client.get(answer.location).text
    assert outbox() == [], "looked for by the worker, so that no answer takes longer than another"
    assert (mail_lost_links(), mail_lost_links()) == (1, 0)
    if email == "nobody@example.org":
        assert outbox() == []
        return
    assert {mail.to_address.lower() for mail in outbox()} == {"robin@example.org"}
    text = "".join(fill_links(mail.text, mail.to_address) for mail in outbox())
    assert application_link(row) in text
    assert application_link(second) in text


def test_lost_link_is_limited_without_telling(client, row, outbox):
    answers = [client.post("/en/applications/lost/", data={"email": "robin@example.org"}) for _time in range(5)]
    assert {one.location for one in answers} == {"/en/applications/lost/?asked=1"}
    while mail_lost_links():
        pass
    assert len(outbox()) == 3
    assert client.post("/en/applications/lost/", data={"email": "robin@"}).status_code == 422


def test_link_that_ended_leads_to_a_new_one(client, row):
    assert '"/en/applications/lost/">Have the link sent again' in client.get(f"/en/applications/{'a' * 43}/").text
    assert "Have the link sent again" not in client.get("/en/nowhere/").text


def test_link_of_a_deleted_application_never_opens_another_one(client, row, offer):
    """SQLite gives the number of the last row to the next one."""
    old = address(row)
    client.post(address(row, "delete/"))
    assert (
        apply(client, {"name": "New", "email": "new@example.org", "text": "Hi."}, slug=offer.texts[0].slug).status_code
        == 303
    )
    assert [one.name for one in rows()] == ["New"]
    assert client.get(old).status_code == 404


def test_everything_ends_with_retention(client, row, offer):
    rejected(row, offer)
    link = address(row)
    with time_machine.travel(clock.now() + 181 * DAY):
        assert erase_due() == 1
        assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("has_contact", "site_address", "words"),
    [
        (True, "", "Thilo answers them. thilo@example.org"),
        (False, "jobs@example.org", "jobs@example.org"),
        (False, "", None),
    ],
)
def test_page_says_whom_to_ask(client, row, offer, has_contact, site_address, words):
    if has_contact:
        offer.contact = make_person("Thilo", Role.recruiter, email="thilo@example.org")
    current_site().contact_email = site_address
    session().commit()
    asides = [words_of(one) for one in page_of(client.get(address(row))).iter("aside")]
    if words is None:
        assert "Questions?" not in asides[0]
    else:
        assert all(word in asides[0] for word in ("Questions?", *words.split()))
