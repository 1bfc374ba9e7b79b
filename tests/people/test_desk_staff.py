"""The staff for admins: inviting, roles, ending access; and that each counts from the next page on."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
import time_machine

from jobboard.audit.models import AuditEntry
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.mail.actions import LinkEnded, fill_links
from jobboard.mail.models import OutboxMail
from jobboard.people.actions import begin_session
from jobboard.people.actions_factors import add_app, new_recovery_codes, new_seed
from jobboard.people.actions_staff import LastAdmin, change_role, end_access, invitation_address, invite
from jobboard.people.actions_staff import join as join_staff
from jobboard.people.models import Person
from jobboard.people.models_doors import Invitation
from jobboard.people.models_factors import Authenticator, RecoveryCode
from jobboard.people.queries import person_by_email
from jobboard.people.queries_doors import invitation_by_link
from jobboard.people.tasks import forget_doors
from tests.factories import make_person
from tests.pages import errors_of, form_of
from tests.people.test_desk import HASHED, PASSWORD, enter, press

STAFF = "/desk/staff/"
INVITE = "/desk/staff/invite/"
CHOSEN = {"new": "four green bicycles", "again": "four green bicycles"}


@pytest.fixture
def alma(app, sign_in):
    return sign_in(person=make_person("Alma Berg", Role.admin, email="alma@example.org", password_hash=HASHED))


@pytest.fixture
def now():
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def invited(client, **given):
    words = {"email": "kim@example.org", "name": "Kim Lee", "role": "reviewer", "locale": "de", **given}
    return client.post(INVITE, data={**form_of(client.get(INVITE), having="email"), **words})


def link_in(mail: OutboxMail) -> str:
    """The path of the link as its recipient gets it."""
    filled = fill_links(mail.text, mail.to_address)
    return "/desk" + filled.partition("/desk")[2].split()[0]


def join(client, link: str, **given):
    return client.post(link, data={**form_of(client.get(link), having="new"), **CHOSEN, **given})


def actions() -> list[str]:
    return list(session().execute(sa.select(AuditEntry.action).order_by(AuditEntry.number)).scalars())


def test_invited_person_chooses_a_password_and_is_in(client, alma, outbox, app):
    assert invited(client).location == STAFF
    page = client.get(STAFF).text
    assert "kim@example.org" in page
    [mail] = outbox()
    assert (mail.kind, mail.to_address, mail.locale) == ("people/invitation", "kim@example.org", "de")
    assert "Alma Berg" in mail.text
    link, token = link_in(mail), link_in(mail).split("/")[3]
    assert len(token) == 43, "256 bits"
    row = session().execute(sa.select(Invitation)).scalar_one()
    assert token not in (row.seed, row.link_hash)
    assert token not in mail.text
    kim = app.test_client()
    kim.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    shown = kim.get(link)
    assert '<html lang="de"' in shown.text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert join(kim, link, name="Kim Lee-Berg").location == "/desk/"
    person = person_by_email("kim@example.org")
    assert (person.name, person.role, person.locale) == ("Kim Lee-Berg", Role.reviewer, "de")
    assert kim.get("/desk/account/").status_code == 200
    assert kim.get(STAFF).status_code == 403
    assert actions() == ["person.invited", "person.joined", "sign_in.succeeded", "access.refused"]
    assert session().execute(sa.select(Invitation)).first() is None
    assert outbox() == []


def test_link_of_an_invitation_counts_once(client, alma, outbox, app):
    invited(client)
    link = link_in(outbox()[0])
    kim, thief = app.test_client(), app.test_client()
    form = form_of(thief.get(link), having="new")
    join(kim, link)
    assert thief.get(link).status_code == 404
    late = thief.post(link, data={**form, **CHOSEN})
    assert late.status_code == 404
    assert "This invitation has ended" in late.text


def test_link_of_an_invitation_ends_after_72_hours(client, alma, outbox, now, app):
    invited(client)
    link, kim = link_in(outbox()[0]), app.test_client()
    now.shift(dt.timedelta(hours=72, seconds=-1))
    form = form_of(kim.get(link), having="new")
    now.shift(1)
    assert kim.post(link, data={**form, **CHOSEN}).status_code == 404
    assert person_by_email("kim@example.org") is None


def test_sending_again_ends_the_link_before(client, alma, outbox, now, app):
    invited(client)
    first = link_in(outbox()[0])
    now.shift(dt.timedelta(hours=73))
    row = session().execute(sa.select(Invitation)).scalar_one()
    enter(client)
    assert "The link has ended" in client.get(STAFF).text
    press(client, f"/desk/staff/invitations/{row.id}/resend/", STAFF)
    [mail] = outbox()
    kim = app.test_client()
    assert kim.get(first).status_code == 404
    assert join(kim, link_in(mail)).status_code == 303


def test_withdrawn_invitation_opens_nothing_and_its_mail_stays(client, alma, outbox, app):
    invited(client)
    [mail] = outbox()
    link, row = link_in(mail), session().execute(sa.select(Invitation)).scalar_one()
    press(client, f"/desk/staff/invitations/{row.id}/withdraw/", STAFF)
    assert app.test_client().get(link).status_code == 404
    assert outbox() == []
    with pytest.raises(LinkEnded):
        invitation_address(row.id, "kim@example.org")


def test_number_of_a_withdrawn_invitation_is_no_key_to_the_next(client, alma, outbox, app):
    """SQLite gives the number of a deleted row to the next one."""
    invited(client)
    [mail] = outbox()
    link, row = link_in(mail), session().execute(sa.select(Invitation)).scalar_one()
    press(client, f"/desk/staff/invitations/{row.id}/withdraw/", STAFF)
    invited(client, email="lee@example.org", role="admin")
    assert app.test_client().get(link).status_code == 404


def test_invitation_of_an_author_keeps_their_page(client, alma, outbox, app):
    author = make_person("Kim Lee", None, email="kim@example.org", slug="kim-lee")
    session().commit()
    invited(client, role="author")
    join(app.test_client(), link_in(outbox()[0]), name="Another name")
    assert (author.role, author.slug, author.name) == (Role.author, "kim-lee", "Kim Lee")


def test_link_of_somebody_who_joined_and_left_opens_nothing(client, alma, outbox, app):
    invited(client)
    link, kim = link_in(outbox()[0]), app.test_client()
    join(kim, link)
    person = person_by_email("kim@example.org")
    press(client, f"/desk/staff/{person.id}/end/", f"/desk/staff/{person.id}/")
    assert kim.get("/desk/account/").status_code == 302
    assert kim.get(link).status_code == 404


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "alma@example.org"}, "Alma Berg has this address and is staff already."),
        ({"email": " ALMA@example.org "}, "Alma Berg has this address and is staff already."),
        ({"email": "kim"}, "This is not an e-mail address."),
        ({"name": " "}, "This field is needed."),
        ({"role": "owner"}, "Not a valid choice."),
    ],
)
def test_wrong_invitation_is_told(client, alma, outbox, given, words):
    answer = invited(client, **given)
    assert answer.status_code == 422
    assert words in errors_of(answer)[0]
    assert outbox() == []


def test_second_invitation_of_an_address_is_told(client, alma):
    invited(client)
    assert "invited already" in errors_of(invited(client, email="KIM@example.org"))[0]


def test_weak_password_is_refused_when_joining(client, alma, outbox, app):
    invited(client, name="Alexandra Lee", locale="en")
    link = link_in(outbox()[0])
    answer = join(app.test_client(), link, new="alexandra alexandra", again="alexandra alexandra")
    assert answer.status_code == 422
    assert "contains your name" in errors_of(answer)[0]


def test_role_is_changed_from_the_next_page_on(client, alma, app):
    kim = make_person("Kim", Role.recruiter, email="kim@example.org", password_hash=HASHED)
    session().commit()
    theirs = app.test_client()
    theirs.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    enter(theirs, "kim@example.org")
    assert theirs.get("/desk/mail/").status_code == 200
    address = f"/desk/staff/{kim.id}/"
    answer = client.post(address, data={**form_of(client.get(address), having="role"), "role": "author"})
    assert answer.location == STAFF
    assert theirs.get("/desk/mail/").status_code == 403
    assert "person.role_changed" in actions()


def test_ended_access_counts_from_the_next_page_on_and_leaves_the_byline(client, alma, app):
    kim = make_person("Kim", Role.recruiter, email="kim@example.org", password_hash=HASHED)
    add_app(kim, new_seed(), 0, clock.now())
    new_recovery_codes(kim)
    session().commit()
    theirs = app.test_client()
    token = begin_session(kim, "Firefox", clock.now())
    session().commit()
    with theirs.session_transaction() as cookie:
        cookie["token"] = token
    assert theirs.get("/desk/account/").status_code == 200
    press(client, f"/desk/staff/{kim.id}/end/", f"/desk/staff/{kim.id}/")
    assert theirs.get("/desk/account/").status_code == 302
    assert (kim.role, kim.password_hash, kim.name) == (None, None, "Kim")
    assert session().execute(sa.select(Authenticator)).first() is None
    assert session().execute(sa.select(RecoveryCode)).first() is None
    assert "Access ended" in client.get(STAFF).text
    assert client.get(f"/desk/staff/{kim.id}/").status_code == 404


def test_somebody_who_left_can_be_invited_again(client, alma, outbox, app):
    kim = make_person("Kim Lee", None, email="kim@example.org", left_at=clock.now())
    session().commit()
    invited(client)
    join(app.test_client(), link_in(outbox()[0]))
    assert (kim.role, kim.left_at) == (Role.reviewer, None)


def test_last_admin_stays(client, alma):
    make_person("Lee", Role.admin, left_at=clock.now())
    session().commit()
    address = f"/desk/staff/{alma.id}/"
    form = form_of(client.get(address), having="role")
    refused = client.post(address, data={**form, "role": "author"})
    assert refused.status_code == 409
    assert "the only admin" in errors_of(refused)[0]
    assert press(client, f"{address}end/", address).status_code == 409
    assert (alma.role, alma.left_at) == (Role.admin, None)
    make_person("Kim", Role.admin)
    session().commit()
    assert client.post(address, data={**form, "role": "author"}).location == "/desk/"
    assert alma.role is Role.author


def test_link_used_in_two_tabs_at_once_makes_one_person(racing_app):
    alma = make_person("Alma Berg", Role.admin)
    row = invite("kim@example.org", "Kim Lee", Role.author, "en", alma, clock.now())
    session().commit()
    token = invitation_address(row.id, row.email).split("/")[-2]
    session().rollback()
    start, joined = threading.Barrier(4), []

    def accept() -> None:
        with racing_app.app_context():
            seen = invitation_by_link(token, clock.now())
            assert seen is not None, "each saw it open"
            session().rollback()
            start.wait()
            with writing():
                found = invitation_by_link(token, clock.now(), lock=True)
                if found is not None:
                    joined.append(join_staff(found, "Kim Lee", HASHED, clock.now()).id)

    threads = [threading.Thread(target=accept) for _tab in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(joined) == 1
    session().rollback()
    assert person_by_email("kim@example.org").id == joined[0]


@pytest.mark.parametrize("way", ["role", "end"])
def test_two_admins_cannot_leave_in_the_same_moment(racing_app, way):
    ids = [make_person(name, Role.admin).id for name in ("Alma", "Kim")]
    session().commit()
    start, refused = threading.Barrier(2), []

    def leave(person_id: int) -> None:
        with racing_app.app_context():
            start.wait()
            try:
                with writing() as current:
                    person = current.get(Person, person_id)
                    if way == "role":
                        change_role(person, Role.author, person)
                    else:
                        end_access(person, person, clock.now())
            except LastAdmin:
                refused.append(person_id)

    threads = [threading.Thread(target=leave, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session().rollback()
    assert len(refused) == 1
    assert session().execute(sa.select(sa.func.count()).where(Person.role == Role.admin)).scalar_one() == 1


def test_admin_takes_lost_factors_away_but_not_their_own(client, alma):
    kim = make_person("Kim", Role.recruiter, email="kim@example.org", password_hash=HASHED)
    for person in (kim, alma):
        add_app(person, new_seed(), 0, clock.now())
    session().commit()
    press(client, f"/desk/staff/{kim.id}/second-factors/remove/", f"/desk/staff/{kim.id}/")
    assert session().get(Authenticator, kim.id) is None
    assert press(client, f"/desk/staff/{alma.id}/second-factors/remove/", STAFF).status_code == 403
    assert session().get(Authenticator, alma.id) is not None
    assert "factor.reset" in actions()


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_often_for_many(client, alma, queries, count):
    for number in range(count):
        person = make_person(f"Person {number}", Role.recruiter)
        add_app(person, new_seed(), 0, clock.now())
        invite(f"invited{number}@example.org", "Kim", Role.author, "en", alma, clock.now())
    session().commit()
    client.get(STAFF)
    with queries() as log:
        page = client.get(STAFF)
    assert page.text.count("Authenticator app") == count
    assert "not in the last 30 days" in page.text
    assert len(log) == 9, "\n".join(log)


def test_list_names_who_was_seen_and_has_what(client, alma, now):
    page = client.get(STAFF).text
    assert "Alma Berg" in page
    assert "(you)" in page
    assert "no second factor" in page


def test_invitation_nobody_accepted_is_forgotten_after_a_month(client, alma, outbox, now):
    invited(client)
    now.shift(dt.timedelta(days=33, seconds=1))
    forget_doors()
    assert outbox() == []
    assert session().execute(sa.select(Invitation)).first() is None


def test_password_works_for_whoever_joined(client, alma, outbox, app):
    invited(client)
    kim = app.test_client()
    join(kim, link_in(outbox()[0]))
    other = app.test_client()
    other.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    assert enter(other, "kim@example.org", CHOSEN["new"]).status_code == 303
    assert enter(app.test_client(), "kim@example.org", PASSWORD).status_code == 422
