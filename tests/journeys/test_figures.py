"""Figures in a real browser: for everybody to read, in both colour schemes, on a telephone, on paper, by keyboard alone."""

import csv
import datetime as dt
import io

import pytest
from playwright.sync_api import expect

from jobboard.applications.actions import move
from jobboard.applications.models import Stage
from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.people.actions import hash_password
from jobboard.stats.actions import Row, put, save_source
from tests.factories import make_application, make_offer, make_person, today
from tests.twins.chromium import DESKTOP, PHONE, misfits

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"
PAGES = ("/desk/figures/", "/desk/figures/posts/", "/desk/overdue/", "/desk/sources/", "/desk/sources/new/")


@pytest.fixture
def server(own_app, serve):
    recruiter = make_person("Thilo", role=Role.recruiter, email="t@example.org", password_hash=hash_password(PASSWORD))
    offer = make_offer(
        "A role whose name is long enough to be cut in the picture but not in the table", response_days=3
    )
    source = save_source(None, "fair", "Career fair in a town with a long name, at the stand in hall 3", is_active=True)
    session().flush()
    for number in range(8):
        row = make_application(offer, source_id=source.id, received_at=clock.now() - dt.timedelta(days=number))
        if number % 2:
            move(row, Stage.interview, recruiter)
    for days in range(60):
        day = today(-days)
        put(
            session(), {Row(day, str(offer.id), f"{'a-long-name-' * (days % 4)}site.example.com", "fair"): 1 + days % 7}
        )
    session().commit()
    return serve(own_app)


def sign_in(page):
    page.goto("/desk/")
    page.get_by_label("E-mail").fill("t@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE])
def test_figures_can_be_read_by_everybody(server, visitor, screen):
    page = visitor(server.url, size=screen).page
    sign_in(page)
    for address in PAGES:
        page.goto(address)
        for table in page.locator("details").all():
            table.evaluate("element => element.open = true")
        assert misfits(page) == [], address
        for picture in page.locator("svg.chart").all():
            assert picture.evaluate(OUTSIDE) == [], "words of a picture stay inside the page"


#: The words of a picture that reach over the edges of the page.
OUTSIDE = """picture => [...picture.querySelectorAll("text")].filter(text => {
    const box = text.getBoundingClientRect();
    return box.width && (box.left < -0.5 || box.right > document.documentElement.clientWidth + 0.5);
}).map(text => text.textContent)"""


def test_picture_table_and_file_by_keyboard_and_on_paper(server, visitor):
    page = visitor(server.url, size=DESKTOP).page
    sign_in(page)
    page.get_by_role("link", name="Figures").click()
    picture = page.get_by_role("img", name="How far applications come")
    expect(picture).to_be_visible()
    page.locator("#funnel summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#funnel table")).to_be_visible()
    page.keyboard.press("Tab")  # the table, which may scroll
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1][:2] == ["Received", "8"]
    page.get_by_role("combobox", name="Opening").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Last 30 days").click()
    expect(page.get_by_role("combobox", name="Opening")).not_to_have_value("")
    expect(page.get_by_role("link", name="Last 30 days")).to_have_attribute("aria-current", "true")
    page.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(page.get_by_role("navigation", name="Period")).to_be_hidden()
    expect(page.locator("main .print-only")).to_be_visible()
