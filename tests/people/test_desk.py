"""The desk's door: who gets in, for how long, and how often one may try."""

import datetime as dt
import re

import argon2
import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.core.tokens import token_hash
from jobboard.people import actions as people_actions
from jobboard.people.actions import begin_session, hash_password
from jobboard.people.models import StaffSession
from jobboard.people.tasks import forget_sessions
from tests.conftest import QUICK_HASHER
from tests.factories import make_person

PASSWORD = "seven bright umbrellas"
HASHED = QUICK_HASHER.hash(PASSWORD)
SIGN_IN = "/desk/sign-in/"


@pytest.fixture
def alma(app):
    person = make_person("Alma Berg", Role.recruiter, email="alma@example.org", password_hash=HASHED)
    session().commit()
    return person


def form_token(client, url: str = SIGN_IN, **options) -> str:
    page = client.get(url, **options).get_data(as_text=True)
    return re.search(r'name="(?:\w+-)?csrf_token" type="hidden" value="([^"]+)"', page)[1]


def enter(client, email: str = "alma@example.org", password: str = PASSWORD, *, host: str = "192.0.2.1", **more):
    at = {"REMOTE_ADDR": host}
    data = {"email": email, "password": password, "csrf_token": form_token(client, environ_base=at), **more}
    return client.post(SIGN_IN, data=data, environ_base={**client.environ_base, **at})


def press(client, url: str, page: str = "/desk/account/", **data):
    return client.post(url, data={"csrf_token": form_token(client, page), **data})


def cookie_of(client) -> dict:
    with client.session_transaction() as cookie:
        return dict(cookie)


def test_stranger_is_led_to_sign_in_and_back(client, alma):
    asked = client.get("/desk/posts/?phase=draft")
    assert asked.status_code == 302
    page = client.get(asked.location)
    assert 'value="/desk/posts/?phase=draft"' in page.get_data(as_text=True)
    assert enter(client, next="/desk/posts/?phase=draft").location == "/desk/posts/?phase=draft"
    assert client.get("/desk/posts/").status_code == 200
    assert client.get(SIGN_IN).location == "/desk/", "who is in already is led on"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "/%0aevil", "x"])
def test_sign_in_leads_to_own_pages_only(client, alma, target):
    assert enter(client, next=target).location == "/desk/"


def test_stranger_posting_is_refused_in_words(client, app):
    answer = client.post("/desk/account/language/", data={"locale": "de"})
    assert answer.status_code == 403
    assert "not signed in any more" in answer.get_data(as_text=True)


def test_wrong_role_is_refused_in_words(client, sign_in):
    sign_in("author")
    answer = client.get("/desk/site/")
    assert answer.status_code == 403
    assert "Your role does not include this page" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "given",
    [
        {"password": "wrong wrong wrong"},
        {"password": PASSWORD + " "},
        {"password": "x" * 100_000},
        {"email": "nobody@example.org"},
        {"email": "no address"},
    ],
)
def test_every_wrong_sign_in_gets_the_same_answer(client, alma, given):
    answer = enter(client, **given)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "The e-mail address or the password is not right." in page
    assert "token" not in cookie_of(client)


def test_people_without_role_or_gone_do_not_get_in(client, alma):
    make_person("Kim", None, email="kim@example.org", password_hash=HASHED)
    make_person("Lee", Role.admin, email="lee@example.org", password_hash=HASHED, left_at=clock.now())
    session().commit()
    assert enter(client, "kim@example.org").status_code == 422
    assert enter(client, "lee@example.org").status_code == 422
    assert enter(client, " ALMA@example.org ").status_code == 303


def test_unknown_address_costs_as_much_work_as_a_wrong_password(client, alma, monkeypatch):
    checked = []

    class Counting(argon2.PasswordHasher):
        def verify(self, stored: str, password: bytes) -> bool:
            checked.append(argon2.extract_parameters(stored))
            return super().verify(stored, password)

    monkeypatch.setattr(people_actions, "_hasher", Counting(time_cost=1, memory_cost=64))
    people_actions._nobodys_hash.cache_clear()
    alma.password_hash = hash_password(PASSWORD)
    session().commit()
    enter(client, password="something else entirely")
    enter(client, "nobody@example.org")
    known, unknown = checked
    assert known == unknown


def test_signing_in_gives_a_new_session_and_ends_the_old_one(client, alma):
    enter(client)
    first = cookie_of(client)
    assert set(first) == {"token"}
    enter_again = {"email": "alma@example.org", "password": PASSWORD}
    client.post(SIGN_IN, data={**enter_again, "csrf_token": form_token(client, "/desk/account/")})
    assert cookie_of(client)["token"] != first["token"]
    rows = {row.token_hash: row for row in session().execute(sa.select(StaffSession)).scalars()}
    assert rows[token_hash(first["token"])].ended_at is not None
    assert rows[token_hash(cookie_of(client)["token"])].ended_at is None


def test_signing_out_ends_a_copied_cookie_too(client, alma, app):
    enter(client)
    copied = cookie_of(client)
    assert press(client, "/desk/sign-out/").location == "/desk/sign-in/"
    assert cookie_of(client) == {}
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(copied)
    assert thief.get("/desk/account/").status_code == 302


def test_form_without_its_token_is_refused(client, alma):
    enter(client)
    assert client.post("/desk/sign-out/").status_code == 400
    assert client.post("/desk/account/sessions/end/").status_code == 400
    answer = client.post(SIGN_IN, data={"email": "alma@example.org", "password": PASSWORD})
    assert answer.status_code == 422


def test_session_ends_an_hour_after_the_last_page_and_twelve_hours_after_it_began(client, alma):
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        enter(client)
        for minutes in range(59, 12 * 60, 59):
            traveller.move_to(start + dt.timedelta(minutes=minutes))
            assert client.get("/desk/account/").status_code == 200, minutes
        traveller.move_to(start + dt.timedelta(hours=12))
        assert client.get("/desk/account/").status_code == 302
        enter(client)
        traveller.shift(dt.timedelta(minutes=60))
        assert client.get("/desk/account/").status_code == 302


def test_last_seen_is_written_at_most_once_a_minute(client, alma, queries):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        enter(client)
        traveller.shift(dt.timedelta(seconds=59))
        with queries() as log:
            client.get("/desk/account/")
        assert not [line for line in log if line.startswith("UPDATE")]
        traveller.shift(dt.timedelta(seconds=1))
        with queries() as log:
            client.get("/desk/account/")
        assert len([line for line in log if line.startswith("UPDATE")]) == 1
        seen = session().execute(sa.select(StaffSession.seen_at)).scalar_one()
        assert abs(seen - clock.now()) < dt.timedelta(seconds=1)


@pytest.mark.parametrize("change", [{"role": None}, {"left_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}])
def test_losing_the_role_or_leaving_counts_from_the_next_page(client, alma, change):
    enter(client)
    for name, value in change.items():
        setattr(alma, name, value)
    session().commit()
    assert client.get("/desk/account/").status_code == 302


def test_changed_role_counts_from_the_next_page(client, alma):
    enter(client)
    assert client.get("/desk/mail/").status_code == 200
    alma.role = Role.author
    session().commit()
    assert client.get("/desk/mail/").status_code == 403


def test_fifth_wrong_try_is_the_last_for_a_quarter_of_an_hour(client, alma):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _try in range(5):
            assert enter(client, password="wrong wrong wrong").status_code == 422
        refused = enter(client)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "900"
        assert "Too many tries" in refused.get_data(as_text=True)
        assert enter(client, host="192.0.2.2").status_code == 303, "her other devices get in"
        traveller.shift(dt.timedelta(minutes=16))


def test_unknown_accounts_are_limited_alike(client, app):
    answers = [enter(client, "nobody@example.org").status_code for _try in range(6)]
    assert answers == [422] * 5 + [429]


def test_right_password_begins_the_count_anew(client, alma):
    for _round in range(3):
        for _try in range(4):
            assert enter(client, password="wrong wrong wrong").status_code == 422
        assert enter(client).status_code == 303
        press(client, "/desk/sign-out/")


def test_guessing_from_everywhere_is_stopped_and_locks_no_known_device_out(client, alma):
    assert enter(client, host="192.0.2.1").status_code == 303
    press(client, "/desk/sign-out/")
    answers = [
        enter(client, password="wrong wrong wrong", host=f"198.51.100.{number // 5}").status_code
        for number in range(32)
    ]
    assert answers == [422] * 29 + [429] * 3, "her own first sign-in counted too"
    assert enter(client, host="203.0.113.9").status_code == 429, "a new device has to wait"
    assert enter(client, host="192.0.2.1").status_code == 303, "the one she used today does not"


def test_one_host_cannot_use_up_an_account(client, alma):
    for _try in range(40):
        enter(client, password="wrong wrong wrong", host="198.51.100.1")
    assert enter(client, host="192.0.2.7").status_code == 303


def test_one_host_cannot_try_many_accounts(client, app):
    answers = [enter(client, f"person{number}@example.org").status_code for number in range(61)]
    assert answers == [422] * 60 + [429]


@pytest.mark.real_hashing
def test_weak_hash_is_renewed_at_sign_in(client, alma):
    alma.password_hash = argon2.PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    session().commit()
    enter(client)
    assert "m=65536" in alma.password_hash
    press(client, "/desk/sign-out/")
    assert enter(client).status_code == 303


def test_password_is_the_same_however_a_keyboard_sends_it(client, alma):
    alma.password_hash = hash_password("grüne Äpfel im Korb")
    session().commit()
    assert enter(client, password="gru\u0308ne A\u0308pfel im Korb").status_code == 303


def test_devices_are_listed_and_ended(client, alma):
    enter(client)
    phone = begin_session(alma, "Safari (iPhone)", clock.now())
    tablet = begin_session(alma, "Safari (iPad)", clock.now())
    session().commit()
    page = client.get("/desk/account/").get_data(as_text=True)
    assert "Safari (iPhone)" in page
    assert "This device" in page

    def row(token: str) -> StaffSession:
        return (
            session().execute(sa.select(StaffSession).where(StaffSession.token_hash == token_hash(token))).scalar_one()
        )

    assert press(client, f"/desk/account/sessions/{row(phone).id}/end/").status_code == 303
    assert row(phone).ended_at is not None
    assert row(tablet).ended_at is None
    press(client, "/desk/account/sessions/end/")
    assert row(tablet).ended_at is not None
    assert client.get("/desk/account/").status_code == 200


def test_nobody_ends_somebody_elses_session(client, alma):
    other = make_person("Kim", Role.admin)
    begin_session(other, "Firefox", clock.now())
    session().commit()
    theirs = session().execute(sa.select(StaffSession).where(StaffSession.person_id == other.id)).scalar_one()
    enter(client)
    assert press(client, f"/desk/account/sessions/{theirs.id}/end/").status_code == 404
    assert theirs.ended_at is None


def change_password(client, **given):
    words = {"current": PASSWORD, "new": "four green bicycles", "again": "four green bicycles", **given}
    data = {f"password-{name}": value for name, value in words.items()}
    page = client.get("/desk/account/").get_data(as_text=True)
    token = re.search(r'name="password-csrf_token" type="hidden" value="([^"]+)"', page)[1]
    return client.post("/desk/account/password/", data={**data, "password-csrf_token": token})


def test_new_password_signs_every_other_device_out(client, alma):
    enter(client)
    before = cookie_of(client)["token"]
    phone = begin_session(alma, "Safari (iPhone)", clock.now())
    session().commit()
    assert change_password(client).status_code == 303
    assert cookie_of(client)["token"] != before
    assert client.get("/desk/account/").status_code == 200
    rows = {row.token_hash: row for row in session().execute(sa.select(StaffSession)).scalars()}
    assert rows[token_hash(phone)].ended_at is not None
    assert token_hash(before) not in rows
    press(client, "/desk/sign-out/")
    assert enter(client).status_code == 422
    assert enter(client, password="four green bicycles").status_code == 303


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"current": "not this one at all"}, "This is not your password."),
        ({"again": "four green bicycle"}, "not the same password as above"),
        ({"new": "short", "again": "short"}, "too short"),
        ({"new": "alma berg alma", "again": "alma berg alma"}, "contains your name"),
    ],
)
def test_password_is_not_changed_when_something_is_wrong(client, alma, given, words):
    enter(client)
    answer = change_password(client, **given)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert alma.password_hash == HASHED


def test_current_password_cannot_be_guessed_at_an_open_desk(client, alma):
    enter(client)
    answers = [change_password(client, current=f"guess number {number}").status_code for number in range(6)]
    assert answers == [422] * 5 + [429]


def test_desk_speaks_the_chosen_language(client, alma):
    enter(client)
    page = client.get("/desk/account/").get_data(as_text=True)
    token = re.search(r'name="language-csrf_token" type="hidden" value="([^"]+)"', page)[1]
    answer = client.post("/desk/account/language/", data={"language-locale": "de", "language-csrf_token": token})
    assert answer.status_code == 303
    assert '<html lang="de"' in client.get("/desk/account/").get_data(as_text=True)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_first_page_of_the_desk_is_one_the_role_may_open(client, sign_in, role):
    sign_in(role)
    assert client.get(client.get("/desk/").location).status_code == 200


def test_menu_shows_what_the_role_may_open(client, sign_in):
    sign_in("author")
    page = client.get("/desk/account/").get_data(as_text=True)
    assert "/desk/posts/" in page
    assert "/desk/mail/" not in page
    assert 'action="/desk/sign-out/"' in page


def test_ended_sessions_are_forgotten_after_a_month(alma):
    now = clock.now()
    ages = {"fresh": (0, None), "ended": (40, 31), "ended lately": (40, 29), "ran out": (31, None)}
    for device, (begun, ended) in ages.items():
        begin_session(alma, device, now - dt.timedelta(days=begun))
        if ended:
            row = session().execute(sa.select(StaffSession).where(StaffSession.device == device)).scalar_one()
            row.ended_at = now - dt.timedelta(days=ended)
    session().commit()
    forget_sessions()
    left = set(session().execute(sa.select(StaffSession.device)).scalars())
    assert left in ({"fresh"}, {"fresh", "ended lately"})
