"""Setting up an authenticator app, recovery codes, and what is needed by one's role."""

import datetime as dt
import re
import urllib.parse
from xml.etree.ElementTree import fromstring

import pyotp
import pytest
import sqlalchemy as sa
import time_machine

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.people.actions_factors import app_address, picture_of
from jobboard.people.models_factors import Authenticator, Passkey, RecoveryCode
from jobboard.site.queries import current_site
from tests.factories import make_person
from tests.pages import errors_of, form_of, page_of, words_of
from tests.people.test_desk import HASHED, enter, press

SECURITY = "/desk/account/security/"
APP = f"{SECURITY}app/"


@pytest.fixture
def alma(app, sign_in):
    return sign_in(person=make_person("Alma Berg", Role.admin, email="alma@example.org", password_hash=HASHED))


@pytest.fixture
def now():
    with time_machine.travel(dt.datetime(2026, 11, 25, 12, 0, 5, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


def key_on(page) -> str:
    return re.search(r'class="app-key">([^<]+)<', page.text)[1].replace(" ", "")


def set_up(client, code: str | None = None, page=None):
    page = page or client.get(APP)
    code = code or pyotp.TOTP(key_on(page)).at(clock.now())
    return client.post(APP, data={**form_of(page, having="seed"), "code": code})


def codes_on(page) -> list[str]:
    return [words_of(one) for one in page_of(page).iter("code")]


def add_passkey(person, name: str = "work laptop") -> Passkey:
    row = Passkey(person_id=person.id, credential_id=name, public_key=b"key", sign_count=0, transports=[], name=name)
    row.added_at = clock.now()
    session().add(row)
    session().commit()
    return row


def test_app_is_set_up_with_its_first_code_and_ten_recovery_codes_are_shown_once(client, now, alma):
    page = client.get(APP)
    svg = next(one for one in page_of(page).iter() if str(one.tag).endswith("svg") and one.get("class") == "qr")
    assert svg.get("role") == "img"
    assert "QR code" in words_of(svg)
    shown = set_up(client, page=page)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "private, no-store"
    codes = codes_on(shown)
    assert len(codes) == 10
    link = next(one for one in page_of(shown).iter("a") if one.get("download"))
    kept = urllib.parse.unquote(link.get("href").partition(",")[2])
    assert all(code in kept for code in codes)
    assert codes[0] not in client.get(SECURITY).text
    assert "10 codes are left" in client.get(SECURITY).text
    press(client, "/desk/sign-out/")
    assert enter(client).location.startswith("/desk/sign-in/second/")
    second = client.get("/desk/sign-in/second/")
    used = client.post("/desk/sign-in/second/", data={**form_of(second), "code": codes[0]})
    assert used.status_code == 303


def test_code_that_set_the_app_up_opens_nothing_any_more(client, now, alma):
    page = client.get(APP)
    code = pyotp.TOTP(key_on(page)).at(clock.now())
    set_up(client, code, page)
    press(client, "/desk/sign-out/")
    enter(client)
    second = client.get("/desk/sign-in/second/")
    assert client.post("/desk/sign-in/second/", data={**form_of(second), "code": code}).status_code == 422


def test_wrong_code_keeps_the_key_on_the_page(client, now, alma):
    page = client.get(APP)
    again = set_up(client, "000000", page)
    assert again.status_code == 422
    assert key_on(again) == key_on(page)
    assert session().get(Authenticator, alma.id) is None
    assert set_up(client, page=again).status_code == 200


def test_key_of_somebody_else_is_not_taken(client, now, alma, app):
    with app.test_request_context():
        from jobboard.core.tokens import sign

        theirs = sign("authenticator", f"{alma.id + 1}:0123456789abcdef")
    form = {**form_of(client.get(APP), having="seed"), "seed": theirs, "code": "000000"}
    answer = client.post(APP, data=form)
    assert errors_of(answer) == ["Please scan the picture again: the page was too old."]


def test_address_in_the_picture_is_what_apps_read(app, alma):
    address = app_address(alma, "0" * 32, "Nordlicht: Jobs & more")
    parsed = pyotp.parse_uri(address)
    assert (parsed.issuer, parsed.name) == ("Nordlicht  Jobs & more", "alma@example.org")
    assert len(parsed.byte_secret()) == 20
    picture = fromstring(picture_of(address, "A <title> & more"))
    assert picture.find("title").text == "A <title> & more"


def test_removing_the_last_factor_takes_the_recovery_codes_along(client, now, alma):
    set_up(client)
    key = add_passkey(alma)
    press(client, f"{APP}remove/", SECURITY)
    assert session().get(Authenticator, alma.id) is None
    assert session().execute(sa.select(sa.func.count(RecoveryCode.id))).scalar_one() == 10
    press(client, f"{SECURITY}passkeys/{key.id}/remove/", SECURITY)
    assert session().execute(sa.select(RecoveryCode)).first() is None
    press(client, "/desk/sign-out/")
    enter(client)
    assert client.get("/desk/account/").status_code == 200


def test_new_recovery_codes_end_those_before(client, now, alma):
    before = codes_on(set_up(client))
    after = codes_on(press(client, f"{SECURITY}recovery-codes/", SECURITY))
    assert not set(before) & set(after)
    press(client, "/desk/sign-out/")
    enter(client)
    second = client.get("/desk/sign-in/second/")
    for code, status in ((before[0], 422), (after[0], 303)):
        assert client.post("/desk/sign-in/second/", data={**form_of(second), "code": code}).status_code == status


def test_recovery_codes_alone_are_no_second_factor(client, now, alma):
    assert press(client, f"{SECURITY}recovery-codes/", SECURITY).status_code == 409


def test_nobody_removes_somebody_elses_passkey(client, now, alma):
    other = make_person("Kim", Role.admin)
    key = add_passkey(other)
    assert press(client, f"{SECURITY}passkeys/{key.id}/remove/", SECURITY).status_code == 404
    assert session().get(Passkey, key.id) is not None


def test_passkeys_are_not_offered_where_the_site_is_an_ip_address(client, now, alma, app, monkeypatch):
    monkeypatch.setitem(app.config, "SITE_URL", "http://192.0.2.7")
    page = client.get(SECURITY).text
    assert "this one is reached by an IP address" in page
    assert "data-passkey" not in page
    assert "data-passkey" not in client.get("/desk/sign-in/second/", follow_redirects=True).text
    assert press(client, f"{SECURITY}passkeys/options/", SECURITY).status_code == 404
    monkeypatch.setitem(app.config, "SITE_URL", "http://127.0.0.1:8000")
    assert "data-passkey" in client.get(SECURITY, base_url="http://localhost").text, "this machine has a name too"


def test_role_that_needs_a_second_factor_opens_nothing_without(client, now, alma):
    current_site().second_factor_roles = ["admin", "recruiter"]
    session().commit()
    for page in ("/desk/", "/desk/posts/", "/desk/staff/", "/desk/account/"):
        assert client.get(page).location == SECURITY, page
    assert "Your role needs a second factor" in client.get(SECURITY).text
    assert client.post("/desk/account/language/", data={"language-locale": "de"}).status_code == 403
    set_up(client)
    assert client.get("/desk/staff/").status_code == 200
    assert "Your role needs" not in client.get(SECURITY).text


def test_other_roles_open_everything_without(client, now, sign_in):
    current_site().second_factor_roles = ["admin"]
    sign_in("recruiter")
    assert client.get("/desk/applications/").status_code == 200


def test_admin_says_which_roles_need_one(client, now, alma):
    set_up(client)
    form = form_of(client.get("/desk/site/"), having="tagline_en")
    client.post("/desk/site/", data={**form, "second_factor_roles": ["admin", "reviewer"]})
    assert current_site().second_factor_roles == ["admin", "reviewer"]
    page = form_of(client.get("/desk/site/"), having="tagline_en")
    assert page["second_factor_roles"] == ["admin", "reviewer"]
    client.post("/desk/site/", data={name: value for name, value in page.items() if name != "second_factor_roles"})
    assert current_site().second_factor_roles == []
