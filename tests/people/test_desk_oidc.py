"""Single sign-on against a real provider: only people of the site get in, with the role they have here."""

import datetime as dt
import urllib.request
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from joserfc.jwk import RSAKey

from jobboard.audit.models import AuditEntry
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.core.web import site_url
from jobboard.people.actions_factors import add_app, new_seed
from jobboard.people.actions_oidc import open_provider
from jobboard.people.models import Person
from jobboard.people.models_doors import SignInStep
from jobboard.people.queries import sessions_of
from tests.factories import make_person
from tests.pages import errors_of
from tests.people.test_desk import HASHED, SIGN_IN, cookie_of
from tests.twins.oidc import CLIENT_ID, CLIENT_SECRET, OpenIdProvider

START, BACK = "/desk/sign-in/single/", "/desk/sign-in/single/back/"
DID_NOT_WORK = "The single sign-on did not work. Try again, or use your password."


@pytest.fixture(scope="module")
def twin() -> Iterator[OpenIdProvider]:
    with OpenIdProvider("") as provider:
        yield provider


@pytest.fixture
def provider(app, twin, monkeypatch) -> OpenIdProvider:
    """The twin as new, known to the app; this machine speaks http with it."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    twin.user = {"sub": "1", "email": "alma@example.org", "email_verified": True}
    twin.claims, twin.signs_with, twin.auth_time, twin.in_token = {}, twin.key, None, True
    with app.test_request_context():
        twin.client.back_to = site_url(BACK)
    monkeypatch.setitem(app.extensions, "oidc", open_provider(twin.issuer, CLIENT_ID, CLIENT_SECRET))
    return twin


@pytest.fixture
def alma(app):
    person = make_person("Alma Berg", Role.recruiter, email="alma@example.org", password_hash=HASHED)
    session().commit()
    return person


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


def to_provider(client, address: str = START) -> str:
    """Go to the provider as the browser does; where it leads back to."""
    asked = client.get(address)
    assert asked.status_code == 302, asked.text
    opener = urllib.request.build_opener(NoRedirect)
    try:
        opener.open(asked.location)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"].replace("http://127.0.0.1:8000", "")
    raise AssertionError("the provider did not lead back")


def is_in(client) -> bool:
    return client.get("/desk/account/").status_code == 200


def test_somebody_known_by_address_gets_in_with_their_role(client, provider, alma):
    led = client.get(to_provider(client, f"{START}?next=/desk/posts/"))
    assert led.location == "/desk/posts/"
    assert is_in(client)
    entries = session().execute(sa.select(AuditEntry.action, AuditEntry.details)).all()
    assert [tuple(one) for one in entries] == [("sign_in.succeeded", {"way": "single sign-on"})]
    assert client.get("/desk/staff/").status_code == 403
    assert "step" not in cookie_of(client)


def test_address_may_come_from_the_providers_other_page(client, provider, alma):
    provider.in_token = False
    assert client.get(to_provider(client)).location == "/desk/"


def test_case_of_the_address_does_not_matter(client, provider, alma):
    provider.user["email"] = "Alma@Example.org"
    assert client.get(to_provider(client)).location == "/desk/"


@pytest.mark.parametrize(
    "change", [{"role": None}, {"left_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, {"email": "a@b.c"}]
)
def test_nobody_else_gets_in_and_nobody_is_made(client, provider, alma, change):
    for name, value in change.items():
        setattr(alma, name, value)
    session().commit()
    answer = client.get(to_provider(client))
    assert errors_of(answer) == ["Nobody of the staff has the address of this sign-in."]
    assert not is_in(client)
    assert session().execute(sa.select(sa.func.count(Person.id))).scalar_one() == 1


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"email_verified": False}, "no address that it has verified"),
        ({"email_verified": "true"}, "no address that it has verified"),
        ({"email_verified": None}, "no address that it has verified"),
        ({"email": None}, "no address that it has verified"),
        ({"aud": [CLIENT_ID, "other"], "azp": "other"}, "made for somebody else"),
        ({"iss": "https://other.example"}, "InvalidClaimError"),
        ({"aud": "somebody-else"}, "InvalidClaimError"),
        ({"nonce": "of another sign-in"}, "InvalidClaimError"),
        ({"exp": 1}, "ExpiredTokenError"),
        ({"iat": 99_999_999_999}, "InvalidClaimError"),
    ],
    ids=str,
)
def test_what_proves_nothing_opens_nothing(client, provider, alma, claims, reason, caplog):
    provider.claims = claims
    answer = client.get(to_provider(client))
    assert answer.status_code == 422
    assert errors_of(answer) == [DID_NOT_WORK]
    assert reason in caplog.text
    assert not is_in(client)


def test_token_signed_by_somebody_else_opens_nothing(client, provider, alma, caplog):
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
    assert errors_of(client.get(to_provider(client))) == [DID_NOT_WORK]
    assert "BadSignatureError" in caplog.text


def test_answer_counts_once_and_in_the_browser_that_asked(client, provider, alma, app):
    led = to_provider(client)
    thief = app.test_client()
    assert thief.get(led).location == SIGN_IN
    to_provider(thief)
    assert errors_of(thief.get(led)) == [DID_NOT_WORK], "its state is another one"
    client.get(led)
    assert is_in(client)
    again = app.test_client()
    with again.session_transaction() as cookie:
        cookie["step"] = "used"
    assert again.get(led).location == SIGN_IN
    assert session().execute(sa.select(SignInStep)).first() is None


@pytest.mark.parametrize("tail", ["&state=x", "&iss=https://other.example"])
def test_answer_with_another_state_or_of_another_provider_opens_nothing(client, provider, alma, tail):
    led = to_provider(client)
    name = tail[1:].partition("=")[0]
    kept = "&".join(part for part in led.split("?")[1].split("&") if not part.startswith(f"{name}="))
    assert errors_of(client.get(f"{BACK}?{kept}{tail}")) == [DID_NOT_WORK]


def test_refusal_of_the_provider_is_told(client, provider, alma):
    led = to_provider(client)
    state = next(part for part in led.split("?")[1].split("&") if part.startswith("state="))
    assert errors_of(client.get(f"{BACK}?error=access_denied&{state}")) == [DID_NOT_WORK]


def test_provider_that_is_away_is_told(client, provider, alma, app, monkeypatch):
    monkeypatch.setitem(app.extensions, "oidc", open_provider("http://127.0.0.1:9", CLIENT_ID, CLIENT_SECRET))
    answer = client.get(START)
    assert errors_of(answer) == ["The single sign-on cannot be reached. Try again, or use your password."]


def test_second_factor_is_asked_for_as_always(client, provider, alma):
    add_app(alma, new_seed(), 0, clock.now())
    session().commit()
    led = client.get(to_provider(client, f"{START}?next=/desk/posts/"))
    assert led.location == "/desk/sign-in/second/?next=/desk/posts/"
    assert not is_in(client)


def test_who_is_signed_in_proves_themselves_there(client, provider, alma, sign_in):
    sign_in(person=alma)
    [row] = sessions_of(alma, clock.now())
    row.proven_at = None
    session().commit()
    led = client.get(to_provider(client, f"{START}?next=/desk/account/security/"))
    assert led.location == "/desk/account/security/"
    assert client.get("/desk/account/security/").status_code == 200


@pytest.mark.parametrize("way", ["shown long ago", "somebody else"])
def test_old_sign_in_or_somebody_elses_is_no_proof(client, provider, alma, sign_in, way):
    sign_in(person=alma)
    [row] = sessions_of(alma, clock.now())
    row.proven_at = None
    session().commit()
    if way == "somebody else":
        provider.user["email"] = "kim@example.org"
    else:
        provider.auth_time = 1_000_000_000
    assert client.get(to_provider(client)).location == "/desk/prove/"
    assert client.get("/desk/account/security/").status_code == 302


def test_site_without_single_sign_on_has_no_page_for_it(client, app):
    assert client.get(START).status_code == 404
    assert client.get(BACK).status_code == 404
    assert "single" not in client.get(SIGN_IN).text
