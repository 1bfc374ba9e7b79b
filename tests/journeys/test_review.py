"""Two people review one application without leading each other, by keyboard alone, and one of them writes to its applicant."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from jobboard.applications.actions_reviewers import set_reviewers
from jobboard.applications.models import Stage
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.tasks import deliver
from jobboard.people.actions import hash_password
from tests.applications.test_views_private import with_document
from tests.conftest import dispose, make_app
from tests.factories import make_application, make_criteria, make_offer, make_person, make_template
from tests.files.documents import cv
from tests.twins.chromium import DESKTOP, PHONE, misfits
from tests.twins.server import Server
from tests.twins.smtp import Mailbox

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"
COMMENT = "The second server moved without a pause."


@pytest.fixture
def site(tmp_path: Path, serve: Callable[..., Server], mailbox: Mailbox) -> Iterator[tuple[Flask, Server]]:
    """An opening that hides names, one application with a CV, a recruiter and a reviewer."""
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url, SMTP_URL=mailbox.url)
    with app.app_context():
        hashed = hash_password(PASSWORD)
        thilo = make_person("Thilo Brandt", Role.recruiter, email="thilo@example.org", password_hash=hashed)
        emre = make_person("Emre Aydin", Role.reviewer, email="emre@example.org", password_hash=hashed)
        offer = make_offer("Linux administrator", slug="linux-administrator", contact_id=thilo.id)
        make_criteria(offer, "Skills", "Care", hides_names=True)
        make_template(
            "Call", en=("A call about {{ opening }}", "Hello {{ name }},\n\n{{ page_link }}\n\n{{ contact }}")
        )
        row = make_application(offer, name="Robin Okafor", email="robin@example.org", stage=Stage.reviewing)
        with_document(row, cv(), "robin-okafor.pdf")
        set_reviewers(offer.id, [emre])
        session().commit()
        server.start(app)
        yield app, server
        server.stop()
    dispose(app)


def sign_in(page: Page, email: str) -> None:
    page.goto("/desk/applications/")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile(r"\bApplication \d")).focus()
    page.keyboard.press("Enter")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is wanted has the focus, as somebody without a mouse does."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


def rate(page: Page, given: list[int], comment: str = "") -> None:
    """Rate by keyboard alone: the arrow keys choose inside a group."""
    tab_to(page, ".action-bar a[href='#rate']")
    page.keyboard.press("Enter")
    for number in given:
        tab_to(page, ".stars input")
        page.keyboard.press("Space")
        for _press in range(number - 1):
            page.keyboard.press("ArrowRight")
    tab_to(page, "[name=comment]")
    page.keyboard.type(comment)
    tab_to(page, "#rate button")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Your rating is kept.")


def test_two_people_review_and_one_writes(site, visitor, mailbox):
    app, server = site
    emre, thilo = (visitor(server.url, "en-GB", size=size).page for size in (PHONE, DESKTOP))
    sign_in(emre, "emre@example.org")
    expect(emre.locator("h1")).to_have_text(re.compile("^Application "))
    assert misfits(emre) == []
    rate(emre, [5, 2], COMMENT)
    expect(emre.locator("h1")).to_have_text("Robin Okafor")
    assert misfits(emre) == []

    sign_in(thilo, "thilo@example.org")
    expect(thilo.locator("h1")).to_have_text(re.compile("^Application "))
    expect(thilo.locator("main")).not_to_contain_text(COMMENT)
    for part in ("#ratings", "#history"):  # the list of who may look after it names all colleagues
        expect(thilo.locator(part)).not_to_contain_text("Emre Aydin")
    assert misfits(thilo) == []
    rate(thilo, [3, 2])
    expect(thilo.locator("h1")).to_have_text("Robin Okafor")
    expect(thilo.locator("#ratings")).to_contain_text(COMMENT)
    expect(thilo.locator("#ratings tbody tr").first).to_have_text(re.compile(r"Skills\s*4\s*3 to 5"))
    assert misfits(thilo) == []

    tab_to(thilo, ".action-bar a[href$='/mail/']")
    thilo.keyboard.press("Enter")
    expect(thilo).to_have_url(re.compile("/mail/$"))
    tab_to(thilo, ".toolbar button")
    thilo.keyboard.press("Enter")
    expect(thilo.locator("[name=subject]")).to_have_value("A call about {{ opening }}")
    assert misfits(thilo) == []
    tab_to(thilo, "main form:not(.toolbar) button[type=submit]")
    thilo.keyboard.press("Enter")
    expect(thilo.locator(".letter-page")).to_contain_text("Hello Robin Okafor,")
    assert misfits(thilo) == []
    tab_to(thilo, "[name=send]")
    thilo.keyboard.press("Enter")
    expect(thilo.locator(".notice")).to_contain_text("Until then it can be taken back.")
    assert misfits(thilo) == []
    with app.app_context():
        assert deliver() == 0
    tab_to(thilo, "form[action$='/take-back/'] button")
    thilo.keyboard.press("Enter")
    expect(thilo.locator(".notice").first).to_contain_text("The mail was taken back.")
    expect(thilo.locator("#history")).to_contain_text("Mail taken back: A call about Linux administrator")
    assert mailbox.messages == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_other_pages_are_fit_for_everybody(site, visitor, size):
    _app, server = site
    page = visitor(server.url, "en-GB", size=size).page
    sign_in(page, "thilo@example.org")
    expect(page).to_have_url(re.compile(r"/applications/\d+/(\?.*)?$"))
    number = re.search(r"/applications/(\d+)/", page.url)[1]
    page.locator(".lift > summary").click()
    page.locator("[name=reason]").fill("They called.")
    assert misfits(page) == []
    page.get_by_role("button", name="Show the name to everybody").click()
    expect(page.locator("h1")).to_have_text("Robin Okafor")
    opening = page.locator(".eyebrow a").last.get_attribute("href").rpartition("=")[2]
    for address in (
        f"/desk/applications/{number}/address/",
        f"/desk/openings/{opening}/criteria/",
        "/desk/mail/templates/",
        "/desk/mail/templates/new/",
        "/desk/mail/templates/standard/applications-received/",
    ):
        page.goto(address)
        expect(page.locator("h1")).to_have_count(1)
        assert misfits(page) == []
