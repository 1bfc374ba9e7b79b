"""Second factors in a real browser: an app, passkeys of a virtual authenticator, recovery codes; and accessible pages."""

import json
import re
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.people.actions import hash_password
from jobboard.people.models_factors import Passkey
from tests.conftest import dispose, make_app
from tests.factories import make_person
from tests.twins.chromium import DESKTOP, PHONE, Window, axe
from tests.twins.server import Server

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"


@pytest.fixture
def site(tmp_path: Path, serve: Callable[..., Server]) -> Iterator[str]:
    """A site on `localhost`, which is a name, so that it can have passkeys. Yields its address."""
    server = serve()
    url = server.url.replace("127.0.0.1", "localhost")
    app: Flask = make_app(tmp_path, SITE_URL=url)
    with app.app_context():
        for name, role in (("Alma Berg", Role.admin), ("Kim Lee", Role.author)):
            email = f"{name.split()[0].lower()}@example.org"
            make_person(name, role, email=email, password_hash=hash_password(PASSWORD))
        session().commit()
        server.start(app)
        yield url
        server.stop()
    dispose(app)


def with_device(window: Window, *, verifies: bool = True) -> tuple[Any, str]:
    """Give the window a device that holds passkeys; with `verifies` it knows its owner by a finger."""
    device = window.context.new_cdp_session(window.page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": verifies,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    return device, device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def sign_in(page: Page, email: str = "alma@example.org") -> None:
    page.goto("/desk/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def add_passkey(page: Page, name: str) -> None:
    page.goto("/desk/account/security/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def test_passkey_is_added_signs_in_alone_and_as_second_step_and_is_removed(site, visitor):
    window = visitor(site)
    page = window.page
    with_device(window)
    sign_in(page)
    add_passkey(page, "work laptop")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    assert page.locator(".recovery-codes code").first.inner_text() in download.value.path().read_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("row", name=re.compile("work laptop.*never"))).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/desk/(applications|posts)/"))
    sign_out(page)

    sign_in(page)
    expect(page.get_by_role("heading", name="second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/desk/(applications|posts)/"))

    page.goto("/desk/prove/?next=/desk/account/security/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{site}/desk/account/security/")
    row = session().query(Passkey).one()
    assert row.used_at is not None
    assert row.sign_count > 0
    session().rollback()

    page.get_by_role("button", name="Remove work laptop").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey was not accepted.").first).to_be_visible()
    sign_in(page)
    expect(page).to_have_url(re.compile("/desk/(applications|posts)/"))


def test_passkey_of_somebody_else_is_no_second_step(site, visitor):
    window = visitor(site)
    page = window.page
    with_device(window)
    sign_in(page, "kim@example.org")
    add_passkey(page, "Kim's key")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    credential = session().query(Passkey).one().credential_id
    session().rollback()
    sign_in(page)
    add_passkey(page, "Alma's key")
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    sign_in(page)
    page.route("**/second/passkey/", lambda route: route.continue_(post_data=_swapped(route.request, credential)))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This passkey was not accepted.").first).to_be_visible()
    page.goto("/desk/account/")
    expect(page).to_have_url(re.compile("/desk/sign-in/"))


def _swapped(request: Any, credential: str) -> str:
    """The form as it was sent, but naming another credential."""
    form = dict(urllib.parse.parse_qsl(request.post_data, keep_blank_values=True))
    answer = json.loads(form["credential"])
    answer["id"] = answer["rawId"] = credential
    return urllib.parse.urlencode({**form, "credential": json.dumps(answer)})


def test_answer_cannot_be_sent_twice(site, visitor):
    """Whoever copies a browser's answer cannot sign in with it: its challenge is used up."""
    window = visitor(site)
    page = window.page
    with_device(window)
    sign_in(page)
    add_passkey(page, "work laptop")
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.post_data or "") if request.url.endswith("/passkey/") else None
    )
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/desk/(applications|posts)/"))
    sign_out(page)
    assert len(sent) == 1
    answer = page.evaluate(
        """async (body) => {
            const page = await (await fetch("/desk/sign-in/")).text();
            const fresh = page.match(/passkey-token[^>]*value="([^"]+)"/)[1];
            const options = new URLSearchParams({csrf_token: fresh});
            await fetch("/desk/sign-in/second/passkey/options/", {method: "POST", body: options});
            const form = new URLSearchParams(body);
            form.set("csrf_token", fresh);
            const response = await fetch("/desk/sign-in/second/passkey/", {method: "POST", body: form, redirect: "manual"});
            return response.status;
        }""",
        sent[0],
    )
    window.expected = "422"
    assert answer == 422


def test_device_that_does_not_know_its_owner_is_no_way_in_alone(site, visitor):
    window = visitor(site)
    page = window.page
    with_device(window, verifies=False)
    sign_in(page)
    add_passkey(page, "old key")
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Nothing was shown by your device.")).to_be_visible()
    sign_in(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/desk/(applications|posts)/"))


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)])
def test_pages_are_accessible(site, visitor, scheme, size):
    window = visitor(site, color_scheme=scheme, size=size)
    page = window.page
    with_device(window)
    page.goto("/desk/sign-in/")
    assert axe(page) == []
    for address in ("/desk/password/?asked=1", "/desk/password/none/", "/desk/invitation/none/"):
        page.goto(address)
        assert axe(page) == [], address
    sign_in(page)
    page.goto("/desk/account/security/app/")
    page.get_by_text("Cannot scan?").click()
    assert axe(page) == []
    key = page.locator(".app-key").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(pyotp.TOTP(key).at(clock.now()))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert axe(page) == []
    code = page.locator(".recovery-codes code").first.inner_text()
    add_passkey(page, "phone")
    expect(page.get_by_role("button", name="Remove phone")).to_be_visible()
    assert axe(page) == []
    page.goto("/desk/staff/invite/")
    assert axe(page) == []
    page.get_by_label("E-mail address").fill("lee@example.org")
    page.get_by_label("Name").fill("Lee")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("lee@example.org").first).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Kim Lee").click()
    expect(page.get_by_role("heading", name="Kim Lee")).to_be_visible()
    assert axe(page) == []
    page.goto("/desk/prove/")
    assert axe(page) == []
    if size == PHONE:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    sign_out(page)
    sign_in(page)
    expect(page.get_by_role("heading", name="second step")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("9 recovery codes are left")).to_be_visible()
