"""The main job from end to end, in a real browser, with a real mail server: find, apply, be read, be answered."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.mail.tasks import deliver
from jobboard.people.actions import hash_password
from jobboard.transfer.exports_pdf import pdf_of
from tests.conftest import dispose, empty_database, make_app
from tests.factories import make_article, make_category, make_offer, make_person
from tests.twins.chromium import DESKTOP, PHONE, Window, misfits
from tests.twins.server import Server
from tests.twins.smtp import Mailbox

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"
APPLICANT = "nour@example.org"
QUESTIONS = [
    {
        "key": "on_call",
        "kind": "yes_no",
        "is_required": True,
        "label": {"en": "Can you be on call?", "de": "Ist Rufbereitschaft möglich?"},
    }
]


@pytest.fixture
def site(
    request: pytest.FixtureRequest, tmp_path: Path, serve: Callable[..., Server], mailbox: Mailbox
) -> Iterator[tuple[Flask, Server]]:
    """A site of its own behind real HTTP and with a real mail server, on the engine the test names."""
    server = serve()
    url = (
        empty_database(request.getfixturevalue("postgres"), f"journey_{tmp_path.name}")
        if request.param == "postgresql"
        else ""
    )
    app = make_app(tmp_path, url, SITE_URL=server.url, SMTP_URL=mailbox.url)
    with app.app_context():
        fill()
        server.start(app)
        yield app, server
        server.stop()
    dispose(app)


def fill() -> None:
    """An opening that fits what the applicant is looking for, some that do not, and an article."""
    recruiter = make_person(
        "Thilo Brandt", role=Role.recruiter, email="thilo@example.org", password_hash=hash_password(PASSWORD)
    )
    category = make_category("operations", en="Operations", de="Betrieb")
    make_article("An outage", slug="an-outage", authors=[recruiter], categories=[category])
    make_offer(
        "Linux administrator",
        locale="en",
        slug="linux-administrator",
        texts={"de": {"title": "Linux-Administration", "slug": "linux-administration"}},
        workplace="remote",
        remote=["DE"],
        needs=[("de", "B2", True)],
        questions=QUESTIONS,
        contact=recruiter,
        authors=[recruiter],
        categories=[category],
    )
    make_offer("Editor", slug="editor", workplace="remote", remote=["DE"], needs=[("de", "C2", True)])
    make_offer("Receptionist", slug="receptionist", workplace="on_site", places=["DE/Flensburg"])
    session().commit()


@pytest.mark.parametrize(
    ("site", "language", "javascript", "size"),
    [
        ("sqlite", "en", True, DESKTOP),
        ("postgresql", "en", False, PHONE),
        ("postgresql", "de", True, PHONE),
        ("sqlite", "de", False, DESKTOP),
    ],
    indirect=["site"],
    ids=["en-js", "en-no-js-phone", "de-js-phone", "de-no-js"],
)
def test_applicant_finds_applies_and_follows_and_hr_moves(site, visitor, mailbox, language, javascript, size):
    app, server = site
    title = {"en": "Linux administrator", "de": "Linux-Administration"}[language]
    window = visitor(server.url, {"en": "en-GB", "de": "de-DE"}[language], javascript=javascript, size=size)
    page = window.page
    look = Looking(page, javascript=javascript)

    page.goto("/")
    expect(page).to_have_url(re.compile(f"/{language}/$"))
    look.at_page()
    page.locator(".site-nav").get_by_role("link").filter(has_text=re.compile("Jobs|Stellen")).click()
    find(page, javascript=javascript, is_phone=size == PHONE)
    expect(page.locator(".results article")).to_have_count(1)
    expect(page).to_have_url(re.compile("speaks=de"))
    look.at_page()
    page.locator(".results article a", has_text=title).first.click()
    look.at_page()
    page.locator('a.button[href$="/apply/"]').first.click()
    apply(page, look)
    assert [mail["To"].addresses[0].addr_spec for mail in mailbox.messages] == []
    with app.app_context():
        deliver()
    [mail] = mailbox.wait_for(1, to=APPLICANT)
    assert (mail["Content-Language"], mail["Reply-To"].addresses[0].addr_spec) == (language, "thilo@example.org")
    link = re.search(rf"{server.url}/\S+", mail.get_body(("plain",)).get_content()).group(0)

    page.goto(link)
    expect(page.locator("h1")).to_have_text(f"{title} (m/w/d)")
    expect(page.get_by_role("link", name="lebenslauf.pdf")).to_be_visible()
    expect(page.locator("[aria-current=step]")).to_have_text(
        re.compile({"en": "Received", "de": "Eingegangen"}[language])
    )
    look.at_page()
    hr_moves(visitor(server.url, "de-DE", javascript=javascript), title)
    page.reload()
    expect(page.locator("[aria-current=step]")).to_have_text(
        re.compile({"en": "In review", "de": "In Prüfung"}[language])
    )
    page.locator('a[href$="/withdraw/"]').click()
    look.at_page()
    page.locator("main form button").click()
    expect(page.locator("h1")).to_have_text(f"{title} (m/w/d)")
    expect(page.locator("main")).to_contain_text({"en": "Withdrawn", "de": "Zurückgezogen"}[language])


class Looking:
    """Looks at pages on the way: nothing for axe to find, nothing wider than the screen."""

    def __init__(self, page: Page, *, javascript: bool) -> None:
        self.page, self.javascript = page, javascript

    def at_page(self) -> None:
        """Assert that this page is fit for everybody."""
        expect(self.page.locator("h1")).to_have_count(1)
        if self.javascript:
            assert misfits(self.page) == []


def find(page: Page, *, javascript: bool, is_phone: bool) -> None:
    """Remote, and "I speak German B2"."""
    expect(page.locator(".results article")).to_have_count(3)
    if is_phone:
        page.locator(".filter-fold > summary").click()
    speaks, workplace = page.locator("details.facet:has(select)"), page.locator("details.facet:has([name=workplace])")
    for facet in (speaks, workplace):
        if facet.get_attribute("open") is None:
            facet.locator("summary").click()
    page.locator("select[name=speaks_language]").first.select_option("de")
    page.locator("select[name=speaks_level]").first.select_option("B2")
    page.locator("label:has([name=workplace][value=remote])").click()
    if not javascript:
        page.locator(".filters button.button-wide").last.click()


def apply(page: Page, look: Looking) -> None:
    """First with mistakes, then rightly; the file chosen the first time stays."""
    page.locator("[name=name]").fill("نور الهدى 🚢")
    page.locator("[name=email]").fill("nour@")
    page.locator("[name=text]").fill("Ich halte Server am Laufen.\nSeit Jahren.")
    pdf = pdf_of("Lebenslauf", ["2010 bis heute: Betrieb"])
    page.locator("[name=cv]").set_input_files({"name": "lebenslauf.pdf", "mimeType": "application/pdf", "buffer": pdf})
    look.at_page()
    go_on = page.locator("main form button.button[type=submit]").first
    go_on.click()
    expect(page.locator(".error-summary li")).to_have_count(2)
    expect(page).to_have_title(re.compile("^(Error|Fehler):"))
    expect(page.locator(".kept-file")).to_contain_text("lebenslauf.pdf")
    expect(page.locator("[name=name]")).to_have_value("نور الهدى 🚢")
    look.at_page()
    page.locator(".error-summary a").first.click()
    page.locator("[name=email]").fill(APPLICANT)
    page.locator("label:has([name=q_on_call][value=yes])").click()
    go_on.click()
    expect(page).to_have_url(re.compile("/review/$"))
    expect(page.locator(".summary-list")).to_contain_text("نور الهدى 🚢")
    expect(page.locator(".summary-list")).to_contain_text("lebenslauf.pdf")
    look.at_page()
    page.locator(".summary-list a").first.click()
    page.locator("[name=phone]").fill("0461 5550123")
    look.at_page()
    go_on.click()
    expect(page.locator(".summary-list")).to_contain_text("+49 461 5550123")
    page.reload()
    page.locator("[name=send]").click()
    expect(page).to_have_url(re.compile("/apply/sent/$"))
    look.at_page()


def hr_moves(window: Window, title: str) -> None:
    """A recruiter signs in, reads the application with its file, and moves it on."""
    page = window.page
    page.goto("/desk/applications/")
    page.locator("[name=email]").fill("thilo@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    page.get_by_role("link", name="نور الهدى").click()
    expect(page.locator("main")).to_contain_text("Ich halte Server am Laufen.")
    expect(page.locator("main")).to_contain_text(title)
    with page.expect_download() as download:
        page.get_by_role("link", name="lebenslauf.pdf").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    page.locator("label:has([name=to_stage][value=reviewing])").click()
    page.locator("form:has([name=to_stage]) button").click()
    expect(page.locator("header .badge")).to_have_text(re.compile("In review|In Prüfung"))
