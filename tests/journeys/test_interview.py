"""An interview in a real browser, from the first proposal to calling it off: with JavaScript, without it, and by keyboard."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from jobboard.core import clock
from jobboard.core.access import Role
from jobboard.core.db import session
from jobboard.interviews.models import InterviewState
from jobboard.people.actions import hash_password
from tests.conftest import dispose, make_app
from tests.factories import make_application, make_interview, make_offer, make_person
from tests.interviews.steps import in_days, interviews, mails, own, read_calendar
from tests.twins.chromium import PHONE, axe

pytestmark = pytest.mark.browser

PASSWORD = "tidal basin heron lamp"


@pytest.fixture
def site(tmp_path, serve):
    """A site with a recruiter and an application."""
    server = serve()
    app = make_app(tmp_path, SITE_URL=server.url)
    with app.app_context():
        hashed = hash_password(PASSWORD)
        alma = make_person("Alma Berg", role=Role.recruiter, email="alma@example.org", password_hash=hashed)
        row = make_application(make_offer("Operator", slug="operator"), name="Nour Haddad")
        session().commit()
        server.start(app)
        yield server, row, alma
        server.stop()
    dispose(app)


def signed_in(visitor, url, **options):
    window = visitor(url, **options)
    window.page.goto("/desk/sign-in/")
    window.page.locator("[name=email]").fill("alma@example.org")
    window.page.locator("[name=password]").fill(PASSWORD)
    window.page.locator("[name=password]").press("Enter")
    window.page.wait_for_url(re.compile("/desk/(?!sign-in)"))
    return window.page


def propose(page, row, *starts, look):
    page.goto(f"/desk/applications/{row.id}/")
    page.get_by_role("link", name=re.compile("Propose")).click()
    for number, start in enumerate(starts):
        page.locator(f"[name=slots-{number}-day]").fill(f"{start:%Y-%m-%d}")
        page.locator(f"[name=slots-{number}-time]").fill(f"{start:%H:%M}")
    page.locator("[name=place]").fill("https://meet.example.org/room")
    if look:
        assert axe(page) == []
    page.get_by_role("button", name="Send the times").click()
    expect(page.locator("#interviews")).to_contain_text("Waits for an answer")


@pytest.mark.parametrize(("javascript", "scheme"), [(True, "dark"), (False, "light")])
def test_propose_pick_move_and_call_off(site, visitor, javascript, scheme):
    server, row, _alma = site
    options = {"javascript": javascript, "color_scheme": scheme}
    desk = signed_in(visitor, server.url, **options)
    propose(desk, row, in_days(4, 9), in_days(5, 9), look=javascript)
    page = visitor(server.url, size=PHONE, **options).page
    page.goto(own(row))
    page.get_by_role("link", name="Pick a time").click()
    if javascript:
        assert axe(page) == []
    page.locator("label.choice").first.click()
    page.get_by_role("button", name="Pick this time").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your interview is planned")
    with page.expect_download() as download:
        page.get_by_role("link", name="Calendar file").click()
    method, event = read_calendar(download.value.path().read_bytes())
    assert method == "PUBLISH"
    assert event.decoded("DTSTART") == interviews()[0].starts_at
    assert len(mails("planned")) == 1

    propose(desk, row, in_days(8, 9), look=javascript)
    page.goto(own(row, interviews()[0]))
    page.locator("label.choice").first.click()
    page.get_by_role("button", name="Pick this time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your interview is planned")
    page.get_by_role("link", name="Call the interview off").click()
    if javascript:
        assert axe(page) == []
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The interview is called off")
    assert interviews()[0].state is InterviewState.cancelled
    desk.goto("/desk/interviews/")
    if javascript:
        assert axe(desk) == []
    expect(desk.locator("main")).to_contain_text("No interview is planned")


def test_ones_own_zone_is_said_where_it_differs(site, visitor):
    server, row, alma = site
    found = make_interview(row, [alma], [in_days(4, 15)])
    session().commit()
    page = visitor(server.url, timezone_id="America/New_York").page
    page.goto(own(row, found))
    expect(page.locator("label.choice .own-time")).to_contain_text("in your time zone")
    expect(page.locator("#zone")).to_have_value("America/New_York")
    assert axe(page) == []
    page.get_by_role("button", name="Show").click()
    expect(page.locator("label.choice .own-time")).to_contain_text(re.compile("E[SD]T"))
    page = visitor(server.url, timezone_id="Europe/Vienna").page
    page.goto(own(row, found))
    expect(page.locator("label.choice .own-time")).to_have_count(0)


def test_keyboard_alone_picks_a_time(site, visitor):
    server, row, alma = site
    found = make_interview(row, [alma], [in_days(4), clock.now() - dt.timedelta(days=1), in_days(5)])
    session().commit()
    page = visitor(server.url, size=PHONE).page
    page.goto(own(row, found))
    for _press in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "slot":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your interview is planned")
    assert interviews()[0].starts_at == in_days(5)
