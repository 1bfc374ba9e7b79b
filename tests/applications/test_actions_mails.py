"""An application's mails: one thread, answered by the right person, and what follows when one does not arrive."""

import datetime as dt

import html5lib
import pytest
import time_machine

from jobboard.applications.actions import (
    mail_to_applicant,
    mark_bounced,
    move,
    private_address,
    tell,
    tell_otherwise,
    withdraw,
)
from jobboard.applications.actions_own import ask_new_address, mail_links
from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.markup import steps
from jobboard.applications.models import EventKind, Stage
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.actions import fill_links, give_up, retry
from jobboard.mail.models import MailState
from jobboard.mail.tasks import mark_refused, mark_sent
from jobboard.mail.transport import GiveUp
from jobboard.site.queries import current_site
from tests.applications.test_views import GOOD, apply
from tests.factories import application_link, make_application, make_offer, make_person
from tests.pages import form_of, page_of, words_of

WORDS = "550 5.1.1 no such user here"


@pytest.fixture
def offer(app):
    return make_offer("System administrator", slug="operator")


@pytest.fixture
def recruiter(app):
    return make_person("Thilo Brandt", role=Role.recruiter)


@pytest.fixture
def rejected(offer, recruiter):
    """A rejection that was decided, after an interview; the confirmation was sent."""
    row = make_application(offer, stage=Stage.interview)
    mark_sent(mail_to_applicant(row, "applications/received", offer))
    move(row, Stage.rejected, recruiter)
    session().commit()
    return row


def test_mails_of_an_application_are_one_thread_and_of_another_one_another(rejected, offer, recruiter, outbox):
    tell(rejected, offer, recruiter)
    mail_to_applicant(make_application(offer), "applications/received", offer)
    session().commit()
    first, answer, other = outbox()
    assert (first.in_reply_to, answer.in_reply_to, other.in_reply_to) == (None, first.message_id, None)


def test_first_mail_of_a_form_begins_the_thread(client, offer, outbox):
    session().commit()
    for _twice in (1, 2):
        assert apply(client, GOOD).status_code == 303
    assert [mail.in_reply_to for mail in outbox()] == [None, None]


@pytest.mark.parametrize(
    ("contact", "site", "expected"),
    [
        ("alma@example.org", "jobs@example.org", "alma@example.org"),
        (None, "jobs@example.org", "jobs@example.org"),
        (None, "", None),
        ("no address", "jobs@example.org", None),
    ],
)
def test_answers_go_to_the_contact_or_the_site_and_a_typing_mistake_keeps_nobody_out(app, contact, site, expected):
    offer = make_offer("Operator", contact=make_person(email=contact) if contact else None)
    current_site().contact_email = site
    assert mail_to_applicant(make_application(offer), "applications/received", offer).reply_to == expected


def test_mail_that_is_refused_for_good_stands_in_the_history(rejected, outbox):
    [mail] = outbox()
    mark_refused(mail, GiveUp(WORDS))
    session().commit()
    event = rejected.events[-1]
    assert (event.kind, event.by, event.detail) == (EventKind.bounced, None, f"{mail.subject}: {WORDS}")


def test_answer_that_came_back_counts_as_not_told_until_it_arrives(rejected, offer, recruiter):
    mail = tell(rejected, offer, recruiter)
    mark_sent(mail)
    session().commit()
    assert (rejected.told_stage, rejected.told_at) == (Stage.rejected, mail.sent_at)
    give_up(mail, WORDS)
    session().commit()
    assert (rejected.stage, rejected.told_stage, rejected.told_at) == (Stage.rejected, Stage.interview, None)
    assert rejected.may_withdraw, "the applicant's page is as before"
    assert [one.state for one in steps(rejected)][-2:] == ["todo", "todo"]
    retry(mail)
    mark_sent(mail)
    session().commit()
    assert (rejected.told_stage, rejected.told_at) == (Stage.rejected, mail.sent_at)
    kinds = [event.kind for event in rejected.events]
    assert kinds[-3:] == [EventKind.told, EventKind.bounced, EventKind.told]


def test_answer_that_came_back_can_be_written_anew(rejected, offer, recruiter):
    mark_sent(mail := tell(rejected, offer, recruiter))
    give_up(mail, WORDS)
    second = tell(rejected, offer, recruiter)
    assert (second.in_reply_to, second.message_id == mail.message_id) == (mail.in_reply_to, False)


def test_who_was_told_by_letter_stays_told_when_an_old_mail_comes_back(rejected, offer, recruiter):
    rejected.decided_at = clock.now() - dt.timedelta(days=5)
    session().flush()
    mark_sent(mail := tell(rejected, offer, recruiter))
    give_up(mail, WORDS)
    day = clock.now() - dt.timedelta(days=1)
    tell_otherwise(rejected, day, recruiter)
    mark_bounced(mail)
    assert (rejected.told_at, rejected.told_stage) == (day, Stage.rejected)


def test_answer_that_came_back_leaves_no_more_after_a_letter_or_a_withdrawal(offer, recruiter, outbox):
    for end in (lambda row: tell_otherwise(row, clock.now(), recruiter), lambda row: withdraw(row, None)):
        row = make_application(offer, stage=Stage.interview)
        move(row, Stage.rejected, recruiter)
        mark_refused(tell(row, offer, recruiter), GiveUp(WORDS))
        end(row)
        session().commit()
        assert outbox() == [], "nobody is told twice, and nobody who has left"


def test_confirmation_that_came_back_tells_nothing_of_an_answer(rejected, offer, recruiter, outbox):
    mark_sent(tell(rejected, offer, recruiter))
    session().commit()
    told_at = rejected.told_at
    outbox()[0].sent_at = told_at
    give_up(outbox()[0], WORDS)
    assert (rejected.told_stage, rejected.told_at) == (Stage.rejected, told_at)


def test_withdrawal_is_not_undone_by_a_mail_that_came_back(rejected, offer, recruiter):
    mail = tell(rejected, offer, recruiter)
    mail.leased_until = clock.now() + dt.timedelta(minutes=1)
    withdraw(rejected, None)
    mark_sent(mail)
    give_up(mail, WORDS)
    assert (rejected.stage, rejected.told_stage) == (Stage.withdrawn, Stage.withdrawn)


def test_mail_about_an_application_that_is_gone_is_marked_all_the_same(rejected, outbox):
    [mail] = outbox()
    mail.about_id = 987654
    give_up(mail, WORDS)
    assert mail.state is MailState.failed


# --- the desk


def notices(client, row):
    page = page_of(client.get(f"/desk/applications/{row.id}/"))
    return [words_of(one) for one in page.iter("div") if one.get("data-kind") == "error"]


def test_desk_says_on_the_application_what_the_server_said_and_what_to_do(client, sign_in, rejected, offer, recruiter):
    mark_sent(mail := tell(rejected, offer, recruiter))
    session().commit()
    sign_in("recruiter")
    assert notices(client, rejected) == []
    give_up(mail, f"{WORDS} <b>")
    session().commit()
    [notice] = notices(client, rejected)
    assert "A mail did not reach the applicant" in notice
    assert f"There is no mailbox with this address. ({WORDS} <b>)" in notice
    assert "The answer counts as not told" in notice
    assert f"Is {rejected.email} spelt like in the documents?" in notice
    page = client.get(f"/desk/applications/{rejected.id}/")
    assert f"{mail.subject}: There is no mailbox with this address. ({WORDS}" in words_of(
        next(page_of(page).iter("main"))
    )
    form = form_of(page, f"/desk/mail/{mail.id}/retry/")
    again = client.post(f"/desk/mail/{mail.id}/retry/", data=form)
    assert (again.status_code, again.location) == (303, f"/desk/applications/{rejected.id}/")
    session().refresh(mail)
    assert mail.state is MailState.queued
    assert notices(client, rejected) == []


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil", ""])
def test_button_leads_back_to_this_site_only(client, sign_in, rejected, outbox, target):
    [mail] = outbox()
    sign_in("recruiter")
    mark_refused(mail, GiveUp(WORDS))
    rejected.stage = Stage.interview
    session().commit()
    form = form_of(client.get(f"/desk/applications/{rejected.id}/"), "/retry/")
    assert client.post(f"/desk/mail/{mail.id}/retry/", data={**form, "next": target}).location == "/desk/mail/"


def test_newer_mail_of_its_kind_or_the_end_of_the_matter_ends_the_notice(client, sign_in, rejected, offer, recruiter):
    mark_sent(mail := tell(rejected, offer, recruiter))
    give_up(mail, WORDS)
    session().commit()
    sign_in("recruiter")
    assert len(notices(client, rejected)) == 1
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5)):
        tell(rejected, offer, recruiter)
        session().commit()
        assert notices(client, rejected) == []
    tell_otherwise(rejected, clock.now(), recruiter)
    session().commit()
    assert notices(client, rejected) == []


def test_reviewer_sees_the_notice_and_sends_nothing(client, sign_in, offer, outbox):
    row = make_application(offer)
    mark_refused(mail_to_applicant(row, "applications/received", offer), GiveUp(WORDS))
    reviewer = make_person(role=Role.reviewer)
    set_reviewers(offer.id, [reviewer])
    session().commit()
    sign_in(person=reviewer)
    assert len(notices(client, row)) == 1
    assert "/retry/" not in client.get(f"/desk/applications/{row.id}/").text


def test_mails_of_both_languages_have_a_link_of_their_own(offer, outbox):
    for locale in ("de", "en"):
        mail_to_applicant(row := make_application(offer, locale=locale), "applications/received", offer)
        session().commit()
        assert f"/{locale}/applications/" in private_address(row.id, row.email)
    assert [mail.locale for mail in outbox()] == ["de", "en"]


# --- what an applicant gets


@pytest.mark.parametrize("locale", ["de", "en"])
@pytest.mark.parametrize("kind", ["applications/received", "applications/received_again", "applications/rejected"])
def test_mail_holds_nothing_from_elsewhere_and_the_same_links_in_both_forms(offer, kind, locale):
    row = make_application(offer, locale=locale, name="Robin <b>Öztürk</b>")
    mail = mail_to_applicant(row, kind, offer)
    html, text = fill_links(mail.html, mail.to_address), fill_links(mail.text, mail.to_address)
    page = html5lib.parse(html, namespaceHTMLElements=False)
    assert {"img", "link", "script", "style", "iframe", "form"}.isdisjoint(str(one.tag) for one in page.iter())
    assert "url(" not in html
    links = {one.get("href") for one in page.iter("a")}
    assert links == {private_address(row.id, row.email)}
    assert private_address(row.id, row.email) in text
    assert (page.get("lang"), mail.locale) == (locale, locale)
    assert "Robin <b>Öztürk</b>" in words_of(page)
    assert "Robin <b>Öztürk</b>" in text
    schemes = {one.get("content") for one in page.iter("meta") if one.get("name") == "color-scheme"}
    assert schemes == {"light dark"}


class Unreachable:
    """A transport nobody may touch while somebody applies."""

    def send(self, *_message):
        raise AssertionError("the mail server was asked")

    greet = send


def test_applying_never_asks_the_mail_server(app, client, offer, outbox, monkeypatch):
    monkeypatch.setitem(app.extensions, "mail_transport", Unreachable())
    session().commit()
    assert apply(client, GOOD).status_code == 303
    assert [(mail.state, mail.tries) for mail in outbox()] == [(MailState.queued, 0)]


def test_mails_show_the_title_as_the_page_does(client, offer, outbox):
    current_site().gender_marker = "(all genders)"
    row = make_application(offer)
    session().commit()
    title = "System administrator (all genders)"
    assert title in words_of(page_of(client.get(f"/en/applications/{application_link(row)}/")))
    apply(client, GOOD)
    opened = form_of(client.get("/en/jobs/operator/apply/"), "/apply/")
    client.post("/en/jobs/operator/apply/", data={**opened, "later": "1", "email": "else@example.org"})
    mail_links([row], {offer.id: offer})
    ask_new_address(row, offer, "else@example.org")
    session().commit()
    mails = outbox()
    kinds = [mail.kind.removeprefix("applications/") for mail in mails]
    assert kinds == ["received", "draft", "links", "address_new"]
    for mail in mails:
        assert title in mail.text, mail.kind
        assert title in mail.html, mail.kind


def test_nobody_is_sent_to_a_contact_who_left(app, client):
    contact = make_person("Bela Left", role=Role.recruiter, email="bela@example.org")
    current_site().contact_email = "jobs@example.org"
    offer = make_offer(slug="deckhand", contact=contact)
    row = make_application(offer)
    session().commit()
    assert mail_to_applicant(row, "applications/received", offer).reply_to == "bela@example.org"
    assert "Bela Left" in client.get("/en/jobs/deckhand/").text
    contact.left_at = clock.now()
    session().commit()
    assert mail_to_applicant(row, "applications/received", offer).reply_to == "jobs@example.org"
    session().commit()
    assert "Bela Left" not in client.get("/en/jobs/deckhand/").text
    page = client.get(f"/en/applications/{application_link(row)}/").text
    assert "Bela Left" not in page
    assert "jobs@example.org" in page
