"""The second step of signing in: an app's code or a recovery code, each once; half signed in opens nothing."""

import datetime as dt
import re
import threading

import pyotp
import pytest
import sqlalchemy as sa
import time_machine

from jobboard.audit.models import AuditEntry
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session, writing
from jobboard.people.actions_doors import begin_step, end_used_up, try_code
from jobboard.people.actions_factors import (
    add_app,
    app_key,
    new_recovery_codes,
    new_seed,
    step_of_code,
    use_recovery_code,
    use_step,
)
from jobboard.people.models import Person
from jobboard.people.models_doors import SignInStep
from jobboard.people.models_factors import Authenticator, RecoveryCode
from jobboard.people.queries_doors import sign_in_step
from jobboard.people.tasks import forget_doors
from tests.factories import make_person
from tests.pages import errors_of, form_of
from tests.people.test_desk import HASHED, SIGN_IN, cookie_of, enter, press

SECOND = "/desk/sign-in/second/"
NOON = dt.datetime(2026, 11, 25, 12, 0, 5, tzinfo=dt.UTC)


@pytest.fixture
def alma(app):
    """Somebody with an app that was set up an hour ago, and recovery codes in `.codes`."""
    with time_machine.travel(NOON - dt.timedelta(hours=1), tick=False):
        person = make_person("Alma Berg", Role.recruiter, email="alma@example.org", password_hash=HASHED)
        seed = new_seed()
        add_app(person, seed, step_of_code(person, seed, code_of(person, seed), clock.now()), clock.now())
        codes = new_recovery_codes(person)
        session().commit()
    person.seed, person.codes = seed, codes
    return person


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def code_of(person, seed: str, ago: int = 0) -> str:
    """What the person's app shows, or showed `ago` seconds before."""
    return pyotp.TOTP(app_key(person, seed)).at(clock.now() - dt.timedelta(seconds=ago))


def answer_with(client, code: str, page=None, **options):
    form = form_of(page or client.get(SECOND), having="code")
    return client.post(SECOND, data={**form, "code": code}, **options)


def is_in(client) -> bool:
    return client.get("/desk/account/").status_code == 200


def test_code_of_the_app_opens_the_desk_and_leads_on(client, alma, noon):
    asked = enter(client, next="/desk/posts/")
    assert asked.location == f"{SECOND}?next=/desk/posts/"
    assert set(cookie_of(client)) == {"step"}
    page = client.get(asked.location)
    assert "authenticator app" in page.text
    assert answer_with(client, code_of(alma, alma.seed), page).location == "/desk/posts/"
    assert is_in(client)
    assert "step" not in cookie_of(client)
    ways = session().execute(sa.select(AuditEntry.details).where(AuditEntry.action == "sign_in.succeeded")).scalars()
    assert list(ways) == [{"way": "app"}]


def test_half_signed_in_opens_nothing(client, alma, noon):
    enter(client)
    for page in ("/desk/", "/desk/account/", "/desk/account/security/", "/desk/prove/", "/desk/applications/"):
        assert client.get(page).location.startswith(SIGN_IN), page
    assert client.post("/desk/account/language/", data={"language-locale": "de"}).status_code == 403


@pytest.mark.parametrize("shape", [r"\1\2", r" \1\2 ", r"\1 \2", r"\1-\2"])
@pytest.mark.parametrize("again", [r"\1\2", r"\1 \2"])
def test_code_counts_once_in_whatever_shape(client, alma, noon, shape, again):
    code = code_of(alma, alma.seed)
    enter(client)
    assert answer_with(client, re.sub("(...)(...)", shape, code)).status_code == 303
    press(client, "/desk/sign-out/")
    enter(client)
    refused = answer_with(client, re.sub("(...)(...)", again, code))
    assert refused.status_code == 422
    assert "was used before" in refused.text
    assert not is_in(client)
    noon.shift(30)
    assert answer_with(client, code_of(alma, alma.seed)).status_code == 303


def test_code_before_a_used_one_counts_no_more(client, alma, noon):
    enter(client)
    before = code_of(alma, alma.seed, ago=30)
    answer_with(client, code_of(alma, alma.seed))
    press(client, "/desk/sign-out/")
    enter(client)
    assert answer_with(client, before).status_code == 422


@pytest.mark.parametrize(("ago", "status"), [(-60, 422), (-30, 303), (0, 303), (30, 303), (60, 422)])
def test_clock_of_the_device_may_be_half_a_minute_off(client, alma, noon, ago, status):
    enter(client)
    assert answer_with(client, code_of(alma, alma.seed, ago)).status_code == status


def test_recovery_code_counts_once_in_whatever_shape(client, alma, noon):
    enter(client)
    assert answer_with(client, f" {alma.codes[3].upper().replace('-', ' ')} ").status_code == 303
    assert "9 recovery codes are left" in client.get("/desk/account/").text
    press(client, "/desk/sign-out/")
    enter(client)
    assert answer_with(client, alma.codes[3]).status_code == 422
    assert answer_with(client, alma.codes[4]).status_code == 303


def test_recovery_code_of_somebody_else_opens_nothing(client, alma, noon):
    other = make_person("Kim", Role.admin)
    [code, *_others] = new_recovery_codes(other)
    session().commit()
    enter(client)
    assert answer_with(client, code).status_code == 422


def test_codes_are_long_and_stored_as_hashes(alma):
    assert len(alma.codes) == len(set(alma.codes)) == 10
    assert all(len(code.replace("-", "")) == 25 for code in alma.codes)
    stored = session().execute(sa.select(RecoveryCode.code_hash)).scalars().all()
    assert all(len(one) == 64 for one in stored)
    assert not set(alma.codes) & set(stored)


def test_key_of_the_app_is_not_in_the_database(app, alma, monkeypatch):
    row = session().get(Authenticator, alma.id)
    key = app_key(alma, row.seed)
    assert len(key) == 32
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret key, long enough for a site")
    assert app_key(alma, row.seed) != key


def test_five_wrong_codes_and_it_begins_anew(client, alma, noon):
    page = client.get(enter(client, next="/desk/posts/").location)
    for _try in range(4):
        page = answer_with(client, "000000", page)
        assert page.status_code == 422
        assert errors_of(page) == ["Code – This code is not right, or it was used before. Wait for the next one."]
    last = answer_with(client, "000000", page)
    assert errors_of(last) == ["There were five wrong codes. Please begin with your password again."]
    assert form_of(last, having="email")["next"] == "/desk/posts/"
    assert session().execute(sa.select(SignInStep)).first() is None
    right = client.post(SECOND, data={**form_of(last, having="email"), "code": code_of(alma, alma.seed)})
    assert right.status_code == 422
    assert not is_in(client)


def test_beginning_anew_does_not_give_codes_without_end(client, alma, noon):
    """Somebody who knows the password guesses codes from a host nobody signed in from today."""
    tried = 0
    for host in range(30):
        address = f"198.51.100.{host}"
        asked = enter(client, host=address)
        if asked.status_code == 429:
            break
        page = client.get(SECOND)
        for _try in range(5):
            page = answer_with(client, "000000", page, environ_base={**client.environ_base, "REMOTE_ADDR": address})
            if page.status_code == 429:
                break
            tried += 1
    assert tried == 30


def test_guessing_codes_locks_nobody_out_where_they_signed_in_today(client, alma, noon):
    at = {"REMOTE_ADDR": "192.0.2.1"}
    enter(client)
    answer_with(client, code_of(alma, alma.seed), environ_base={**client.environ_base, **at})
    press(client, "/desk/sign-out/")
    for host in range(9):
        enter(client, host=f"198.51.100.{host}")
        for _try in range(4):
            answer_with(client, "000000", environ_base={**client.environ_base, "REMOTE_ADDR": f"198.51.100.{host}"})
    noon.shift(30)
    enter(client)
    mine = answer_with(client, code_of(alma, alma.seed), environ_base={**client.environ_base, **at})
    assert mine.status_code == 303


def test_right_password_alone_does_not_begin_the_count_of_passwords_anew(client, alma, noon):
    answers = [enter(client).status_code for _try in range(6)]
    assert answers == [303] * 5 + [429]


def test_step_ends_after_ten_minutes(client, alma, noon):
    enter(client)
    noon.shift(dt.timedelta(minutes=9, seconds=59))
    page = client.get(SECOND)
    assert page.status_code == 200
    noon.shift(1)
    assert client.get(SECOND).location == SIGN_IN
    late = answer_with(client, code_of(alma, alma.seed), page)
    assert errors_of(late) == ["Signing in took too long. Please begin again."]
    noon.shift(1)
    forget_doors()
    assert session().execute(sa.select(SignInStep)).first() is None


@pytest.mark.parametrize("change", [{"role": None}, {"left_at": NOON}])
def test_whoever_leaves_half_way_gets_no_further(client, alma, noon, change):
    enter(client)
    page = client.get(SECOND)
    for name, value in change.items():
        setattr(alma, name, value)
    session().commit()
    assert answer_with(client, code_of(alma, alma.seed), page).status_code == 422
    assert not is_in(client)


def test_page_speaks_the_language_of_whoever_it_is(client, alma, noon):
    alma.locale = "de"
    session().commit()
    enter(client)
    assert '<html lang="de"' in client.get(SECOND).text


def test_of_two_at_once_one_code_opens_one_session(racing_app):
    """With a negative control: without the question whether it was used, both would be in."""
    person = make_person("Alma Berg", Role.recruiter)
    seed, now = new_seed(), clock.now()
    add_app(person, seed, 0, now)
    [code, *_others] = new_recovery_codes(person)
    session().commit()
    step, person_id = step_of_code(person, seed, code_of(person, seed), now), person.id
    session().rollback()
    start, taken, seen = threading.Barrier(8), [], []

    def use(kind: str) -> None:
        with racing_app.app_context():
            mine = session().get(type(person), person_id)
            seen.append(session().get(Authenticator, person_id).last_step < step)
            session().rollback()
            start.wait()
            with writing():
                taken.append((kind, use_step(mine, step) if kind == "app" else use_recovery_code(mine, code, now)))

    threads = [threading.Thread(target=use, args=(kind,)) for kind in ("app", "code") for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 8, "each would have taken it, had it looked only before"
    assert sorted(kind for kind, is_first in taken if is_first) == ["app", "code"]


def test_many_codes_at_once_are_five_as_well(racing_app):
    """Ten right codes in one moment, each seen before any was counted: a code is counted before it is looked at."""
    person = make_person("Alma Berg", Role.recruiter)
    codes, token = new_recovery_codes(person), begin_step(person, clock.now())
    session().commit()
    person_id = person.id
    session().rollback()
    start, seen, answers = threading.Barrier(len(codes)), [], []

    def guess(code: str) -> None:
        with racing_app.app_context():
            step, mine = sign_in_step(token, clock.now()), session().get(Person, person_id)
            seen.append(step.wrong_codes)
            step_id = step.id
            session().rollback()
            start.wait()
            with writing():
                answers.append(try_code(step_id, mine, code, clock.now()))

    threads = [threading.Thread(target=guess, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [0] * 10
    assert answers.count("recovery code") == 5
    with writing():
        assert end_used_up(session().execute(sa.select(SignInStep.id)).scalar_one())
    assert sign_in_step(token, clock.now()) is None
