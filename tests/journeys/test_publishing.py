"""Publishing in a real browser by keyboard only: hindered by the checklist, reasoned, published; then closed and decided."""

import re

import pytest
from playwright.sync_api import expect

from jobboard.applications.models import Application, Stage
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.openings.models import JobOffer
from jobboard.people.actions import hash_password
from tests.conftest import dispose, make_app
from tests.factories import make_application, make_person
from tests.twins.chromium import PHONE, misfits

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"


@pytest.fixture
def site(tmp_path, serve):
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url)
    with app.app_context():
        make_person(
            "Thilo Brandt", role=Role.recruiter, email="thilo@example.org", password_hash=hash_password(PASSWORD)
        )
        session().commit()
        server.start(app)
        yield server
        server.stop()
    dispose(app)


def reach(page, locator):
    """Move the focus with Tab until it stands on this."""
    wanted = locator.element_handle()  # found once: by its name takes long on a page with long lists
    for _press in range(150):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"cannot be reached by Tab: {locator}")


def go(page, locator, key="Enter"):
    """Reach a button or link and press it; the next page comes."""
    reach(page, locator)
    with page.expect_navigation():
        page.keyboard.press(key)


def sign_in(page):
    page.goto("/desk/sign-in/")
    reach(page, page.locator("[name=email]"))
    page.keyboard.type("thilo@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation(url=re.compile("/desk/(?!sign-in)")):
        page.keyboard.press("Enter")


def test_write_be_hindered_say_why_and_publish(site, visitor):
    window = visitor(site.url)
    page = window.page
    sign_in(page)
    page.goto("/desk/openings/new/")
    reach(page, page.locator("[name=title]"))
    page.keyboard.type("Operations engineer")
    reach(page, page.locator("[name=markdown]"))
    page.keyboard.type("We are a young team.")
    go(page, page.get_by_role("button", name="Save", exact=True))
    checklist = page.locator("#checklist")
    expect(checklist).to_contain_text("“young team”")
    expect(checklist).to_contain_text("No pay range")
    assert misfits(page) == []

    window.expected = "422"
    go(page, page.get_by_role("button", name="Publish", exact=True))
    expect(page.locator("#checklist-refused")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    assert misfits(page) == []
    link = checklist.get_by_role("link", name="Words for young people")
    reach(page, link)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/en/#markdown$"))

    reach(page, page.locator("[name=markdown]"))
    page.keyboard.press("Control+a")
    page.keyboard.type("We are a team of five.")
    go(page, page.get_by_role("button", name="Save", exact=True))
    expect(checklist).not_to_contain_text("young team")
    fold = checklist.locator("summary", has_text="Publish all the same")
    reach(page, fold)
    page.keyboard.press("Enter")
    reach(page, page.locator("[name=pay-reason]"))
    page.keyboard.type("Told in writing before the interview.")
    assert misfits(page) == []
    go(page, page.get_by_role("button", name="Keep the reason"))
    expect(checklist).to_contain_text("Told in writing before the interview. – Thilo Brandt")
    go(page, page.get_by_role("button", name="Publish", exact=True))
    expect(page.locator(".badge").first).to_have_text("Published")
    expect(page.locator(".history")).to_contain_text("Decided to publish all the same: Pay range")
    page.goto("/en/jobs/operations-engineer/")
    expect(page.locator("h1")).to_contain_text("Operations engineer")


def test_close_and_decide_on_a_phone(site, visitor):
    window = visitor(site.url, size=PHONE)
    page = window.page
    sign_in(page)
    page.goto("/desk/openings/new/")
    page.locator("[name=title]").fill("Operations engineer")
    page.locator("[name=pay_min]").fill("50000")
    page.locator("[name=pay_period]").select_option("year")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".badge").first).to_have_text("Published")
    session().rollback()
    offer = session().query(JobOffer).one()
    for name in ("Ada", "Ben"):
        make_application(offer, name=name)
    session().commit()

    page.locator("summary", has_text="Close the opening").click()
    page.get_by_label("The position is filled").check()
    page.get_by_role("button", name="Close the opening").click()
    expect(page.locator("h1")).to_have_text("Open applications")
    assert misfits(page) == []
    page.get_by_label("Decision for Ada").select_option(label="Reject and tell now by mail")
    page.get_by_role("button", name="Look the names over").click()
    expect(page.locator(".names")).to_have_text("Ada")
    assert misfits(page) == []
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator(".notice[data-kind=success]")).to_contain_text("1 application was rejected.")
    session().rollback()
    rows = session().query(Application).execution_options(scope="test").order_by(Application.id)
    assert [row.stage for row in rows] == [Stage.rejected, Stage.received]
    page.goto("/en/jobs/operations-engineer/")
    expect(page.locator("main")).to_contain_text("This position has been filled")
