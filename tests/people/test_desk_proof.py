"""Being asked again: pages that change how one signs in want a password or passkey of the last ten minutes."""

import datetime as dt

import pytest
import time_machine

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from tests.factories import make_person
from tests.pages import errors_of, form_of
from tests.people.test_desk import HASHED, PASSWORD

PROVE = "/desk/prove/"
SECURITY = "/desk/account/security/"


@pytest.fixture
def alma(app, sign_in):
    person = make_person("Alma Berg", Role.admin, email="alma@example.org", password_hash=HASHED)
    return sign_in(person=person)


@pytest.fixture
def now():
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def prove(client, password: str = PASSWORD, address: str = PROVE):
    return client.post(PROVE, data={**form_of(client.get(address), having="password"), "password": password})


def test_proof_is_good_for_ten_minutes(client, now, alma):
    now.shift(dt.timedelta(minutes=9, seconds=59))
    assert client.get(SECURITY).status_code == 200
    now.shift(1)
    asked = client.get(f"{SECURITY}?a=1&b=2")
    assert asked.location == f"{PROVE}?next=/desk/account/security/?a%3D1%26b%3D2"
    led = prove(client, address=asked.location)
    assert led.location == f"{SECURITY}?a=1&b=2"
    assert client.get(SECURITY).status_code == 200


def test_form_that_was_opened_in_time_can_be_filled_in(client, now, alma):
    kim = make_person("Kim", Role.author)
    session().commit()
    address = f"/desk/staff/{kim.id}/"
    now.shift(dt.timedelta(minutes=9))
    form = form_of(client.get(address), having="role")
    now.shift(dt.timedelta(minutes=10))
    assert client.post(address, data={**form, "role": "reviewer"}).status_code == 303
    now.shift(dt.timedelta(minutes=1))
    late = client.post(address, data={**form, "role": "admin"})
    assert late.status_code == 403
    assert "open this page in another tab" in late.text
    assert kim.role is Role.reviewer


def test_wrong_password_is_told_and_limited(client, now, alma):
    now.shift(dt.timedelta(minutes=10))
    for _try in range(5):
        answer = prove(client, "wrong wrong wrong")
        assert answer.status_code == 422
        assert errors_of(answer) == ["Password – This is not your password."]
    assert prove(client).status_code == 429
    assert client.get(SECURITY).status_code == 302
    now.shift(dt.timedelta(minutes=16))
    assert prove(client).status_code == 303


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_proof_leads_to_own_pages_only(client, now, alma, target):
    assert prove(client, address=f"{PROVE}?next={target}").location == "/desk/account/"


def test_new_password_is_a_proof(client, now, alma):
    now.shift(dt.timedelta(minutes=11))
    form = form_of(client.get("/desk/account/"), having="password-new")
    words = {
        "password-current": PASSWORD,
        "password-new": "four green bicycles",
        "password-again": "four green bicycles",
    }
    assert client.post("/desk/account/password/", data={**form, **words}).status_code == 303
    assert client.get(SECURITY).status_code == 200


def test_session_of_before_this_version_has_to_prove_itself(client, now, alma):
    from jobboard.people.queries import sessions_of

    [row] = sessions_of(alma, clock.now())
    row.proven_at = None
    session().commit()
    assert client.get(SECURITY).status_code == 302
