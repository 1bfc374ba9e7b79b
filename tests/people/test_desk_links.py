"""A forgotten password: the same answer for everybody, a link for an hour and for once, the second factor stays."""

import datetime as dt

import pyotp
import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.actions import LinkEnded, fill_links
from jobboard.people.actions import begin_session
from jobboard.people.actions_doors import reset_address
from jobboard.people.actions_factors import add_app, app_key, new_seed
from jobboard.people.models import StaffSession
from jobboard.people.models_doors import PasswordReset
from jobboard.people.models_factors import Authenticator
from jobboard.people.tasks import answer_resets, forget_doors
from tests.factories import make_person
from tests.pages import errors_of, form_of
from tests.people.test_desk import HASHED, PASSWORD, enter

FORGOTTEN = "/desk/password/"
NEW = "four green bicycles"


@pytest.fixture
def alma(app):
    person = make_person("Alma Berg", Role.recruiter, email="alma@example.org", password_hash=HASHED)
    session().commit()
    return person


@pytest.fixture
def now():
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def ask(client, email: str = "alma@example.org", host: str = "192.0.2.1"):
    at = {"environ_base": {**client.environ_base, "REMOTE_ADDR": host}}
    return client.post(FORGOTTEN, data={**form_of(client.get(FORGOTTEN, **at)), "email": email}, **at)


def link_for(client, outbox, email: str = "alma@example.org") -> str:
    ask(client, email)
    answer_resets()
    [mail] = [mail for mail in outbox() if mail.to_address == email]
    return "/desk" + fill_links(mail.text, mail.to_address).partition("/desk")[2].split()[0]


def choose(client, link: str, new: str = NEW, page=None):
    form = form_of(page or client.get(link), having="new")
    return client.post(link, data={**form, "new": new, "again": new})


def test_answer_does_not_tell_whether_the_address_is_anybodys(client, alma, queries):
    make_person("Kim", None, email="kim@example.org", password_hash=HASHED)
    make_person("Lee", Role.admin, email="lee@example.org", password_hash=HASHED, left_at=clock.now())
    session().commit()
    client.get(FORGOTTEN)
    answers, logs = set(), set()
    for email in ("alma@example.org", "nobody@example.org", "kim@example.org", "lee@example.org", "no address"):
        with queries() as log:
            asked = ask(client, email)
        page = client.get(asked.location)
        answers.add(
            (asked.status_code, asked.location, page.get_data().replace(form_of(page)["csrf_token"].encode(), b""))
        )
        logs.add(tuple(log))
    assert len(answers) == 1
    assert len(logs) == 1


def test_only_staff_of_today_get_a_mail(client, alma, outbox):
    make_person("Kim", None, email="kim@example.org")
    make_person("Lee", Role.admin, email="lee@example.org", left_at=clock.now())
    session().commit()
    for email in ("nobody@example.org", "kim@example.org", "lee@example.org", " ALMA@example.org "):
        ask(client, email)
    answer_resets()
    assert [mail.to_address for mail in outbox()] == ["alma@example.org"]
    assert [row.email for row in session().execute(sa.select(PasswordReset)).scalars()] == ["alma@example.org"]
    assert answer_resets() == 0, "each is answered once"


def test_new_password_ends_every_session_and_every_other_link(client, alma, outbox, app):
    begin_session(alma, "Safari (iPhone)", clock.now())
    session().commit()
    first = link_for(client, outbox)
    ask(client)
    answer_resets()
    assert len(outbox()) == 2
    done = choose(client, first)
    assert "The password is changed" in done.text
    assert not session().execute(sa.select(StaffSession).where(StaffSession.ended_at.is_(None))).first()
    assert session().execute(sa.select(PasswordReset)).first() is None
    assert client.get("/desk/account/").status_code == 302, "nobody is signed in by it"
    assert enter(client).status_code == 422
    assert enter(client, password=NEW).status_code == 303


def test_link_counts_once(client, alma, outbox):
    link = link_for(client, outbox)
    page = client.get(link)
    choose(client, link, page=page)
    assert client.get(link).status_code == 404
    again = choose(client, link, "five brown umbrellas", page=page)
    assert again.status_code == 404
    assert "This link has ended" in again.text
    assert enter(client, password=NEW).status_code == 303


def test_link_ends_after_an_hour_however_late_the_mail_left(client, alma, outbox, now):
    ask(client)
    now.shift(dt.timedelta(minutes=30))
    answer_resets()
    [mail] = outbox()
    link = "/desk" + fill_links(mail.text, mail.to_address).partition("/desk")[2].split()[0]
    now.shift(dt.timedelta(minutes=29, seconds=59))
    page = client.get(link)
    assert page.status_code == 200
    now.shift(1)
    assert choose(client, link, page=page).status_code == 404
    now.shift(1)
    forget_doors()
    assert session().execute(sa.select(PasswordReset)).first() is None
    with pytest.raises(LinkEnded):
        reset_address(1, "alma@example.org")


@pytest.mark.parametrize("change", [{"role": None}, {"left_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}])
def test_link_of_somebody_who_left_opens_nothing(client, alma, outbox, change):
    link = link_for(client, outbox)
    page = client.get(link)
    for name, value in change.items():
        setattr(alma, name, value)
    session().commit()
    assert choose(client, link, page=page).status_code == 404
    assert alma.password_hash == HASHED


def test_second_factor_stays(client, alma, outbox, now):
    seed = new_seed()
    add_app(alma, seed, 0, clock.now())
    session().commit()
    choose(client, link_for(client, outbox))
    assert session().get(Authenticator, alma.id) is not None
    assert enter(client, password=NEW).location.startswith("/desk/sign-in/second/")
    code = pyotp.TOTP(app_key(alma, seed)).at(clock.now())
    second = client.get("/desk/sign-in/second/")
    assert client.post("/desk/sign-in/second/", data={**form_of(second), "code": code}).status_code == 303


def test_opening_the_link_changes_nothing(client, alma, outbox):
    link = link_for(client, outbox)
    for _time in range(3):
        assert client.get(link).status_code == 200
    assert alma.password_hash == HASHED


def test_weak_password_is_refused_and_the_link_stays(client, alma, outbox):
    link = link_for(client, outbox)
    answer = choose(client, link, "alma berg alma")
    assert answer.status_code == 422
    assert "contains your name" in errors_of(answer)[0]
    assert choose(client, link).status_code == 200


def test_asking_is_limited_per_address_without_telling(client, alma, outbox):
    for number in range(5):
        assert ask(client, host=f"192.0.2.{number}").location == f"{FORGOTTEN}?asked=1"
    answer_resets()
    assert len(outbox()) == 3


def test_asking_is_limited_per_host(client, app):
    answers = [ask(client, f"person{number}@example.org").status_code for number in range(21)]
    assert answers == [303] * 20 + [429]


def test_mail_for_a_new_password_is_its_recipients_alone(client, alma, outbox, sign_in):
    ask(client)
    answer_resets()
    [mail] = outbox()
    assert "[[private-link:reset:" in mail.text
    sign_in("admin")
    assert client.get(f"/desk/mail/{mail.id}/").status_code == 404
    assert mail.subject not in client.get("/desk/mail/").text


def test_mail_speaks_the_language_of_the_desk(client, alma, outbox):
    alma.locale = "de"
    session().commit()
    link = link_for(client, outbox)
    assert outbox()[0].locale == "de"
    assert '<html lang="de"' in client.get(link).text


def test_wrong_links_are_limited(client, app):
    answers = [client.get(f"{FORGOTTEN}{'x' * 43}/").status_code for _try in range(3)]
    assert answers == [404] * 3


def test_old_password_is_good_until_the_link_was_used(client, alma, outbox):
    link_for(client, outbox)
    assert enter(client, password=PASSWORD).status_code == 303
