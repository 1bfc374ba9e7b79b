"""The secret key changes: with the one before among the old ones everything goes on, without it what it made ends."""

import contextlib
from collections.abc import Callable, Iterator

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask, current_app, url_for

from jobboard.alerts.actions import ask
from jobboard.alerts.models import Alert, Frequency, Subscriber, What
from jobboard.alerts.queries_topics import Topic
from jobboard.applications.actions import join_pool, mail_to_applicant
from jobboard.applications.actions_draft import keep, mail_link
from jobboard.applications.actions_own import ask_new_address
from jobboard.applications.models import Application, Stage
from jobboard.applications.models_draft import Draft
from jobboard.core import clock, tokens_anew
from jobboard.core.access import Role
from jobboard.core.base import Base
from jobboard.core.db import session
from jobboard.core.tokens import fresh_form_token
from jobboard.core.tokens_anew import KEPT
from jobboard.interviews.actions import feed_token, new_feed
from jobboard.interviews.models import CalendarFeed
from jobboard.mail.actions import fill_links, private_link
from jobboard.mail.tasks import deliver
from jobboard.openings.models import JobOffer
from jobboard.people.actions import begin_session
from jobboard.people.actions_doors import answer_reset, ask_reset
from jobboard.people.actions_factors import app_key, step_of_code
from jobboard.people.actions_staff import invite
from jobboard.people.models import Person
from jobboard.people.models_doors import Invitation, PasswordReset
from jobboard.posts.markup_preview import preview_of
from jobboard.site.tasks import renew_links
from jobboard.talents.actions import write_about
from jobboard.talents.models import PoolContact
from jobboard.talents.queries import contacts_of
from tests.conftest import dispose, make_app, own_database
from tests.factories import make_application, make_offer, make_person
from tests.pages import errors_of, form_of

FIRST, SECOND = "first" * 8, "second" * 8
Start = Callable[..., contextlib.AbstractContextManager[Flask]]
#: Hashes of what is random or known by a password, and (`draft_hash`) one that opens nothing and needs a nonce to make.
OF_NO_KEY = {
    "Application.draft_hash", "Person.password_hash", "RecoveryCode.code_hash", "SignInStep.token_hash",
    "StaffSession.token_hash",
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path) -> Start:
    """`with site(key, *older) as app:` is the one site, started with these keys; what is in it stays."""
    url = own_database(request, "keys")

    @contextlib.contextmanager
    def started(key: str, *older: str, **settings: str) -> Iterator[Flask]:
        app = make_app(tmp_path, url, SECRET_KEY=key, OLD_SECRET_KEYS=" ".join(older), **settings)
        with app.app_context():
            yield app
        dispose(app)

    return started


def mailed(row: Application) -> str:
    """The path of the link in a mail that leaves now."""
    return link_to("application", row.id, row.email)


def link_to(purpose: str, subject: int, to_address: str) -> str:
    """The path of a private link as a mail that leaves now has it."""
    return fill_links(private_link(purpose, subject), to_address).removeprefix("http://127.0.0.1:8000")


def links() -> dict[str, str]:
    """Every kind of link there is, to what `one_of_each` made."""
    row, draft, subscriber, feed = the(Application), the(Draft), the(Subscriber), the(CalendarFeed)
    reset = the(PasswordReset)
    paths = {
        "application": mailed(row),
        "address": link_to("address", row.id, row.new_email),
        "draft": link_to("draft", draft.id, "draft@example.org"),
        "pool": link_to("pool", the(PoolContact).id, row.email),
        "invitation": link_to("invitation", the(Invitation).id, "bo@example.org"),
        "reset": link_to("reset", reset.id, reset.email),
        "subscriber": link_to("subscriber", subscriber.id, subscriber.email),
        "alert_stop": link_to("alert_stop", subscriber.id, subscriber.email),
        "alert_confirm": link_to("alert_confirm", the(Alert).id, subscriber.email),
    }
    with current_app.test_request_context():
        return {**paths, "calendar": url_for("interviews.feed", token=feed_token(feed))}


def opens(path: str) -> bool:
    """Whether a link shows a page to whoever has it."""
    return current_app.test_client().get(path).status_code == 200


def the(model: type) -> object:
    """The first row of a model."""
    [key] = sa.inspect(model).primary_key
    return session().execute(sa.select(model).order_by(key).limit(1).execution_options(scope="test")).scalar_one()


def hashes() -> dict[str, str]:
    """What is stored of every kept hash."""
    return {str(kept.column): getattr(the(kept.column.class_), kept.column.key) for kept in KEPT}


def one_of_each() -> None:
    """Something for every kept hash, made as the product makes it."""
    offer, alma = make_offer(slug="operator"), make_person(role=Role.admin, email="alma@example.org")
    row = make_application(offer, email="robin@example.org", stage=Stage.rejected)
    join_pool(row, "I agree")
    session().flush()
    write_about(row, make_offer(slug="editor"), "", alma)
    ask_new_address(row, offer, "r@example.org")
    with current_app.test_request_context("/en/"):
        draft = keep(fresh_form_token("application", offer.id), fields={}, uploads={}, removed=[], suspicions=[])
        mail_link(draft, offer, "draft@example.org")
    ask("reader@example.org", Topic(What.openings, ""), Frequency.daily, "en")
    invite("bo@example.org", "Bo", Role.author, "en", alma, clock.now())
    ask_reset(alma.email, clock.now())
    session().flush()
    answer_reset(the(PasswordReset), "en")
    new_feed(alma)
    session().commit()


def test_no_hash_that_a_key_made_is_forgotten():
    hashed = {
        f"{mapper.class_.__name__}.{column.key}"
        for mapper in Base.registry.mappers
        for column in mapper.columns
        if column.key.endswith("_hash")
    }
    assert {str(kept.column) for kept in KEPT} == hashed - OF_NO_KEY


def test_what_an_old_key_made_stays_as_it_is(site):
    with site(FIRST):
        one_of_each()
        assert renew_links() == 0, "each hash is the one its room tells of"
        before, stored = links(), hashes()
        assert [name for name, path in before.items() if not opens(path)] == []
    with site(SECOND, FIRST):
        assert renew_links() == 0
        assert (links(), hashes()) == (before, stored), "in new mails too"
        assert [name for name, path in before.items() if not opens(path)] == []


def test_what_a_key_made_that_is_gone_ends_and_new_mails_have_links_that_open(site, monkeypatch):
    monkeypatch.setattr(tokens_anew, "AT_ONCE", 1)
    with site(FIRST):
        one_of_each()
        renew_links()
        make_application(make_offer(slug="third"), email="kim@example.org")
        session().commit()
        before, stored = links(), hashes()
    with site(SECOND):
        assert renew_links() == len(KEPT) + 1
        assert [name for name, path in before.items() if opens(path)] == []
        assert [name for name, path in links().items() if not opens(path)] == []
        after = hashes()
        assert not set(after.values()) & set(stored.values())
    with site(SECOND):
        assert renew_links() == 0
        assert hashes() == after


@pytest.mark.parametrize("older", [[FIRST], []], ids=["old key kept", "old key gone"])
def test_mail_that_waited_while_the_key_changed_has_its_link(site, mailbox, older):
    with site(FIRST):
        row = make_application(
            make_offer(), email="robin@example.org", name="[[private-link:application:2:" + "0" * 32 + "]]"
        )
        mail_to_applicant(row, "applications/received", row.opening)
        session().commit()
        renew_links()
        assert deliver() == 0, "there is no mail server"
    with site(SECOND, *older, SMTP_URL=mailbox.url):
        assert deliver() == 0, "links are renewed before"
        renew_links()
        assert deliver() == 1
        [mail] = mailbox.messages
        text = mail.get_body(("plain",)).get_content()
        assert f"http://127.0.0.1:8000{mailed(the(Application))}" in text
        assert ":00000000" in text, "what somebody typed stays"


def test_open_forms_previews_and_sessions_go_on(site):
    with site(FIRST) as app:
        offer, alma = make_offer("Draft", slug="operator", draft=True), make_person(role=Role.admin)
        make_offer("Operator", slug="open")
        token = begin_session(alma, "Firefox (Linux)", clock.now())
        session().commit()
        visitor, staff = app.test_client(), app.test_client()
        with staff.session_transaction() as cookie:
            cookie["token"] = token
        form = form_of(visitor.get("/en/jobs/open/apply/"), "/apply/")
        with app.test_request_context():
            preview = preview_of(offer.texts[0], clock.now()).url.removeprefix("http://127.0.0.1:8000")
        settings = form_of(staff.get("/desk/site/"), having="name")
        cookie = staff.get_cookie("jobboard").value
    with site(SECOND, FIRST) as app:
        visitor, staff = app.test_client(), app.test_client()
        staff.set_cookie("jobboard", cookie)
        sent = visitor.post(
            "/en/jobs/open/apply/", data={**form, "name": "Robin", "email": "robin@example.org", "text": "I"}
        )
        assert (sent.status_code, "review" in sent.location) == (303, True)
        assert visitor.get(preview).status_code == 200
        saved = staff.post("/desk/site/", data={**settings, "name": "Fördetext"})
        assert errors_of(saved) == []
        assert (saved.status_code, staff.get("/desk/site/").status_code) == (303, 200)
    with site(SECOND) as app:
        assert app.test_client().get(preview).status_code == 404
        staff = app.test_client()
        staff.set_cookie("jobboard", cookie)
        assert staff.get("/desk/site/").status_code == 302


def test_authenticator_app_goes_on(site):
    with site(FIRST):
        alma, now = make_person(role=Role.admin), clock.now()
        session().commit()
        code, number = pyotp.TOTP(app_key(alma, "seed")).at(now), alma.id
    with site(SECOND, FIRST):
        assert step_of_code(session().get(Person, number), "seed", code, now) is not None
    with site(SECOND):
        assert step_of_code(session().get(Person, number), "seed", code, now) is None


def test_who_was_told_of_an_opening_is_known_after_the_key_changed(site):
    with site(FIRST):
        one_of_each()
    for keys in ((SECOND, FIRST), (SECOND,)):
        with site(*keys):
            renew_links()
            row = the(Application)
            assert len(contacts_of([row])[row.id]) == 1, keys


def test_process_with_other_keys_leaves_links_and_mails_alone(site, mailbox):
    with site(FIRST, SMTP_URL=mailbox.url) as left_over:
        make_application(make_offer(), email="robin@example.org")
        session().commit()
        renew_links()
        with site(SECOND):
            renew_links()
            link = mailed(the(Application))
            assert opens(link)
        session().rollback()
        row = the(Application)
        mail_to_applicant(row, "applications/received", row.opening)
        session().commit()
        assert (deliver(), renew_links()) == (0, 0)
        assert left_over.test_client().get(link).status_code == 200, "it is found by what is stored"
    with site(FIRST, SMTP_URL=mailbox.url):
        assert renew_links() > 0, "started again it means what it says"
        assert deliver() == 1


def test_address_that_changed_meanwhile_is_no_obstacle(site):
    with site(FIRST):
        one_of_each()
        row, alma, offer = the(Application), the(Person), the(PoolContact).opening
        row.email = row.email_key = "robin@new.example"
        session().flush()
        write_about(row, session().get(JobOffer, offer.id), "", alma)
        session().commit()
        assert len(contacts_of([row])[row.id]) == 1
    with site(SECOND):
        assert renew_links() > 0
        row = the(Application)
        assert len(contacts_of([row])[row.id]) == 1
        assert renew_links() == 0
    with site(SECOND):
        assert renew_links() == 0
